"""Keeps the tables that one encoder has read, the newest of each org at hand."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from core.engines.semantic.index import Index
from core.engines.semantic.vectors import Vectors
from core.lru_cache import LruCache
from core.questions.entry import Entry, Published

KEPT_INDEXES = 32
KEPT_PHRASINGS = 100_000
"""Tables kept in memory: so many, with so many phrasings in all (1.5 to 4.6 kB each), and in any case the newest."""


@dataclass(slots=True)
class _Slot:
    """A place for one index, so that threads that want the same one wait for the first to build it."""

    building: threading.Lock = field(default_factory=threading.Lock)
    index: Index | None = None
    same: tuple[Entry, ...] | None = None
    """Entries that were found to be those of the index: comparing thousands for each question takes long."""

    def phrasings(self) -> int:
        """How many its index holds."""
        return 0 if self.index is None else len(self.index.phrasings)


class Tables:
    """The tables of one encoder. ``load`` makes its vectors, with the first that is wanted. Safe from threads."""

    def __init__(self, load: Callable[[], Vectors]) -> None:
        self._load = load
        self._loading = threading.Lock()
        self._vectors: Vectors | None = None
        self._slots: LruCache[tuple[str, int], _Slot] = LruCache(
            KEPT_INDEXES, weigh=_Slot.phrasings, most_weight=KEPT_PHRASINGS
        )

    def vectors(self) -> Vectors:
        """What makes the vectors. Raises as ``load``."""
        with self._loading:
            if self._vectors is None:
                self._vectors = self._load()
            return self._vectors

    def index(self, published: Published, make: Callable[[Vectors], Index]) -> Index:
        """The index of a revision, the one at hand or what ``make`` makes of the vectors now. Raises as ``load``."""
        vectors = self.vectors()
        key = (published.org_id, published.revision)
        slot = self._slots.get_or_make(key, _Slot)
        index = slot.index
        if index is not None and (published.entries is slot.same or index.published == published.entries):
            slot.same = published.entries
            return index
        with slot.building:
            index = slot.index
            # entries differ within a revision only when a database was put back in time: still no wrong answer then
            if index is None or index.published != published.entries:
                index = slot.index = make(vectors)
                self._slots.put(key, slot)  # weighed with what it holds now
        return index

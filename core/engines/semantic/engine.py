"""The embedded engine: finds the meant entry with a small sentence model that runs inside this process."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core.engines.protocol import Candidate, Decision
from core.engines.semantic.calibration import CALIBRATION, confidence
from core.engines.semantic.encoder import Encoder, usable_sessions
from core.engines.semantic.index import Index, Scored
from core.engines.semantic.prepare import RECIPE, prepared_model
from core.engines.semantic.vectors import Vectors
from core.engines.semantic.weights import WEIGHTS_SHA256, model_files
from core.questions.entry import Published

CANDIDATES = 5
KEPT_INDEXES = 32
KEPT_PHRASINGS = 100_000
"""Tables kept in memory: so many, with so many phrasings in all (1.5 to 4.6 kB each), and in any case the newest."""


@dataclass(slots=True)
class _Slot:
    """A place for one index, so that threads that want the same one wait for the first to build it."""

    building: threading.Lock = field(default_factory=threading.Lock)
    index: Index | None = None


class SemanticEngine:
    """Decides by the meaning of the stored phrasings, without any service outside this process.

    ``data_dir`` is where the prepared model is kept; ``model_dir`` is a folder with the model's files, or None for
    those of the installed package. Nothing is loaded before the first ``prepare`` or ``decide``.
    """

    def __init__(self, data_dir: Path, model_dir: Path | None = None) -> None:
        self._data_dir = data_dir
        self._model_dir = model_dir
        self._loading = threading.Lock()
        self._vectors: Vectors | None = None
        self._slots_lock = threading.Lock()
        self._slots: OrderedDict[tuple[str, int], _Slot] = OrderedDict()

    @property
    def name(self) -> str:
        """For people."""
        return "Built-in (all-MiniLM-L6-v2)"

    @property
    def version(self) -> str:
        """The model's hash, how it was prepared, and the version of the formula with its constants."""
        return f"all-MiniLM-L6-v2 {WEIGHTS_SHA256[:12]}, recipe {RECIPE}, calibration {CALIBRATION}"

    @property
    def parallel_calls(self) -> int:
        """One for each processor core, up to 16."""
        return usable_sessions()

    def prepare(self, published: Published) -> None:
        """Load the model and encode this revision's phrasings now; ``decide`` does it otherwise.

        Raises EngineUnavailable when the model is missing, is not the published one, or cannot be prepared.
        """
        self._index(published)

    def decide(self, question: str, published: Published) -> Decision:
        """Decide which entry the question means; a stored phrasing always gets its own entry.

        Raises EngineUnavailable when the model is missing, is not the published one, or cannot be prepared;
        EngineFailed when the model failed on this question.
        """
        index = self._index(published)
        threshold = index.threshold + published.policy.strictness
        if not index.entries:
            return Decision(entry_id=None, candidates=(), threshold=threshold)
        exact = index.exact(question)
        candidates = _candidates(index, index.score(self._loaded().of_question(question)), exact)
        given = exact is not None or candidates[0].score >= threshold
        return Decision(
            entry_id=candidates[0].entry_id if given else None,
            candidates=candidates,
            threshold=threshold,
            exact=exact is not None,
        )

    def _loaded(self) -> Vectors:
        with self._loading:
            if self._vectors is None:
                files = model_files(self._model_dir)
                self._vectors = Vectors(Encoder(prepared_model(files, self._data_dir), files.tokenizer))
            return self._vectors

    def _index(self, published: Published) -> Index:
        vectors = self._loaded()
        slot = self._slot((published.org_id, published.revision))
        index = slot.index
        if index is not None and index.published == published.entries:
            return index
        with slot.building:
            index = slot.index
            # entries differ within a revision only when a database was put back in time: still no wrong answer then
            if index is None or index.published != published.entries:
                index = slot.index = Index(published.entries, vectors.of_stored)
                self._forget_oldest()
        return index

    def _slot(self, key: tuple[str, int]) -> _Slot:
        with self._slots_lock:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
            return slot

    def _forget_oldest(self) -> None:
        with self._slots_lock:
            while len(self._slots) > 1 and self._too_much():
                self._slots.popitem(last=False)

    def _too_much(self) -> bool:
        sizes = [len(slot.index.phrasings) for slot in self._slots.values() if slot.index is not None]
        return len(self._slots) > KEPT_INDEXES or sum(sizes) > KEPT_PHRASINGS


def _candidates(index: Index, scored: Scored, exact: tuple[int, str] | None) -> tuple[Candidate, ...]:
    """The nearest entries, best first; the one whose stored phrasing was asked comes before all others."""
    order = [int(place) for place in np.argsort(-scored.scores, kind="stable")[: CANDIDATES + 1]]
    if exact is not None:
        order = [exact[0], *(place for place in order if place != exact[0])]
    found = []
    for place in order[:CANDIDATES]:
        score, stored = float(scored.scores[place]), exact is not None and place == exact[0]
        found.append(
            Candidate(
                entry_id=index.entries[place].id,
                phrasing=exact[1] if exact is not None and stored else index.nearest_phrasing(place, scored.cosines),
                score=score,
                confidence=1.0 if stored else confidence(score, index.threshold),
            )
        )
    return tuple(found)

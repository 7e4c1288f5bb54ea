"""Which other entries of a table are nearest to one: what its visitors could get by mistake."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.engines.protocol import Engine
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.questions.entry import Entry, Published
from core.questions.store import QuestionStore

MOST = 5
NEAR = 0.3
"""An entry is near down to so much below the score from which on it would be given."""
ASKED = 20
"""Phrasings of the entry that are asked; each takes some milliseconds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NearEntry:
    """Another entry, and the pair of phrasings that are nearest: ``phrasing`` of this entry, ``other`` of that one.

    ``score`` is the engine's own, on a scale without bounds; ``threshold`` is from where on it would give an entry.
    """

    entry: Entry
    phrasing: str
    other: str
    score: float
    threshold: float

    @property
    def words(self) -> str:
        """How near it is, for people."""
        if self.score >= self.threshold:
            return "Very near"
        return "Near" if self.score >= self.threshold - NEAR else "Not so near"


class NearestEntries:
    """The use case. ``engine`` is the built-in one: it costs nothing, and knows the nearness of every entry."""

    def __init__(self, *, access: Access, store: QuestionStore, engine: Engine) -> None:
        self._access = access
        self._store = store
        self._engine = engine

    def of(self, principal: Principal, org_id: str, entry_id: int, phrasings: Sequence[str]) -> list[NearEntry]:
        """The entries of the newest revision that are on and nearest to these phrasings of an entry, nearest first.

        Raises EngineUnavailable when the built-in engine cannot run here, EngineFailed when it failed.
        """
        self._access.require(principal, org_id, Permission.VIEW)
        published = self._store.newest(org_id)
        found: dict[int, NearEntry] = {}
        for phrasing in list(dict.fromkeys(text for text in phrasings if text.strip()))[:ASKED]:
            for one in self._near(phrasing, published, entry_id):
                if one.entry.id not in found or one.score > found[one.entry.id].score:
                    found[one.entry.id] = one
        return sorted(found.values(), key=lambda one: -one.score)[:MOST]

    def _near(self, phrasing: str, published: Published, entry_id: int) -> list[NearEntry]:
        decision = self._engine.ask(phrasing, published).decision
        return [
            NearEntry(
                entry=published.by_id[one.entry_id],
                phrasing=phrasing,
                other=one.phrasing,
                score=one.score,
                threshold=decision.threshold,
            )
            for one in decision.candidates
            if one.entry_id != entry_id
        ]

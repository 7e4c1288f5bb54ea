"""What visitors get: the live revision of an org's table, which need not be the newest that its editors see."""

from core.lru_cache import LruCache
from core.questions.entry import Published
from core.questions.store import QuestionStore

ORGS_KEPT = 16


class LiveTables:
    """The live revision of each org. Those of a few orgs stay in memory, so that no question reads a whole table.

    The only way to what visitors get: the chat, the HTTP API's answers and Ask go through it. Editors, checks and
    evaluations read the newest revision, or one that they name. Which revision is live is asked of the storage each
    time, since another process may have made it so.
    """

    def __init__(self, store: QuestionStore, size: int = ORGS_KEPT) -> None:
        self._store = store
        self._kept: LruCache[str, Published] = LruCache(size)

    def live(self, org_id: str) -> Published:
        """What visitors of this org can get now."""
        revision = self._store.live_revision(org_id)
        known = self._kept.get(org_id)
        if known is not None and known.revision == revision:
            return known
        fresh = self._store.published(org_id, revision)
        self._kept.put(org_id, fresh)
        return fresh

"""Keeps the published revisions of a few orgs in memory, so that one question does not read a whole table."""

import threading
from collections import OrderedDict

from core.questions.entry import Published
from core.questions.store import QuestionStore

ORGS_KEPT = 16


class PublishedCache:
    """The newest published revision of an org; which one is the newest is asked of the storage each time."""

    def __init__(self, store: QuestionStore, size: int = ORGS_KEPT) -> None:
        self._store = store
        self._size = size
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Published] = OrderedDict()

    def published(self, org_id: str) -> Published:
        """What visitors of this org can get now."""
        revision = self._store.latest_revision(org_id)
        with self._lock:
            known = self._kept.get(org_id)
            if known is not None and known.revision == revision:
                self._kept.move_to_end(org_id)
                return known
        fresh = self._store.published(org_id, revision)
        with self._lock:
            self._kept[org_id] = fresh
            self._kept.move_to_end(org_id)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return fresh

"""Counts refusals of people from outside, who get no line each: anybody can knock as often as they like."""

import logging
import threading
from collections import Counter
from collections.abc import Hashable
from datetime import date, timedelta

from core.audit.store import AuditStore
from core.clock import Clock
from core.lru_cache import AgingCache


class Throttle:
    """Says at most once in ``every`` that something is due. For one process; the oldest of ``limit`` is forgotten."""

    def __init__(self, clock: Clock, every: timedelta, *, limit: int = 10_000) -> None:
        self._seconds = every.total_seconds()
        self._done: AgingCache[Hashable, bool] = AgingCache(limit, lambda: clock().timestamp())
        self._lock = threading.Lock()

    def due(self, key: Hashable) -> bool:
        """Whether this was not done lately. From now on it was."""
        with self._lock:
            if self._done.get(key, younger_than=self._seconds):
                return False
            self._done.put(key, value=True)
            return True

    def forget(self, key: Hashable) -> None:
        """It was not done after all."""
        self._done.forget(key)


log = logging.getLogger(__name__)

WRITTEN_EVERY = timedelta(seconds=10)
MOST_ORGS = 10_000


class Outsiders:
    """Counts in the memory of this process, and writes the count of an org into the store now and then.

    What was counted in the last seconds before the process is killed is lost.
    """

    def __init__(self, store: AuditStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._writing = Throttle(clock, WRITTEN_EVERY, limit=MOST_ORGS)
        self._lock = threading.Lock()
        self._waiting: Counter[tuple[str, date]] = Counter()

    def refused(self, org_id: str) -> None:
        """Count one more. Never raises."""
        with self._lock:
            if len(self._waiting) < MOST_ORGS:
                self._waiting[org_id, self._clock().date()] += 1
        if self._writing.due(org_id):
            self.write(org_id)

    def write(self, org_id: str) -> None:
        """Write what was counted for this org. An org of which nothing is known gets no count. Never raises."""
        with self._lock:
            counted = {place: self._waiting.pop(place) for place in list(self._waiting) if place[0] == org_id}
        try:
            if counted and self._store.knows(org_id):
                for (_, day), times in counted.items():
                    self._store.add_outsiders(org_id, day, times)
        except Exception:  # the refusals themselves stand
            log.exception("Not counted: refusals of people from outside in org %s", org_id)

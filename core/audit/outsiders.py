"""Counts how often an org refused people who do not belong to it: anybody can knock, so they get no line each."""

import logging
import threading
from collections import Counter
from datetime import date, timedelta

from core.audit.store import AuditStore
from core.audit.throttle import Throttle
from core.clock import Clock

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

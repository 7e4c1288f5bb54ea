"""Remembers for a while what was done already, in bounded memory."""

import threading
from collections.abc import Hashable
from datetime import timedelta

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

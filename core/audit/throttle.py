"""Remembers for a while what was done already, in bounded memory."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta


class Throttle:
    """Says at most once in ``every`` that something is due. For one process; the oldest of ``limit`` is forgotten."""

    def __init__(self, clock: Callable[[], datetime], every: timedelta, *, limit: int = 10_000) -> None:
        self._clock = clock
        self._every = every
        self._limit = limit
        self._done: OrderedDict[Hashable, datetime] = OrderedDict()
        self._lock = threading.Lock()

    def due(self, key: Hashable) -> bool:
        """Whether this was not done lately. From now on it was."""
        now = self._clock()
        with self._lock:
            last = self._done.get(key)
            if last is not None and now - last < self._every:
                return False
            self._done[key] = now
            self._done.move_to_end(key)
            if len(self._done) > self._limit:
                self._done.popitem(last=False)
            return True

    def forget(self, key: Hashable) -> None:
        """It was not done after all."""
        with self._lock:
            self._done.pop(key, None)

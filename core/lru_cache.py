"""Dictionaries that hold no more than a number of values: the one that was used longest ago goes first."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """The ``most`` values that were used last, and of all of them at most ``most_weight`` by ``weigh``.

    The newest stays in any case, and a value of which ``in_use`` says so: while more are in use, all of these are
    held. Each method is safe between threads.
    """

    def __init__(
        self,
        most: float = math.inf,
        *,
        weigh: Callable[[V], int] | None = None,
        most_weight: int = 0,
        in_use: Callable[[V], bool] = lambda _value: False,
    ) -> None:
        self._most = most
        self._weigh = weigh
        self._most_weight = most_weight
        self._in_use = in_use
        self._values: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.RLock()

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: K) -> bool:
        return key in self._values

    def items(self) -> list[tuple[K, V]]:
        """What is held now, the one that was used longest ago first."""
        with self._lock:
            return list(self._values.items())

    def get(self, key: K) -> V | None:
        """The value of this key, used now; None when there is none."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def get_all(self, keys: Iterable[K]) -> dict[K, V]:
        """The values of those of these keys that have one, used now."""
        with self._lock:
            found = {key: self._values[key] for key in keys if key in self._values}
            for key in found:
                self._values.move_to_end(key)
            return found

    def get_or_make(self, key: K, make: Callable[[], V]) -> V:
        """The value of this key, used now; made, while others wait, where there is none."""
        with self._lock:
            found = self.get(key)
            if found is None:
                found = make()
                self.put(key, found)
            return found

    def put(self, key: K, value: V) -> list[V]:
        """Hold a value, used now, in place of an older one of this key; what had to go for it."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            gone: list[V] = []
            while self._is_too_much() and (oldest := self._oldest(but=key)) is not None:
                gone.append(self._values.pop(oldest))
            return gone

    def forget(self, key: K) -> V | None:
        """Give the value of this key up, if there is one."""
        with self._lock:
            return self._values.pop(key, None)

    def _is_too_much(self) -> bool:
        if len(self._values) > self._most:
            return True
        return self._weigh is not None and sum(map(self._weigh, self._values.values())) > self._most_weight

    def _oldest(self, but: K) -> K | None:
        return next((key for key, value in self._values.items() if key != but and not self._in_use(value)), None)


class AgingCache(Generic[K, V]):
    """The ``most`` values that were used last, with their age by ``clock``, in seconds. Safe between threads."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._values: LruCache[K, tuple[float, V]] = LruCache(most)

    def get(self, key: K, *, younger_than: float) -> V | None:
        """The value of this key; None when there is none, or it is too old."""
        found = self._values.get(key)
        return found[1] if found and self._clock() - found[0] < younger_than else None

    def put(self, key: K, value: V, *, at: float | None = None) -> None:
        """Hold a value, as old as if it came when the clock showed ``at``: now, where nothing is said."""
        self._values.put(key, (self._clock() if at is None else at, value))

    def forget(self, key: K) -> None:
        """Give the value of this key up, if there is one."""
        self._values.forget(key)

"""A dictionary that holds no more than a number of values: the one that was used longest ago goes first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """The ``most`` values that were used last. Not safe between threads by itself, like a dictionary.

    A value of which ``in_use`` says so never goes: while more than ``most`` are in use, all of these are held.
    """

    def __init__(self, most: int, *, in_use: Callable[[V], bool] = lambda _value: False) -> None:
        self._most = most
        self._in_use = in_use
        self._values: OrderedDict[K, V] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[K]:
        return iter(self._values)

    def get(self, key: K) -> V | None:
        """The value of this key, used now; None when there is none."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key]

    def get_or_make(self, key: K, make: Callable[[], V]) -> V:
        """The value of this key, used now; made where there is none."""
        found = self.get(key)
        if found is not None:
            return found
        made = make()
        self.put(key, made)
        return made

    def put(self, key: K, value: V) -> None:
        """Hold a value, used now, in place of an older one of this key."""
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._most:
            old = next((one for one, held in self._values.items() if one != key and not self._in_use(held)), None)
            if old is not None:
                del self._values[old]

    def forget(self, key: K) -> None:
        """Give the value of this key up, if there is one."""
        self._values.pop(key, None)

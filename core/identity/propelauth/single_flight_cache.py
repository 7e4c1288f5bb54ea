"""Answers of PropelAuth that are kept for some seconds, and asked for by one request at a time for each key."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.errors import CannotConfirm

T = TypeVar("T")

KEEP_SECONDS = 15.0
"""How old a kept answer may be. An open page looks every 10 s, so access that ends is gone within 30 s."""
PAUSE_SECONDS = 1.0
"""How long a failure stands for the ones after it, so that a crowd does not run against a service that is down."""
MOST = 20_000


@dataclass(frozen=True)
class _Kept(Generic[T]):
    asked_at: float
    answer: T


@dataclass(frozen=True)
class _Flight(Generic[T]):
    asked_at: float
    task: "asyncio.Task[T]"


class SingleFlightCache(Generic[T]):
    """Asks once for all who ask the same at the same time. Every method is for the loop's own thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, _Kept[T]] = OrderedDict()
        self._under_way: dict[str, _Flight[T]] = {}
        self._failed: OrderedDict[str, tuple[float, CannotConfirm]] = OrderedDict()

    async def answer(self, key: str, ask: Callable[[], Awaitable[T]], *, fresh: bool = False) -> T:
        """What ``ask`` gives, now or not longer ago than KEEP_SECONDS; with ``fresh`` asked for after this call began.

        Raises CannotConfirm when ``ask`` does, or did a moment ago.
        """
        began = self._clock()
        kept = self._kept.get(key)
        if not fresh and kept and began - kept.asked_at < KEEP_SECONDS:
            return kept.answer
        failed = self._failed.get(key)
        if failed and began - failed[0] < PAUSE_SECONDS:
            raise failed[1]
        while True:
            flight = self._under_way.get(key) or self._start(key, ask)
            # The flight goes on for the others when one of them has waited long enough.
            answer = await asyncio.shield(flight.task)
            if not fresh or flight.asked_at >= began:
                return answer

    def _start(self, key: str, ask: Callable[[], Awaitable[T]]) -> _Flight[T]:
        asked_at = self._clock()
        task = asyncio.ensure_future(self._fly(key, ask, asked_at))
        task.add_done_callback(_seen)
        flight = self._under_way[key] = _Flight(asked_at, task)
        return flight

    async def _fly(self, key: str, ask: Callable[[], Awaitable[T]], asked_at: float) -> T:
        try:
            answer = await ask()
        except CannotConfirm as error:
            _remember(self._failed, key, (self._clock(), error))
            raise
        finally:
            del self._under_way[key]
        self._failed.pop(key, None)
        _remember(self._kept, key, _Kept(asked_at, answer))
        return answer


V = TypeVar("V")


def _remember(where: "OrderedDict[str, V]", key: str, value: V) -> None:
    where[key] = value
    where.move_to_end(key)
    while len(where) > MOST:
        where.popitem(last=False)


def _seen(task: "asyncio.Task[T]") -> None:
    """A failure that nobody waits for any more is no news for the log."""
    if not task.cancelled():
        task.exception()

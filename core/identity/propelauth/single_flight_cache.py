"""Answers of PropelAuth that are kept for some seconds, and asked for by one request at a time for each key."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.errors import CannotConfirm
from core.lru_cache import AgingCache

T = TypeVar("T")

KEEP_SECONDS = 15.0
"""How old a kept answer may be. An open page looks every 10 s, so access that ends is gone within 30 s."""
PAUSE_SECONDS = 1.0
"""How long a failure stands for the ones after it, so that a crowd does not run against a service that is down."""
MOST = 20_000


@dataclass(frozen=True)
class _Flight(Generic[T]):
    asked_at: float
    task: "asyncio.Task[T]"


class SingleFlightCache(Generic[T]):
    """Asks once for all who ask the same at the same time. Every method is for the loop's own thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: AgingCache[str, tuple[T]] = AgingCache(MOST, clock)
        self._under_way: dict[str, _Flight[T]] = {}
        self._failed: AgingCache[str, CannotConfirm] = AgingCache(MOST, clock)

    async def answer(self, key: str, ask: Callable[[], Awaitable[T]], *, fresh: bool = False) -> T:
        """What ``ask`` gives, now or not longer ago than KEEP_SECONDS; with ``fresh`` asked for after this call began.

        Raises CannotConfirm when ``ask`` does, or did a moment ago.
        """
        began = self._clock()
        kept = self._kept.get(key, younger_than=KEEP_SECONDS)
        if kept and not fresh:
            return kept[0]
        if failed := self._failed.get(key, younger_than=PAUSE_SECONDS):
            raise failed
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
            self._failed.put(key, error)
            raise
        finally:
            del self._under_way[key]
        self._failed.forget(key)
        self._kept.put(key, (answer,), at=asked_at)
        return answer


def _seen(task: "asyncio.Task[T]") -> None:
    """A failure that nobody waits for any more is no news for the log."""
    if not task.cancelled():
        task.exception()

"""The loop on which all talk with PropelAuth happens, bounded in time."""

import asyncio
import concurrent.futures
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from core.background import Background
from core.errors import CannotConfirm

T = TypeVar("T")

CALL_SECONDS = 4.0
"""The longest that anybody waits for an answer; a page that says so is drawn within 5 s."""
DOUBT = "Frontline cannot confirm your access now, so nothing was shown or changed. Please try again in a moment."


class Loop:
    """Runs coroutines for the threads of pages, routes and runs, none of which waits for long."""

    def __init__(self) -> None:
        self._background = Background("frontline-propelauth")

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of ``work``. Raises CannotConfirm when it takes longer than CALL_SECONDS."""
        try:
            return self._background.run(work, CALL_SECONDS)
        except (TimeoutError, concurrent.futures.CancelledError):
            raise CannotConfirm(DOUBT) from None

    async def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """As ``run``, for another loop: no thread waits."""
        future = self._background.begin(work)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), CALL_SECONDS)
        except (TimeoutError, concurrent.futures.CancelledError):
            raise CannotConfirm(DOUBT) from None
        finally:
            future.cancel()

    def close(self, last: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run ``last``, then end the loop and its thread. Who still waits learns that nothing can be confirmed."""
        self._background.close(last)

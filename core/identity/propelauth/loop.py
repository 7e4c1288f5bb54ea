"""An event loop in a thread of its own, on which all talk with PropelAuth happens, bounded in time."""

import asyncio
import concurrent.futures
import contextlib
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from core.errors import CannotConfirm

T = TypeVar("T")

CALL_SECONDS = 4.0
"""The longest that anybody waits for an answer; a page that says so is drawn within 5 s."""
DOUBT = "Frontline cannot confirm your access now, so nothing was shown or changed. Please try again in a moment."


class Loop:
    """Runs coroutines for the threads of pages, routes and runs. The thread begins with the first of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of ``work``. Raises CannotConfirm when it takes longer than CALL_SECONDS."""
        future = asyncio.run_coroutine_threadsafe(work, self._running())
        try:
            return future.result(CALL_SECONDS)
        except (concurrent.futures.TimeoutError, concurrent.futures.CancelledError):
            raise CannotConfirm(DOUBT) from None
        finally:
            future.cancel()

    def close(self, last: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run ``last``, then end the loop and its thread. Who still waits learns that nothing can be confirmed."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is not None and thread is not None:
            with contextlib.suppress(concurrent.futures.TimeoutError):
                asyncio.run_coroutine_threadsafe(last(), loop).result(1.0)
            loop.call_soon_threadsafe(loop.stop)
            thread.join()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=_run, args=(self._loop,), name="frontline-propelauth", daemon=True
                )
                self._thread.start()
            return self._loop


def _run(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
        loop.run_until_complete(_end_all())
    finally:
        loop.close()


async def _end_all() -> None:
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)

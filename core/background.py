"""An event loop in a thread of its own, so that pages, routes and runs can wait for the calls that are made on it."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

LAST_WORDS_SECONDS = 1.0


class Background:
    """Runs coroutines for other threads. Its thread, of this ``name``, begins with the first of them."""

    def __init__(self, name: str = "frontline-model-calls") -> None:
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def begin(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Start ``work`` on the loop."""
        return asyncio.run_coroutine_threadsafe(work, self._running())

    def run(self, work: Coroutine[Any, Any, T], seconds: float | None = None) -> T:
        """The result of ``work``. Never call this on the loop itself: it would wait for itself.

        Raises TimeoutError when it takes longer than so many seconds, and CancelledError (of concurrent.futures) when
        the loop was closed meanwhile. Work that nobody waits for any more is cancelled.
        """
        future = self.begin(work)
        try:
            return future.result(seconds)
        finally:
            future.cancel()

    def close(self, last: Callable[[], Coroutine[Any, Any, None]] | None = None) -> None:
        """Run ``last``, for a second at most, then end the loop and its thread. Work that still runs is cancelled."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            return
        if last is not None:
            with contextlib.suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(last(), loop).result(LAST_WORDS_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=_run, args=(self._loop,), name=self._name, daemon=True)
                self._thread.start()
            return self._loop


def _run(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
        loop.run_until_complete(_end_all())
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()


async def _end_all() -> None:
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)

"""Sends many queries on the background loop while another thread takes the replies."""

import asyncio
import concurrent.futures
import contextlib
import itertools
import queue
import threading
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Generator,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from typing import Generic, TypeVar

from core.background import Background
from core.engines.language.connection import Connection
from core.engines.language.query import Query
from core.engines.limiter import Limiter, answer_all
from core.engines.reply_cache import ModelReply
from core.errors import EngineFailed

CHUNK = 100
"""Queries that are looked up in the cache together; no call begins before the first of these are."""
LOOK_SECONDS = 0.1
ENDING_SECONDS = 10.0
"""How long calls in flight may take when the rest was stopped, or nobody waits for them any more."""

I = TypeVar("I")  # noqa: E741 - an item


Find = Callable[[Sequence[Query]], Mapping[Query, ModelReply]]
Answered = tuple[Query, ModelReply]
Ended = tuple[I, Answered | EngineFailed]
_Out = queue.SimpleQueue[Ended[I] | None]


def stream(
    queries: Iterable[tuple[I, Query | EngineFailed]],
    *,
    background: Background,
    find: Find,
    connect: Callable[[], Connection],
    send: Callable[[Connection, Query], Awaitable[ModelReply]],
    limiter: Limiter,
    in_flight: int,
    stop: threading.Event,
) -> Generator[Ended[I], None, None]:
    """Each mark with its query and the reply to it, sent for or found by ``find``, or with a failure, as they end.

    A failure among the ``queries`` stands for one that could not be made. ``queries`` and ``find`` are used in threads
    of their own, ``connect`` and ``send`` on the loop. When ``stop`` is set nothing new is sent. Closing the generator
    cancels the calls in flight.

    Raises what a call raises that is no EngineFailed, after the calls in flight have ended.
    """
    out: _Out[I] = queue.SimpleQueue()
    gone = threading.Event()
    source = _Source(iter(queries), find, out)

    async def sent() -> None:
        try:
            connection = connect()
            try:
                await over(connection)
            finally:
                await connection.close()
        finally:
            gone.set()

    async def over(connection: Connection) -> None:
        async def call(one: tuple[I, Query]) -> Answered:
            return one[1], await send(connection, one[1])

        async with _stopping(stop) as stopped:
            replies = answer_all(source.missing(), call, limiter, in_flight=in_flight, stop=stopped)
            async with contextlib.aclosing(replies):
                async for (item, _), reply in replies:
                    out.put((item, reply))

    future = background.begin(sent())
    future.add_done_callback(lambda _: out.put(None))  # however it ended: somebody waits for it
    try:
        while (ended := out.get()) is not None:
            yield ended
        with contextlib.suppress(concurrent.futures.CancelledError):  # stopped, and it took too long to end
            future.result()
    finally:
        if not future.done():
            future.cancel()
            gone.wait(ENDING_SECONDS)  # so that nothing is left open when whoever closed this goes on


@contextlib.asynccontextmanager
async def _stopping(stop: threading.Event) -> AsyncGenerator[asyncio.Event, None]:
    """An event of the loop that is set soon after the thread's; the task around it is cancelled some time later.

    Looked at from time to time, because threads cannot wake a loop by an Event.
    """
    stopped = asyncio.Event()
    around = asyncio.current_task()
    assert around is not None  # noqa: S101 - a coroutine always runs in one

    async def look() -> None:
        while not stop.is_set():
            await asyncio.sleep(LOOK_SECONDS)
        stopped.set()
        await asyncio.sleep(ENDING_SECONDS)
        around.cancel()

    watch = asyncio.create_task(look())
    try:
        yield stopped
    finally:
        watch.cancel()


class _Source(Generic[I]):
    """Reads queries ahead, a chunk at a time, and puts out at once what need not be sent."""

    def __init__(self, queries: Iterator[tuple[I, Query | EngineFailed]], find: Find, out: "_Out[I]") -> None:
        self._queries = queries
        self._find = find
        self._out = out

    async def missing(self) -> AsyncIterator[tuple[I, Query]]:
        """The queries that have to be sent. The next ones are read while these are taken, so that no call waits."""
        ahead = self._reading()
        try:
            while (chunk := await ahead) is not None:
                ahead = self._reading()
                for one in chunk:
                    yield one
        finally:
            ahead.cancel()

    def _reading(self) -> asyncio.Task[list[tuple[I, Query]] | None]:
        return asyncio.create_task(asyncio.to_thread(self._read))

    def _read(self) -> list[tuple[I, Query]] | None:
        chunk = list(itertools.islice(self._queries, CHUNK))
        if not chunk:
            return None
        found = self._find([query for _, query in chunk if isinstance(query, Query)])
        missing = []
        for item, query in chunk:
            if isinstance(query, EngineFailed):
                self._out.put((item, query))
            elif query in found:
                self._out.put((item, (query, found[query])))
            else:
                missing.append((item, query))
        return missing

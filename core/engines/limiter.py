"""Keeps batches of model calls as fast as a provider allows, and loses no row when it is busy or stumbles."""

import asyncio
import contextlib
import math
import random as randomness
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, Generic, TypeVar

from core.errors import EngineFailed
from core.lru_cache import LruCache

TRIES = 6
"""Calls for one row that may end in a passing failure; the waits between them add up to 8 to 16 s."""
BUSY_TRIES = 30
"""Calls for one row that may be refused as too many. They cost nothing, and the pause in between is shared."""
PATIENCE_SECONDS = 120.0
"""The longest one call may take, whatever its client thinks: a server that sends a byte a minute never times out."""

# Seconds.
LONGEST_PAUSE = 60.0
BUSY_PAUSE = 0.15  # the first guess when a 429 does not say how long
BACK_OFF = 0.5
LONGEST_BACK_OFF = 30.0
CUT_AT_MOST_EVERY = 0.25
OPENING_GAP = 0.0005  # so that a server that refuses at once says so before the whole window has left
WIDEST_GAP = 1.0
FINEST_WAIT = 0.0005  # event loops sleep in whole milliseconds
IDLE_AFTER = 5.0

CUT = 0.7
GAP_SHRINKS_TO = 0.97
CALLS_REMEMBERED = 20
ADDRESSES_KEPT = 256

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741 - an item


class ServerBusy(EngineFailed):
    """The server asks for fewer calls (429). ``retry_after`` is the seconds it asks to wait, None when it says none.

    ``said`` is a sentence with its own words.
    """

    is_the_engines = True

    def __init__(self, retry_after: float | None = None, said: str = "") -> None:
        self.retry_after = retry_after
        super().__init__(f"The model server was too busy and refused this question each time.{said}")


class ServerStumbles(EngineFailed):
    """A call failed in a way that may be over soon: a 5xx, a time-out, a reset. ``str(error)`` says which."""

    is_the_engines = True


class Limiter:
    """Decides when the next call to one provider may start. All runs of a process share it, on one event loop.

    At most ``window`` calls are in flight. The window starts at ``most``, grows by 1/window with each success and
    shrinks to 0.7 of itself with a 429 (at most each 250 ms), between 1 and ``most``: additive increase and
    multiplicative decrease, as in Chiu and Jain, "Analysis of the increase and decrease algorithms for congestion
    avoidance" (1989). A 429 also holds all starts back for the time that the server asks.

    A window alone cannot hold a rate below one call per round trip, and sends bursts after each pause. So starts also
    keep a gap: after a pause it is what the server was seen to allow lately (seconds a success, the pause included),
    and each success shrinks it by 3%. The price: a server that refuses now and then without any limit is asked more
    slowly than it could answer.

    ``patience`` is the longest a call may take, in seconds; ``clock``, ``sleep`` and ``random`` are for tests.
    """

    def __init__(
        self,
        most: int,
        *,
        patience: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        random: Callable[[], float] = randomness.random,
    ) -> None:
        self._most = max(1, most)
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._door = asyncio.Lock()
        self._room = asyncio.Event()
        self._window = float(self._most)
        self._active = 0
        self._opens = -math.inf
        self._gap = OPENING_GAP
        self._paused = False
        self._cut_at = -math.inf
        self._cuts_in_a_row = 0
        self._since = self._ended = clock()
        self._successes = 0

    @property
    def window(self) -> float:
        """How many calls may be in flight now; the whole part counts."""
        return self._window

    @property
    def is_busy(self) -> bool:
        """Whether a call is in flight, or somebody waits for a turn: a second limiter would let too many through."""
        return self._active > 0 or self._door.locked()

    @property
    def pause(self) -> float:
        """Seconds until the next call may start because the server asked for it, 0 when it did not."""
        return max(0.0, self._opens - self._clock()) if self._paused else 0.0

    def allow(self, most: int) -> None:
        """Let at least ``most`` calls be in flight: what the most generous of those who share this limiter wants.

        On the limiter's event loop, as all of it: who waits for room there is woken.
        """
        if most > self._most:
            if self._window == self._most:  # never cut, or long recovered: no reason to climb slowly
                self._window = float(most)
            self._most = most
            self._room.set()

    async def run(
        self,
        call: Callable[[], Awaitable[T]],
        *,
        tries: int = TRIES,
        busy_tries: int = BUSY_TRIES,
        lane: asyncio.Semaphore | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> T:
        """The reply of ``call``, tried again after ServerStumbles (at most ``tries`` calls) and
        ServerBusy (``busy_tries``).

        A TimeoutError and a call that outlasts the limiter's patience count as ServerStumbles.

        ``lane`` bounds the calls of one run among all that share the limiter; a row that waits to be tried again
        holds no place in it. When ``stopping`` says so, nothing is tried again.

        Raises the last ServerBusy or ServerStumbles when the tries are used up, and at once whatever else ``call``
        raises.
        """
        failed = refused = 0
        while True:
            async with lane or contextlib.nullcontext():
                try:
                    return await self._attempt(call)
                except ServerBusy:
                    refused += 1
                    if refused >= busy_tries or stopping():
                        raise
                    continue
                except ServerStumbles:
                    failed += 1
                    if failed >= tries or stopping():
                        raise
            # Half of the wait is random: rows that failed together must not come back together.
            wait = min(BACK_OFF * 2.0 ** (failed - 1), LONGEST_BACK_OFF)
            await self._sleep(wait * (1 + self._random()) / 2)

    async def _attempt(self, call: Callable[[], Awaitable[T]]) -> T:
        await self._admit()
        try:
            async with asyncio.timeout(self._patience):
                reply = await call()
            self._succeeded()
            return reply
        except ServerBusy as busy:
            self._refused(busy.retry_after)
            raise
        except TimeoutError as error:
            raise ServerStumbles("The model server did not answer in time.") from error
        finally:
            self._active -= 1
            self._ended = self._clock()
            self._room.set()

    async def _admit(self) -> None:
        """Wait for a turn, first come first served: only who holds the door watches the pause and the window."""
        async with self._door:
            while True:
                if (wait := self._opens - self._clock()) > FINEST_WAIT:
                    await self._sleep(wait)
                elif self._active >= int(self._window):
                    self._room.clear()
                    await self._room.wait()
                else:
                    break
            self._begin(self._clock())

    def _begin(self, now: float) -> None:
        if self._paused:
            self._paused = False
            if self._successes:
                seconds = (now - self._since) / self._successes
                self._gap = min(seconds, WIDEST_GAP)
                # Some evidence stays: a pause after few calls would else say little, and loudly.
                self._successes = min(self._successes, CALLS_REMEMBERED)
                self._since = now - seconds * self._successes
        elif not self._active and now - self._ended > IDLE_AFTER:  # idle time says nothing of the server
            self._since, self._successes = now, 0
            self._gap = max(self._gap, OPENING_GAP)
        self._active += 1
        self._opens = max(now, self._opens) + self._gap  # from its turn on: a call may start FINEST_WAIT before it

    def _succeeded(self) -> None:
        self._successes += 1
        self._cuts_in_a_row = 0
        self._gap *= GAP_SHRINKS_TO
        self._window = min(self._window + 1 / self._window, float(self._most))

    def _refused(self, retry_after: float | None) -> None:
        now = self._clock()
        if now - self._cut_at >= CUT_AT_MOST_EVERY:  # the refusals of one burst are one piece of news
            self._cut_at = now
            self._cuts_in_a_row += 1
            self._window = max(self._window * CUT, 1.0)
        self._opens = max(self._opens, now + self._pause_for(retry_after))
        self._paused = True

    def _pause_for(self, retry_after: float | None) -> float:
        """Seconds: what the server asks and up to a tenth more, else a guess that doubles while nothing succeeds.

        A very long wait is cut short: the call after it costs nothing and hears of a limit that was lifted.
        """
        if retry_after is not None and retry_after >= 0:
            asked = max(retry_after, BUSY_PAUSE)
            return min(asked, LONGEST_PAUSE) * (1 + self._random() / 10)
        guess = BUSY_PAUSE * 2.0 ** min(self._cuts_in_a_row - 1, 10)
        return min(guess, LONGEST_PAUSE) * (1 + self._random())


class Limiters:
    """The limiters of a process, one a provider, for one event loop. Those of ``size`` addresses are remembered."""

    def __init__(self, size: int = ADDRESSES_KEPT) -> None:
        self._by_address: LruCache[str, Limiter] = LruCache(size, in_use=lambda limiter: limiter.is_busy)

    def at(self, base_url: str, most: int) -> Limiter:
        """The one limiter of this base URL; it lets at least ``most`` calls be in flight. On the loop."""
        limiter = self._by_address.get_or_make(base_url.rstrip("/"), lambda: Limiter(most))
        limiter.allow(most)
        return limiter


async def answer_all(
    items: Iterable[I] | AsyncIterator[I],
    call: Callable[[I], Awaitable[T]],
    limiter: Limiter,
    *,
    in_flight: int,
    tries: int = TRIES,
    stop: asyncio.Event | None = None,
) -> AsyncGenerator[tuple[I, T | EngineFailed], None]:
    """Each item with its reply, or with the failure of its call as a value, in the order in which they end.

    At most ``in_flight`` calls of this batch run at once; as many rows again may wait to be tried once more.
    When ``stop`` is set no further call starts, calls in flight end and come out, and the rest of the items does
    not: it stays to be done. Whoever leaves early closes the iterator (``contextlib.aclosing``); calls in flight are
    then cancelled and their places in the limiter given back before it returns.

    Raises what a call raises that is no EngineFailed (a refused key, say): nothing new starts, what is in flight ends
    and comes out first.
    """
    source = items if isinstance(items, AsyncIterator) else _each(items)
    batch = _Batch(source, call, limiter, in_flight, tries)
    batch.begin()
    watchers = [asyncio.create_task(batch.close())]
    if stop is not None:
        watchers.append(asyncio.create_task(batch.stop_at(stop)))
    try:
        while (ended := await batch.ended.get()) is not None:
            yield ended
        if batch.error is not None:
            raise batch.error
    finally:
        await batch.leave()
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)


_NO_ITEM: Any = object()


async def _each(items: Iterable[I]) -> AsyncGenerator[I, None]:
    for item in items:
        yield item


class _Batch(Generic[I, T]):
    """The shared state of the workers of one ``answer_all``. ``ended`` gets None after the last one."""

    def __init__(
        self,
        items: AsyncIterator[I],
        call: Callable[[I], Awaitable[T]],
        limiter: Limiter,
        in_flight: int,
        tries: int,
    ) -> None:
        self._items = items
        self._turn = asyncio.Lock()
        self._call = call
        self._limiter = limiter
        self._in_flight = max(1, in_flight)
        self._lane = asyncio.Semaphore(self._in_flight)
        self._tries = tries
        self._stopping = False
        self._workers: set[asyncio.Task[None]] = set()
        self._calling: set[asyncio.Task[None]] = set()
        self.ended: asyncio.Queue[tuple[I, T | EngineFailed] | None] = asyncio.Queue()
        self.error: Exception | None = None

    def begin(self) -> None:
        """One worker a call in flight, so that each goes from row to row without waiting for another."""
        for _ in range(self._in_flight):
            self._add_worker()

    def _add_worker(self) -> None:
        if not self._stopping and len(self._workers) < 2 * self._in_flight:
            self._workers.add(asyncio.create_task(self._work()))

    async def _work(self) -> None:
        try:
            while not self._stopping and (item := await self._next()) is not _NO_ITEM:
                await self._answer(item)
        except Exception as error:  # noqa: BLE001 - it is raised again, after what is in flight
            self.error = self.error or error
            self._stop()

    async def _next(self) -> I:
        async with self._turn:  # an asynchronous generator serves one at a time
            return await anext(self._items, _NO_ITEM)

    async def _answer(self, item: I) -> None:
        try:
            reply: T | EngineFailed = await self._limiter.run(
                lambda: self._calls(item), tries=self._tries, lane=self._lane, stopping=lambda: self._stopping
            )
        except (ServerBusy, ServerStumbles) as failure:
            if self._stopping:  # it was not tried as often as it might be, so it is not done
                return
            reply = failure
        except EngineFailed as failure:
            reply = failure
        self.ended.put_nowait((item, reply))

    async def _calls(self, item: I) -> T:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine always runs in one
        self._calling.add(task)
        try:
            return await self._call(item)
        except (ServerStumbles, TimeoutError, asyncio.CancelledError):  # the last one is the limiter's patience
            self._add_worker()  # in this one's place, while its row waits to be tried again
            raise
        finally:
            self._calling.discard(task)

    def _stop(self) -> None:
        """Start no further call. Only who waits is woken to leave: a call in flight is paid for, so it may end."""
        self._stopping = True
        for worker in self._workers - self._calling:
            worker.cancel()

    async def stop_at(self, stop: asyncio.Event) -> None:
        """Stop when ``stop`` is set."""
        await stop.wait()
        self._stop()

    async def close(self) -> None:
        """Mark the end when the last worker left."""
        while running := {worker for worker in self._workers if not worker.done()}:
            await asyncio.wait(running)
        self.ended.put_nowait(None)

    async def leave(self) -> None:
        """Cancel what still runs, calls in flight too, and wait until it is gone."""
        self._stopping = True
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

"""The limiter on a clock of its own, and with the real openai client against a loopback server that misbehaves."""

import asyncio
import contextlib
import heapq
import itertools
import math
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from typing import Any, TypeVar

import openai
import pytest

from core.engines.language.server_memory import RequestMode
from core.engines.limiter import BUSY_TRIES, TRIES, Limiter, Limiters, ServerBusy, ServerStumbles, answer_all
from core.errors import EngineFailed, EngineUnavailable
from tests.model_server import Fault, ModelServer, Request

T = TypeVar("T")
LATENCY = 0.1


class Clock:
    """Time that passes only when nobody has anything left to do at this moment."""

    def __init__(self) -> None:
        self.now = 0.0
        self._runner = asyncio.Runner()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._order), woken))
        await woken

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(self._drive(work))

    def close(self) -> None:
        self._runner.close()

    async def _drive(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.ensure_future(work)
        while not task.done():
            for _ in range(20):
                await asyncio.sleep(0)
            while self._sleepers and not task.done():
                due, _, woken = heapq.heappop(self._sleepers)
                if not woken.done():
                    self.now = max(self.now, due)
                    woken.set_result(None)
                    break
        return task.result()


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock()
    yield clock
    clock.close()


def limiter_on(clock: Clock, most: int, seed: int = 1) -> Limiter:
    return Limiter(most, clock=clock, sleep=clock.sleep, random=random.Random(seed).random)


class Watched:
    """A provider on a clock: who called when, how many at once. ``behave`` may raise for a call."""

    def __init__(self, clock: Clock, behave: Callable[[int], None] = lambda _item: None) -> None:
        self._clock = clock
        self._behave = behave
        self.calls: list[tuple[float, int]] = []
        self.now_in_flight = self.most_in_flight = 0

    async def __call__(self, item: int) -> int:
        self.calls.append((self._clock.now, item))
        self.now_in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.now_in_flight)
        try:
            self._behave(item)
            await self._clock.sleep(LATENCY)
        finally:
            self.now_in_flight -= 1
        return -item


class Bucket:
    """A limit of ``rate`` calls a second that saves up at most ``size``."""

    def __init__(self, clock: Clock, rate: float, size: float, retry_after: float | None) -> None:
        self._clock = clock
        self._rate, self._size, self._retry_after = rate, size, retry_after
        self._left, self._then = size, clock.now

    def __call__(self, _item: int) -> None:
        self._left = min(self._size, self._left + (self._clock.now - self._then) * self._rate)
        self._then = self._clock.now
        if self._left < 1:
            raise ServerBusy(self._retry_after)
        self._left -= 1


async def collected(
    items: range | AsyncIterator[int],
    call: Callable[[int], Awaitable[T]],
    limiter: Limiter,
    in_flight: int,
    tries: int = TRIES,
) -> list[tuple[int, T | EngineFailed]]:
    return [ended async for ended in answer_all(items, call, limiter, in_flight=in_flight, tries=tries)]


def failing(failure: Callable[[], Exception], times: float) -> Callable[[int], None]:
    """Each item fails so many times before it succeeds."""
    tried: Counter[int] = Counter()

    def behave(item: int) -> None:
        tried[item] += 1
        if tried[item] <= times:
            raise failure()

    return behave


def test_every_item_comes_out_once_with_its_own_reply(clock: Clock) -> None:
    provider = Watched(clock)

    ended = clock.run(collected(range(500), provider, limiter_on(clock, 20), 20))

    assert sorted(ended) == [(item, -item) for item in range(500)]
    assert sorted(item for _, item in provider.calls) == list(range(500))


def test_calls_in_flight_reach_the_number_configured_and_never_pass_it(clock: Clock) -> None:
    provider = Watched(clock)

    clock.run(collected(range(500), provider, limiter_on(clock, 20), 50))

    assert provider.most_in_flight == 20


def test_a_healthy_server_is_used_nearly_as_fast_as_the_calls_in_flight_allow(clock: Clock) -> None:
    clock.run(collected(range(1_000), Watched(clock), limiter_on(clock, 50), 50))

    assert clock.now <= 1.1 * 1_000 * LATENCY / 50


def test_batches_that_share_a_limiter_stay_below_its_number_together(clock: Clock) -> None:
    provider, limiter = Watched(clock), limiter_on(clock, 10)

    async def both() -> list[list[tuple[int, int | EngineFailed]]]:
        batches = (collected(range(start, start + 100), provider, limiter, 8) for start in (0, 100))
        return list(await asyncio.gather(*batches))

    first, second = clock.run(both())

    assert provider.most_in_flight == 10
    assert sorted(first + second) == [(item, -item) for item in range(200)]


def test_a_batch_keeps_to_its_own_number_in_a_wider_limiter(clock: Clock) -> None:
    provider = Watched(clock)

    clock.run(collected(range(100), provider, limiter_on(clock, 50), 3))

    assert provider.most_in_flight == 3


@pytest.mark.parametrize("retry_after", [1.0, None])
@pytest.mark.parametrize("seed", range(5))
def test_a_server_that_allows_ten_a_second_loses_no_row_and_is_asked_little_more_than_needed(
    clock: Clock, retry_after: float | None, seed: int
) -> None:
    provider = Watched(clock, Bucket(clock, rate=10, size=10, retry_after=retry_after))

    ended = clock.run(collected(range(200), provider, limiter_on(clock, 50, seed), 50))

    assert sorted(ended) == [(item, -item) for item in range(200)]
    assert len(provider.calls) <= 1.15 * 200


def test_a_refusal_holds_every_start_back_for_the_time_the_server_asks(clock: Clock) -> None:
    refuse_once = failing(lambda: ServerBusy(7.0), times=1)
    provider = Watched(clock, lambda _item: refuse_once(0))

    ended = clock.run(collected(range(5), provider, limiter_on(clock, 5), 5))
    first, *others = [moment for moment, _ in provider.calls]

    assert first == 0
    assert 7.0 <= min(others) <= 7.0 * 1.1
    assert len(others) == len(ended) == 5


def test_how_long_the_server_asked_to_wait_can_be_shown(clock: Clock) -> None:
    limiter = limiter_on(clock, 5)

    with pytest.raises(ServerBusy):
        clock.run(limiter.run(refused_for(30.0), busy_tries=1))

    assert 30.0 <= limiter.pause <= 33.0
    clock.now += 40
    assert limiter.pause == 0


@pytest.mark.parametrize("retry_after", [math.nan, -1.0, 0.0, math.inf, 1e9])
def test_a_nonsensical_retry_after_neither_stops_a_batch_nor_floods_the_server(
    clock: Clock, retry_after: float
) -> None:
    limiter = limiter_on(clock, 5)

    with pytest.raises(ServerBusy):
        clock.run(limiter.run(refused_for(retry_after), busy_tries=1))

    assert 0.1 <= limiter.pause <= 66


def test_without_retry_after_the_pause_doubles_while_nothing_succeeds(clock: Clock) -> None:
    provider = Watched(clock, failing(ServerBusy, times=6))

    clock.run(limiter_on(clock, 5).run(lambda: provider(1)))
    pauses = [later - earlier for (earlier, _), (later, _) in itertools.pairwise(provider.calls)]

    assert pauses[-1] >= 10 * pauses[0]
    assert len(provider.calls) == 7


def test_the_window_shrinks_once_for_a_burst_of_refusals_and_never_below_one(clock: Clock) -> None:
    limiter = limiter_on(clock, 10)

    async def burst(calls: int) -> None:
        runs = (limiter.run(late_refusal, busy_tries=1) for _ in range(calls))
        await asyncio.gather(*runs, return_exceptions=True)

    async def late_refusal() -> None:
        await clock.sleep(LATENCY)
        raise ServerBusy

    clock.run(burst(10))
    assert limiter.window == pytest.approx(7.0)

    for _ in range(20):
        clock.now += 100
        clock.run(burst(1))
    assert limiter.window == 1.0


def test_the_window_grows_by_its_share_with_each_success_up_to_the_number_configured(clock: Clock) -> None:
    limiter, provider = limiter_on(clock, 10), Watched(clock)
    with pytest.raises(ServerBusy):
        clock.run(limiter.run(refused_for(1.0), busy_tries=1))

    clock.run(limiter.run(lambda: provider(1)))
    assert limiter.window == pytest.approx(7 + 1 / 7)

    clock.run(collected(range(200), provider, limiter, 10))
    assert limiter.window == 10


def test_a_server_that_is_free_again_is_used_fully_again(clock: Clock) -> None:
    bucket = Bucket(clock, rate=10, size=10, retry_after=1.0)
    limiter = limiter_on(clock, 20)
    clock.run(collected(range(50), Watched(clock, bucket), limiter, 20))
    free = Watched(clock)
    clock.run(collected(range(500), free, limiter, 20))

    began = clock.now
    clock.run(collected(range(500), free, limiter, 20))

    assert clock.now - began <= 1.1 * 500 * LATENCY / 20


def test_a_passing_failure_is_tried_again_after_waits_that_grow(clock: Clock) -> None:
    provider = Watched(clock, failing(lambda: ServerStumbles("The server had an error (500)."), times=TRIES - 1))

    reply = clock.run(limiter_on(clock, 5).run(lambda: provider(1)))
    waits = [later - earlier for (earlier, _), (later, _) in itertools.pairwise(provider.calls)]

    assert reply == -1
    assert [0.5 * 2**n / 2 <= wait <= 0.5 * 2**n + 0.01 for n, wait in enumerate(waits)] == [True] * (TRIES - 1)


def test_rows_that_wait_to_be_tried_again_hold_no_place_for_others(clock: Clock) -> None:
    """Two rows fail and wait at first: with two calls in flight, the others go on meanwhile."""
    behave = failing(lambda: ServerStumbles("reset"), times=3)
    provider = Watched(clock, lambda item: behave(item) if item < 2 else None)

    ended = clock.run(collected(range(22), provider, limiter_on(clock, 2), 2))

    assert [item for item, _ in ended][-2:] in ([0, 1], [1, 0])
    assert len(ended) == 22
    first_retry = [moment for moment, item in provider.calls if item == 0][1]
    assert any(moment < first_retry for moment, item in provider.calls if item >= 2)


def test_a_row_that_fails_each_time_comes_out_as_its_failure_and_stops_no_other(clock: Clock) -> None:
    def behave(item: int) -> None:
        if item == 3:
            raise ServerStumbles("The connection was lost.")

    provider = Watched(clock, behave)

    ended = dict(clock.run(collected(range(10), provider, limiter_on(clock, 5), 5, tries=4)))

    assert str(ended.pop(3)) == "The connection was lost."
    assert ended == {item: -item for item in range(10) if item != 3}
    assert sum(item == 3 for _, item in provider.calls) == 4


def test_a_row_that_is_refused_each_time_is_given_up_in_the_end(clock: Clock) -> None:
    provider = Watched(clock, failing(ServerBusy, times=math.inf))

    ended = clock.run(collected(range(1), provider, limiter_on(clock, 5), 5))

    assert isinstance(ended[0][1], ServerBusy)
    assert len(provider.calls) == BUSY_TRIES


def test_an_unusable_reply_is_the_failure_of_its_row_and_not_tried_again(clock: Clock) -> None:
    provider = Watched(clock, failing(lambda: EngineFailed("The reply was none of the ids."), times=1))

    ended = clock.run(collected(range(5), provider, limiter_on(clock, 5), 5))

    assert [str(reply) for _, reply in ended] == ["The reply was none of the ids."] * 5
    assert len(provider.calls) == 5


def test_a_final_error_starts_nothing_more_and_what_is_in_flight_comes_out_first(clock: Clock) -> None:
    def behave(item: int) -> None:
        if item == 12:
            raise EngineUnavailable("The key was refused.")

    provider = Watched(clock, behave)
    came_out: list[int] = []

    async def batch() -> None:
        async for item, _ in answer_all(range(1_000), provider, limiter_on(clock, 5), in_flight=5):
            came_out.append(item)

    with pytest.raises(EngineUnavailable, match="The key was refused"):
        clock.run(batch())

    called = {item for _, item in provider.calls}
    assert sorted(came_out) == sorted(called - {12})
    assert len(called) < 20


def test_an_error_while_rows_are_read_ends_the_batch_after_what_is_in_flight(clock: Clock) -> None:
    def rows() -> Any:
        yield from range(3)
        raise OSError("The file is gone.")

    came_out: list[int] = []

    async def batch() -> None:
        async for item, _ in answer_all(rows(), Watched(clock), limiter_on(clock, 5), in_flight=2):
            came_out.append(item)

    with pytest.raises(OSError, match="The file is gone"):
        clock.run(batch())

    assert set(came_out) <= {0, 1, 2}


@pytest.mark.parametrize("after", [0.05, 0.35, 1.0])
def test_a_stopped_batch_gives_out_every_call_it_made_and_leaves_the_rest(clock: Clock, after: float) -> None:
    provider = Watched(clock)
    limiter = limiter_on(clock, 5)

    async def batch() -> list[int]:
        stop = asyncio.Event()
        pausing = asyncio.create_task(set_after(stop))
        ended = [item async for item, _ in answer_all(range(1_000), provider, limiter, in_flight=5, stop=stop)]
        await pausing
        return ended

    async def set_after(stop: asyncio.Event) -> None:
        await clock.sleep(after)
        stop.set()

    ended = clock.run(batch())

    assert sorted(ended) == sorted(item for _, item in provider.calls)
    assert max(moment for moment, _ in provider.calls) <= after
    assert 0 < len(ended) < 100


def test_a_batch_that_is_stopped_during_a_long_pause_ends_at_once(clock: Clock) -> None:
    provider = Watched(clock, failing(lambda: ServerBusy(50.0), times=math.inf))

    async def batch() -> list[int]:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_soon(stop.set)
        return [i async for i, _ in answer_all(range(100), provider, limiter_on(clock, 5), in_flight=5, stop=stop)]

    assert clock.run(batch()) == []
    assert clock.now < 1


class Source:
    """Rows that are read while the batch goes on; ``wait`` is awaited before each of them."""

    def __init__(self, provider: Watched, rows: int, wait: Callable[[int], Awaitable[object]]) -> None:
        self._provider = provider
        self._rows = rows
        self._wait = wait
        self.read: list[int] = []
        self.most_ahead = 0
        self.closed = False

    async def __call__(self) -> AsyncIterator[int]:
        try:
            for row in range(self._rows):
                await self._wait(row)
                self.read.append(row)
                self.most_ahead = max(self.most_ahead, len(self.read) - len({row for _, row in self._provider.calls}))
                yield row
        finally:
            self.closed = True


async def at_once(_row: int) -> None:
    """Nothing to wait for."""


@pytest.mark.parametrize("refused", [0, 1])
def test_rows_of_an_asynchronous_source_are_read_only_as_they_can_be_asked(clock: Clock, refused: int) -> None:
    provider = Watched(clock, failing(lambda: ServerBusy(20.0), times=refused))
    source = Source(provider, 60, at_once)

    ended = clock.run(collected(source(), provider, limiter_on(clock, 5), 5))

    assert sorted(ended) == [(row, -row) for row in range(60)]
    assert source.most_ahead <= 5
    assert source.closed


def test_a_slow_source_holds_no_reply_back(clock: Clock) -> None:
    provider = Watched(clock)
    source = Source(provider, 4, lambda _row: clock.sleep(10.0))
    came_out: list[float] = []

    async def batch() -> None:
        async for _ in answer_all(source(), provider, limiter_on(clock, 5), in_flight=5):
            came_out.append(clock.now)

    clock.run(batch())

    assert came_out == pytest.approx([10.1, 20.1, 30.1, 40.1])


def test_an_error_of_an_asynchronous_source_ends_the_batch_after_what_is_in_flight(clock: Clock) -> None:
    provider = Watched(clock)

    async def rows() -> AsyncIterator[int]:
        for row in range(3):
            yield row
        await clock.sleep(LATENCY / 2)
        raise EngineUnavailable("The built-in engine is off.")

    came_out: list[int] = []

    async def batch() -> None:
        async for row, _ in answer_all(rows(), provider, limiter_on(clock, 5), in_flight=5):
            came_out.append(row)

    with pytest.raises(EngineUnavailable, match="is off"):
        clock.run(batch())

    assert sorted(came_out) == [0, 1, 2]


def test_a_batch_is_stopped_while_its_source_waits_and_what_is_in_flight_comes_out(clock: Clock) -> None:
    provider = Watched(clock)

    async def wait(row: int) -> None:
        if row == 3:
            await clock.sleep(1_000.0)

    source = Source(provider, 10, wait)

    async def batch() -> list[int]:
        stop = asyncio.Event()

        async def soon() -> None:
            await clock.sleep(LATENCY / 2)
            stop.set()

        stopping = asyncio.create_task(soon())
        ended = [r async for r, _ in answer_all(source(), provider, limiter_on(clock, 5), in_flight=5, stop=stop)]
        await stopping
        return ended

    assert sorted(clock.run(batch())) == [0, 1, 2]
    assert clock.now < 1
    assert source.closed


def test_a_batch_is_left_while_its_source_waits(clock: Clock) -> None:
    provider = Watched(clock)
    source = Source(provider, 10, lambda row: clock.sleep(1_000.0 * row))

    async def leave_after_one() -> None:
        async with contextlib.aclosing(answer_all(source(), provider, limiter_on(clock, 5), in_flight=5)) as batch:
            async for _ in batch:
                break
        assert source.closed
        assert len(asyncio.all_tasks()) <= 2  # this one and the clock's

    clock.run(leave_after_one())

    assert clock.now < 1


def test_leaving_a_batch_early_cancels_its_calls_and_gives_their_places_back(clock: Clock) -> None:
    provider, limiter = Watched(clock), limiter_on(clock, 5)

    async def leave_after_three() -> int:
        batch = answer_all(range(1_000), provider, limiter, in_flight=5)
        async with contextlib.aclosing(batch):
            seen = 0
            async for _ in batch:
                seen += 1
                if seen == 3:
                    break
        assert provider.now_in_flight == 0
        assert len(asyncio.all_tasks()) <= 2  # this one and the clock's
        return len(await collected(range(20), provider, limiter, 5))

    assert clock.run(leave_after_three()) == 20
    assert provider.most_in_flight == 5


def test_a_cancelled_batch_leaves_no_call_behind(clock: Clock) -> None:
    provider, limiter = Watched(clock), limiter_on(clock, 5)

    async def cancelled() -> None:
        task = asyncio.create_task(collected(range(1_000), provider, limiter, 5))
        await clock.sleep(0.5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert provider.now_in_flight == 0
        assert len(asyncio.all_tasks()) <= 2

    clock.run(cancelled())


def test_a_call_that_never_ends_is_a_passing_failure() -> None:
    limiter = Limiter(2, patience=0.01)

    with pytest.raises(ServerStumbles, match="did not answer in time"):
        asyncio.run(limiter.run(asyncio.Event().wait, tries=1))


def test_providers_have_a_limiter_each_and_runs_of_one_provider_share_it(clock: Clock) -> None:
    limiters = Limiters()

    shared = limiters.at("https://models.example/v1", 5)

    assert limiters.at("https://models.example/v1/", 20) is shared
    assert limiters.at("https://other.example/v1", 5) is not shared
    assert shared.window == 20


def test_of_many_providers_only_some_are_remembered_and_never_is_one_forgotten_that_is_being_asked() -> None:
    async def asked() -> None:
        limiters, going = Limiters(size=2), asyncio.Event()
        busy, idle = limiters.at("https://busy.example", 1), limiters.at("https://idle.example", 1)
        call = asyncio.create_task(busy.run(going.wait))
        await asyncio.sleep(0)
        for number in range(5):
            limiters.at(f"https://{number}.example", 1)

        assert limiters.at("https://busy.example", 1) is busy
        assert limiters.at("https://idle.example", 1) is not idle
        going.set()
        await call

    asyncio.run(asked())


def test_a_busy_limiter_is_not_widened_at_once_by_one_who_wants_more(clock: Clock) -> None:
    limiter = limiter_on(clock, 10)
    with pytest.raises(ServerBusy):
        clock.run(limiter.run(refused_for(1.0), busy_tries=1))

    limiter.allow(50)

    assert limiter.window == pytest.approx(7.0)


def refused_for(seconds: float) -> Callable[[], Awaitable[None]]:
    async def call() -> None:
        raise ServerBusy(seconds)

    return call


def asking(client: openai.AsyncOpenAI, prompt: str = "Answer.") -> Callable[[str], Awaitable[str | None]]:
    """A call of the real client, its errors in the limiter's words."""

    async def call(question: str) -> str | None:
        messages: Any = [{"role": "system", "content": prompt}, {"role": "user", "content": question}]
        try:
            reply = await client.chat.completions.create(model="m", messages=messages)
        except openai.RateLimitError as busy:
            wait = busy.response.headers.get("retry-after")
            raise ServerBusy(float(wait) if wait else None) from busy
        except (openai.APIConnectionError, openai.InternalServerError) as failure:
            raise ServerStumbles(type(failure).__name__) from failure
        except openai.AuthenticationError as refused:
            raise EngineUnavailable("The key was refused.") from refused
        return reply.choices[0].message.content

    return call


def client_of(base_url: str, timeout: float = 30.0) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=base_url, api_key="k", max_retries=0, timeout=timeout)


class Served:
    """A loopback server that counts its calls. ``behave(question, call)`` names the fault of a question's n-th call."""

    def __init__(self, behave: Callable[[str, int], Fault | None]) -> None:
        self.behave = behave
        self.calls: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self.server = ModelServer(modes=[RequestMode.CHOICE], fault=self._reply)

    def _reply(self, request: Request, _number: int) -> Fault | str:
        question = str(request.body["messages"][-1]["content"])
        self.calls[question] += 1
        if fault := self.behave(question, self.calls[question]):
            return fault
        self.answered[question] += 1
        return f"reply to {question}"


def first_call_of(every: int, fault: Fault) -> Callable[[str, int], Fault | None]:
    """The first call of each so-many-th question meets the fault."""
    return lambda question, call: fault if int(question) % every == 0 and call == 1 else None


QUESTIONS = [str(number) for number in range(40)]


@pytest.mark.parametrize(
    ("fault", "every", "timeout", "patience"),
    [
        (Fault.BUSY, 4, 30.0, 30.0),
        (Fault.BUSY_FOR_A_SECOND, 20, 30.0, 30.0),
        (Fault.ERROR, 4, 30.0, 30.0),
        (Fault.RESET, 4, 30.0, 30.0),
        (Fault.HANG, 4, 1.0, 30.0),
        (Fault.HANG, 4, 30.0, 1.0),
        (Fault.DRIP, 4, 30.0, 1.0),
    ],
    ids=["429", "429 with Retry-After", "500", "reset", "time-out", "hang", "drip"],
)
def test_no_row_is_lost_and_each_is_answered_once(fault: Fault, every: int, timeout: float, patience: float) -> None:
    served = Served(first_call_of(every, fault))

    async def batch() -> list[tuple[str, str | EngineFailed | None]]:
        async with served.server.serving() as server, client_of(server.base_url, timeout) as client:
            limiter = Limiter(8, patience=patience)
            return [ended async for ended in answer_all(QUESTIONS, asking(client), limiter, in_flight=8)]

    ended = asyncio.run(batch())

    assert sorted(ended) == sorted((question, f"reply to {question}") for question in QUESTIONS)
    assert served.answered == Counter(QUESTIONS)
    assert {question for question in QUESTIONS if served.calls[question] == 2} == set(QUESTIONS[::every])


def test_a_wrong_key_stops_the_batch_after_few_calls() -> None:
    served = Served(lambda _question, _call: Fault.KEY)

    async def batch() -> None:
        async with served.server.serving() as server, client_of(server.base_url) as client:
            async for _ in answer_all(QUESTIONS, asking(client), Limiter(4), in_flight=4):
                pass

    with pytest.raises(EngineUnavailable, match="The key was refused"):
        asyncio.run(batch())

    assert served.calls.total() <= 8
    assert set(served.calls.values()) == {1}

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

import pytest

from core.background import Background
from core.engines.language import batch as batch_module
from core.engines.language.batch import stream
from core.engines.language.query import Query
from core.engines.language.server_memory import RequestMode
from core.engines.language.style import Built, PromptStyle
from core.engines.limiter import Limiter
from core.engines.reply_cache import ModelReply
from core.errors import EngineFailed, EngineUnavailable
from tests.core.engines.language.conftest import TABLE

BUILT = Built(RequestMode.SCHEMA, TABLE, PromptStyle())
IN_FLIGHT = 3
SECONDS = 10.0  # longer than anything here takes
REPLY = ModelReply(entry_id=1, seconds=0.001)
KEPT = ModelReply(entry_id=17, reused=True)


class Line:
    """Stands for a connection: what is sent over it, what is under way, and whether it was closed.

    ``behave`` is awaited for each question, and raises or waits.
    """

    def __init__(self, behave: Callable[[str], Awaitable[object]] = lambda _question: asyncio.sleep(0.001)) -> None:
        self._behave = behave
        self.sent: list[str] = []
        self.cancelled: list[str] = []
        self.closed = 0

    async def send(self, connection: object, query: Query) -> ModelReply:
        assert connection is self
        self.sent.append(query.question)
        try:
            await self._behave(query.question)
        except asyncio.CancelledError:
            self.cancelled.append(query.question)
            raise
        return REPLY

    async def close(self) -> None:
        self.closed += 1


def rows(count: int, first: int = 0) -> Iterator[tuple[int, Query]]:
    for row in range(first, first + count):
        yield row, Query(question=f"row {row}", offered=TABLE, mode=RequestMode.SCHEMA, built=BUILT)


def nothing_kept(_queries: Sequence[Query]) -> Mapping[Query, ModelReply]:
    return {}


@pytest.fixture
def run(background: Background) -> Callable[..., Generator[Any, None, None]]:
    def run(queries: Iterable[tuple[int, Query]], line: Line, **changes: Any) -> Generator[Any, None, None]:
        parts: dict[str, Any] = {
            "background": background,
            "find": nothing_kept,
            "connect": lambda: line,
            "send": line.send,
            "limiter": Limiter(IN_FLIGHT),
            "in_flight": IN_FLIGHT,
            "stop": threading.Event(),
        }
        return stream(queries, **{**parts, **changes})

    return run


Run = Callable[..., Generator[Any, None, None]]


async def for_ever(_question: str) -> None:
    await asyncio.Event().wait()


def test_every_query_comes_out_once_with_its_mark_and_what_was_sent(run: Run) -> None:
    line = Line()

    ended = list(run(rows(450), line))

    assert sorted(row for row, _ in ended) == list(range(450))
    assert all(reply is REPLY for _, (_, reply) in ended)
    assert all(query.question == f"row {row}" for row, (query, _) in ended)
    assert (len(line.sent), line.closed) == (450, 1)


def test_what_is_found_comes_out_without_being_sent(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_module, "CHUNK", 10)
    line, looks = Line(), []

    def find(queries: Sequence[Query]) -> Mapping[Query, ModelReply]:
        looks.append(len(queries))
        return {query: KEPT for query in queries if int(query.question.removeprefix("row ")) % 3}

    ended = dict(run(rows(45), line, find=find))

    assert all(query.question == f"row {row}" for row, (query, _) in ended.items())
    assert {row for row, (_, reply) in ended.items() if reply is KEPT} == {row for row in range(45) if row % 3}
    assert {row for row, (_, reply) in ended.items() if reply is REPLY} == set(range(0, 45, 3))
    assert sorted(line.sent) == sorted(f"row {row}" for row in range(0, 45, 3))
    assert looks == [10, 10, 10, 10, 5]


def test_when_all_is_found_nothing_is_sent(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_module, "CHUNK", 10)
    line = Line()

    ended = list(run(rows(95), line, find=lambda queries: dict.fromkeys(queries, KEPT)))

    assert [row for row, _ in ended] == list(range(95))
    assert (line.sent, line.closed) == ([], 1)


def test_an_empty_batch_ends(run: Run) -> None:
    line = Line()

    assert list(run(rows(0), line)) == []
    assert line.closed == 1


def test_queries_are_read_a_chunk_at_a_time_as_they_can_be_sent(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_module, "CHUNK", 10)
    line = Line()
    ahead = []

    def queries() -> Iterator[tuple[int, Query]]:
        for row, query in rows(100):
            ahead.append(row - len(line.sent))
            yield row, query

    assert len(list(run(queries(), line))) == 100
    assert max(ahead) < 2 * 10 + IN_FLIGHT


def test_the_next_queries_are_read_before_these_are_sent(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_module, "CHUNK", 10)
    looks, looked_twice = [], threading.Event()

    def find(queries: Sequence[Query]) -> Mapping[Query, ModelReply]:
        looks.append(len(queries))
        if len(looks) == 2:
            looked_twice.set()
        return {}

    async def until_the_second_look(_question: str) -> None:
        assert await asyncio.to_thread(looked_twice.wait, SECONDS)

    ended = list(run(rows(20), Line(until_the_second_look), find=find))

    assert all(reply is REPLY for _, (_, reply) in ended)


def test_a_failure_is_a_value_among_the_others(run: Run) -> None:
    failure = EngineFailed("The model declined.")

    async def behave(question: str) -> None:
        if question == "row 1":
            raise failure

    ended = dict(run(rows(5), Line(behave)))

    assert ended[1] is failure
    assert [ended[row][1] for row in (0, 2, 3, 4)] == [REPLY] * 4


def test_a_query_that_could_not_be_made_is_a_failure_among_the_others(run: Run) -> None:
    failure, looks = EngineFailed("The built-in model could not read this text."), []

    def queries() -> Iterator[tuple[int, Query | EngineFailed]]:
        yield from rows(2)
        yield 2, failure
        yield from rows(2, first=3)

    def find(queries: Sequence[Query]) -> Mapping[Query, ModelReply]:
        looks.append([query.question for query in queries])
        return {}

    ended = dict(run(queries(), Line(), find=find))

    assert ended[2] is failure
    assert [ended[row][1] for row in (0, 1, 3, 4)] == [REPLY] * 4
    assert looks == [["row 0", "row 1", "row 3", "row 4"]]


@pytest.mark.parametrize("error", [EngineUnavailable("The key was refused."), ValueError("a mistake")])
def test_any_other_error_of_a_call_is_raised_after_what_is_in_flight(error: Exception, run: Run) -> None:
    raised = asyncio.Event()

    async def behave(question: str) -> None:
        if question == "row 5":
            raised.set()
            raise error
        if question in ("row 3", "row 4"):
            await raised.wait()
            await asyncio.sleep(0.02)

    line = Line(behave)
    ended: list[int] = []
    with pytest.raises(type(error), match=str(error)):
        ended.extend(row for row, _ in run(rows(500), line))

    assert sorted(ended) == [0, 1, 2, 3, 4]
    assert len(line.sent) == 6
    assert line.closed == 1


def test_an_error_while_queries_are_made_is_raised_after_what_is_in_flight(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_module, "CHUNK", 2)

    def queries() -> Iterator[tuple[int, Query]]:
        yield from rows(4)
        raise EngineUnavailable("The built-in engine is off.")

    line = Line()
    ended: list[int] = []
    with pytest.raises(EngineUnavailable, match="is off"):
        ended.extend(row for row, _ in run(queries(), line))

    assert sorted(f"row {row}" for row in ended) == sorted(line.sent)
    assert (len(ended) > 0, line.closed) == (True, 1)


def test_a_connection_that_cannot_be_made_ends_the_batch(run: Run) -> None:
    def connect() -> Line:
        raise ValueError("The proxy's address is wrong.")

    with pytest.raises(ValueError, match="The proxy's address is wrong"):
        in_time(lambda: list(run(rows(5), Line(), connect=connect)))


def test_a_connection_that_cannot_be_closed_ends_the_batch(run: Run) -> None:
    class Stuck(Line):
        async def close(self) -> None:
            raise OSError("It does not close.")

    with pytest.raises(OSError, match="does not close"):
        in_time(lambda: list(run(rows(5), Stuck())))


def in_time(work: Callable[[], object]) -> None:
    """Raises what ``work`` raises, in another thread: this one must not wait for ever."""
    done: Future[object] = Future()

    def working() -> None:
        try:
            done.set_result(work())
        except (ValueError, OSError) as error:
            done.set_exception(error)

    threading.Thread(target=working, daemon=True).start()
    done.result(SECONDS)


def test_a_stopped_batch_gives_out_all_that_it_sent_and_sends_nothing_new(run: Run) -> None:
    stop, line = threading.Event(), Line(lambda _question: asyncio.sleep(0.01))
    ended = []
    for row, reply in run(rows(5_000), line, stop=stop):
        ended.append(row)
        assert reply[1] is REPLY
        stop.set()

    assert sorted(f"row {row}" for row in ended) == sorted(line.sent)
    assert len(ended) < 1_000
    assert (line.cancelled, line.closed) == ([], 1)


def test_a_batch_is_stopped_while_its_queries_are_awaited(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_module, "CHUNK", 2)
    stop, never, line = threading.Event(), threading.Event(), Line()

    def queries() -> Iterator[tuple[int, Query]]:
        yield from rows(2)
        stop.set()
        never.wait(SECONDS)
        yield from rows(2, first=2)

    began = time.monotonic()
    try:
        ended = [row for row, _ in run(queries(), line, stop=stop)]
        took = time.monotonic() - began
    finally:
        never.set()

    assert sorted(ended) == [0, 1]
    assert took < SECONDS / 2
    assert line.closed == 1


def test_calls_that_hang_are_cancelled_some_time_after_the_stop(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_module, "ENDING_SECONDS", 0.3)
    stop = threading.Event()

    async def behave(question: str) -> None:
        if question != "row 0":
            await for_ever(question)

    line = Line(behave)
    ended = []
    for row, _ in run(rows(50), line, stop=stop):
        ended.append(row)
        stop.set()

    assert ended == [0]
    assert sorted(line.cancelled) == ["row 1", "row 2", "row 3"]
    assert line.closed == 1


def test_closing_a_batch_cancels_its_calls_before_it_returns(run: Run) -> None:
    async def behave(question: str) -> None:
        if question != "row 0":
            await for_ever(question)

    line = Line(behave)
    batch = run(rows(500), line)
    next(batch)
    began = time.monotonic()
    batch.close()

    assert time.monotonic() - began < SECONDS / 2
    assert sorted(line.cancelled) == sorted(set(line.sent) - {"row 0"})
    assert line.closed == 1


def test_two_batches_go_on_beside_each_other(run: Run, background: Background) -> None:
    limiter = Limiter(IN_FLIGHT)
    first, second = (run(rows(30), Line(), limiter=limiter) for _ in range(2))

    ended = [pair[0] for both in zip(first, second, strict=True) for pair in both]

    assert sorted(ended) == sorted([*range(30), *range(30)])

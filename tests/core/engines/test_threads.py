import itertools
import threading
import time
from collections.abc import Iterator

import pytest

from core.engines.protocol import Decision, EngineReply
from core.engines.threads import AHEAD, ask_in_threads
from core.errors import EngineFailed, EngineUnavailable

THREADS = 2
SECONDS = 10  # longer than anything here takes


def reply(question: str) -> EngineReply:
    return EngineReply(decision=Decision(entry_id=int(question), candidates=(), threshold=0.0))


def rows(count: int) -> Iterator[tuple[str, str]]:
    return ((f"row {number}", str(number)) for number in range(count))


def engine_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("frontline-engine")]


def test_each_mark_comes_out_with_its_own_reply_in_the_order_given() -> None:
    second = threading.Event()

    def ask(question: str) -> EngineReply:
        if question == "0":
            assert second.wait(SECONDS)  # the first ends after the second
        elif question == "1":
            second.set()
        return reply(question)

    ended = list(ask_in_threads(ask, rows(100), threads=THREADS, stop=threading.Event()))

    assert ended == [(f"row {number}", reply(str(number))) for number in range(100)]


def test_questions_are_read_only_so_far_ahead_of_what_came_out() -> None:
    read: list[int] = []
    ahead: list[int] = []

    def items() -> Iterator[tuple[str, str]]:
        for number, item in enumerate(rows(200)):
            read.append(number)
            yield item

    for taken, _ in enumerate(ask_in_threads(reply, items(), threads=THREADS, stop=threading.Event())):
        ahead.append(len(read) - taken)

    assert len(ahead) == 200
    assert max(ahead) == THREADS * AHEAD


def test_a_failure_is_a_value_among_the_others() -> None:
    failure = EngineFailed("The engine did not answer.")

    def ask(question: str) -> EngineReply:
        if question == "1":
            raise failure
        return reply(question)

    ended = dict(ask_in_threads(ask, rows(3), threads=THREADS, stop=threading.Event()))

    assert ended == {"row 0": reply("0"), "row 1": failure, "row 2": reply("2")}


@pytest.mark.parametrize("error", [EngineUnavailable("The model is missing."), ValueError("a mistake")])
def test_any_other_error_is_raised_and_what_waited_is_not_asked(error: Exception) -> None:
    asked: list[str] = []

    def ask(question: str) -> EngineReply:
        asked.append(question)
        time.sleep(0.01)  # so that others wait
        if question == "3":
            raise error
        return reply(question)

    ended: list[str] = []
    with pytest.raises(type(error), match=str(error)):
        ended.extend(mark for mark, _ in ask_in_threads(ask, rows(500), threads=THREADS, stop=threading.Event()))

    assert ended == ["row 0", "row 1", "row 2"]
    assert len(asked) < THREADS * AHEAD
    assert engine_threads() == []


def test_an_error_while_questions_are_read_is_raised() -> None:
    def items() -> Iterator[tuple[str, str]]:
        yield from rows(3)
        raise OSError("The file is gone.")

    with pytest.raises(OSError, match="The file is gone"):
        list(ask_in_threads(reply, items(), threads=THREADS, stop=threading.Event()))

    assert engine_threads() == []


def test_when_it_is_stopped_what_is_under_way_comes_out_and_what_waits_does_not_begin() -> None:
    stop, waiting, begun = threading.Event(), threading.Event(), []
    both = threading.Barrier(THREADS)

    def items() -> Iterator[tuple[str, str]]:
        yield from itertools.islice(rows(100), 20)
        waiting.set()
        yield from rows(100)

    def ask(question: str) -> EngineReply:
        begun.append(question)
        assert waiting.wait(SECONDS)
        both.wait(SECONDS)
        stop.set()
        return reply(question)

    ended = list(ask_in_threads(ask, items(), threads=THREADS, stop=stop))

    assert sorted(begun) == ["0", "1"]
    assert ended == [("row 0", reply("0")), ("row 1", reply("1"))]


def test_a_batch_that_was_stopped_before_asks_nothing() -> None:
    stop = threading.Event()
    stop.set()

    def ask(question: str) -> EngineReply:
        raise AssertionError("it was asked")

    assert list(ask_in_threads(ask, rows(100), threads=THREADS, stop=stop)) == []


def test_leaving_early_asks_nothing_that_waits_and_leaves_no_thread() -> None:
    asked: list[str] = []

    def ask(question: str) -> EngineReply:
        asked.append(question)
        time.sleep(0.01)
        return reply(question)

    batch = ask_in_threads(ask, rows(500), threads=THREADS, stop=threading.Event())
    next(batch)
    batch.close()

    assert len(asked) < THREADS * AHEAD
    assert engine_threads() == []

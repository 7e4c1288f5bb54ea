"""What is told of a process to those who watch it."""

import asyncio
import threading
from collections.abc import Callable

from core.operation.readiness import CANNOT_BE_USED, NO_ANSWER, OK, Readiness, ReadyState


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def asked(readiness: Readiness, times: int = 1) -> list[ReadyState]:
    async def all_of_them() -> list[ReadyState]:
        return list(await asyncio.gather(*(readiness.state() for _ in range(times))))

    return asyncio.run(all_of_them())


def of(check: Callable[[], str], clock: Clock, patience: float = 60) -> Readiness:
    return Readiness({"database": check, "queue": lambda: OK}, clock=clock, patience=patience)


def test_all_parts_in_order_make_it_ready() -> None:
    (state,) = asked(of(lambda: OK, Clock()))

    assert state.is_ready
    assert state.parts == {"database": OK, "queue": OK}


def test_a_part_that_raises_is_told_without_its_words_and_is_well_again_by_itself() -> None:
    clock, broken = Clock(), [True]

    def check() -> str:
        if broken[0]:
            raise RuntimeError("postgresql://user:secret@host")
        return OK

    readiness = of(check, clock)
    (before,) = asked(readiness)
    broken[0] = False
    clock.seconds += 1
    (after,) = asked(readiness)

    assert (before.is_ready, before.parts["database"]) == (False, CANNOT_BE_USED)
    assert after.is_ready


def test_a_thousand_who_ask_within_a_second_cost_one_check() -> None:
    clock, calls = Clock(), []
    readiness = of(lambda: calls.append(1) or OK, clock)

    asked(readiness, 1_000)
    clock.seconds = 0.9
    asked(readiness, 1_000)
    assert len(calls) == 1

    clock.seconds = 1.0
    asked(readiness, 1_000)
    assert len(calls) == 2


def test_a_part_that_hangs_keeps_one_thread_and_is_told_until_it_answers() -> None:
    clock, go_on, calls = Clock(), threading.Event(), []

    def check() -> str:
        calls.append(1)
        go_on.wait(60)
        return OK

    readiness = of(check, clock, patience=0.01)
    first = asked(readiness, 50)
    clock.seconds = 100
    later = asked(readiness, 50)
    go_on.set()
    while not asked(readiness)[0].is_ready:
        clock.seconds += 1

    assert {state.parts["database"] for state in (*first, *later)} == {NO_ANSWER}
    assert len(calls) >= 2
    assert {state.parts["queue"] for state in (*first, *later)} == {OK}

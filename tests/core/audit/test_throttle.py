"""What was done lately is not due."""

from datetime import UTC, datetime, timedelta

from core.audit.outsiders import Throttle


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 5, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_a_thing_is_due_once_in_a_while_and_each_by_itself() -> None:
    clock = Clock()
    seldom = Throttle(clock, timedelta(minutes=10))

    assert [seldom.due("a"), seldom.due("a"), seldom.due("b")] == [True, False, True]
    clock.now += timedelta(minutes=10)
    assert seldom.due("a")


def test_what_was_not_done_after_all_is_due_again() -> None:
    seldom = Throttle(Clock(), timedelta(minutes=10))
    seldom.due("a")

    seldom.forget("a")

    assert seldom.due("a")


def test_the_memory_is_bounded_and_the_oldest_is_forgotten() -> None:
    seldom = Throttle(Clock(), timedelta(minutes=10), limit=2)

    assert [seldom.due(key) for key in ("a", "b", "c", "b", "a")] == [True, True, True, False, True]

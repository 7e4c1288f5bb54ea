"""Ids and words of events."""

from datetime import UTC, datetime, timedelta

from core.audit.event import DETAILS_LIMIT, event_id, in_short

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_the_order_of_the_ids_is_that_of_time() -> None:
    moments = [NOON + timedelta(milliseconds=step) for step in (0, 1, 500, 10_000, 10**9, 10**12)]

    ids = [event_id(moment, "x") for moment in moments]

    assert ids == sorted(ids)
    assert {len(each) for each in ids} == {32}


def test_the_same_moment_and_parts_give_the_same_id_and_others_do_not() -> None:
    assert event_id(NOON, "a", "b") == event_id(NOON.astimezone(), "a", "b")
    assert len({event_id(NOON, "a", "b"), event_id(NOON, "ab"), event_id(NOON, "b", "a")}) == 3


def test_details_are_one_short_printable_line() -> None:
    assert in_short("a\nb\t c\x1b[31m") == "a b c[31m"
    assert in_short("x" * 500) == "x" * (DETAILS_LIMIT - 1) + "…"

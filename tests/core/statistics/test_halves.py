import pytest

from core.statistics.thresholds import first_half
from tests.core.statistics.ledgers import line, rows

MANY = rows(*(line(f"question {number}", 1, 1) for number in range(2_000)))


def test_the_halves_are_about_equal_and_follow_from_the_text_alone() -> None:
    half = first_half(MANY)

    assert half.sum() == pytest.approx(1_000, abs=100)
    assert first_half(MANY.take(~half)).sum() == 0
    assert first_half(rows(line("Where are you?", 1, 1))).tolist() == [True]
    assert first_half(rows(line("Are you hiring?", 1, 1))).tolist() == [False]


def test_the_same_question_is_never_in_both_halves() -> None:
    for number in range(50):
        same = rows(line(f"where is {number}", 1, 1), line(f"  Where is {number}?", 2, None))

        assert len(set(first_half(same).tolist())) == 1


def test_a_group_is_never_in_both_halves() -> None:
    grouped = rows(*(line(f"question {number}", 1, 1, group=f"visitor {number % 20}") for number in range(200)))
    half = first_half(grouped)

    assert {len(set(half[grouped.group == name].tolist())) for name in set(grouped.group)} == {1}
    assert len(set(half.tolist())) == 2

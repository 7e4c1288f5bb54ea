import doctest
from datetime import UTC, datetime

import pytest

from core.spending import words
from core.spending.words import money, money_is_short, tokens_are_short

AT = datetime(2028, 2, 3, tzinfo=UTC)


def test_the_examples_in_its_words_are_true() -> None:
    ran = doctest.testmod(words)

    assert ran.attempted > 0 == ran.failed


@pytest.mark.parametrize(
    ("nano_usd", "said"),
    [
        (0, "$0.00"),
        (1, "less than $0.01"),
        (9_999_999, "less than $0.01"),
        (10_000_000, "$0.01"),
        (14_999_999, "$0.01"),
        (15_000_000, "$0.02"),
        (999_999_999, "$1.00"),
        (25_000_000_000, "$25.00"),
        (1_000_000_000_000_000, "$1,000,000.00"),
    ],
)
def test_money_is_written_to_the_cent(nano_usd: int, said: str) -> None:
    assert money(nano_usd) == said


def test_what_is_no_cost_is_not_written_as_one() -> None:
    with pytest.raises(ValueError, match="no cost"):
        money(-1)


def test_a_refusal_never_shows_enough_money_left() -> None:
    said = money_is_short(
        needed=4_000_000_001, limit=25_000_000_000, booked=19_000_000_001, reserved=1_999_999_999, at=AT
    )

    assert said == (
        "This would take about $4.01, but $4.00 is left of this month’s limit of $25.00 ($2.00 set aside for what is "
        "under way). An owner can raise the limit in Settings. The month ends on 29 Feb 2028 (UTC)."
    )


@pytest.mark.parametrize(
    ("booked", "left"), [(25_000_000_000, "nothing"), (26_000_000_000, "nothing"), (24_999_000_000, "less than $0.01")]
)
def test_a_refusal_says_when_hardly_anything_or_nothing_is_left(booked: int, left: str) -> None:
    said = money_is_short(needed=10**9, limit=25_000_000_000, booked=booked, reserved=0, at=AT)

    assert said.startswith(f"This would take about $1.00, but {left} is left of this month’s limit of $25.00. An owner")


@pytest.mark.parametrize(
    ("booked", "left"), [(8, "2 tokens are"), (9, "1 token is"), (10, "nothing is"), (14, "nothing is")]
)
def test_tokens_that_are_left_are_counted_in_good_english(booked: int, left: str) -> None:
    said = tokens_are_short(needed=3, limit=10, booked=booked, reserved=0, at=AT)

    assert said.startswith(f"This would take about 3 tokens, but {left} left of this month’s limit of 10 tokens. An")

import doctest
from datetime import UTC, datetime, timedelta, timezone

import pytest

from core.questions.policy import ModelSettings
from core.spending import ledger
from core.spending.ledger import Amount, Month, SpendingLimits, month_of

MONEY, TOKENS = Amount(nano_usd=5), Amount(unpriced_tokens=5)


def test_the_examples_in_its_words_are_true() -> None:
    ran = doctest.testmod(ledger)

    assert ran.attempted > 0 == ran.failed


def test_a_month_is_one_of_the_calendar_in_utc() -> None:
    east = timezone(timedelta(hours=13))

    assert month_of(datetime(2026, 12, 1, 12, 59, tzinfo=east)) == "2026-11"
    assert month_of(datetime(2026, 12, 1, 0, 0, tzinfo=UTC)) == "2026-12"


@pytest.mark.parametrize(("usd", "nano"), [(25.0, 25 * 10**9), (0.1, 10**8), (0.07, 7 * 10**7), (0.0, 0), (None, None)])
def test_a_limit_in_dollars_is_kept_to_the_nano_dollar(usd: float | None, nano: int | None) -> None:
    assert SpendingLimits.of(ModelSettings(usd_a_month=usd)).nano_usd == nano


def test_a_limit_may_be_used_up_to_the_last() -> None:
    limits = SpendingLimits(nano_usd=5, unpriced_tokens=5)

    assert not limits.is_short_of_money(MONEY, Amount(nano_usd=5))
    assert limits.is_short_of_money(MONEY, Amount(nano_usd=6))
    assert not limits.is_short_of_tokens(TOKENS, Amount(unpriced_tokens=5))
    assert limits.is_short_of_tokens(TOKENS, Amount(unpriced_tokens=6))


def test_each_limit_bounds_only_the_calls_that_it_counts() -> None:
    limits, gone = SpendingLimits(nano_usd=0, unpriced_tokens=0), Amount(nano_usd=50, unpriced_tokens=50)

    assert not limits.is_short_of_money(TOKENS, gone)
    assert not limits.is_short_of_tokens(MONEY, gone)


def test_no_limit_is_no_bound() -> None:
    limits, gone = SpendingLimits(nano_usd=None, unpriced_tokens=None), Amount(nano_usd=10**15, unpriced_tokens=10**15)

    assert not limits.is_short_of_money(MONEY, gone)
    assert not limits.is_short_of_tokens(TOKENS, gone)


def test_what_is_booked_of_a_month_is_what_the_limits_count() -> None:
    month = Month(month="2026-11", calls=2, sent=9, received=1, nano_usd=3, unpriced_tokens=4)

    assert month.booked == Amount(nano_usd=3, unpriced_tokens=4)

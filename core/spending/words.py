"""How money and tokens are written for people, everywhere the same."""

from datetime import UTC, datetime, timedelta

from core.moments import day
from core.plurals import counted
from core.spending.ledger import Amount

_A_CENT = 10**7
"""In nano-dollars."""


def money(nano_usd: int) -> str:
    """Nano-dollars in dollars and cents; only nothing is $0.00.

    >>> money(420_000_000), money(1_234_500_000_000), money(4_000), money(0)
    ('$0.42', '$1,234.50', 'less than $0.01', '$0.00')
    """
    if nano_usd < 0:
        raise ValueError(f"{nano_usd} is no cost")
    cents = (nano_usd + _A_CENT // 2) // _A_CENT
    if 0 < nano_usd < _A_CENT:
        return "less than $0.01"
    return f"${cents // 100:,}.{cents % 100:02}"


def tokens(count: int) -> str:
    """A number of tokens.

    >>> tokens(12_300), tokens(1)
    ('12,300 tokens', '1 token')
    """
    return counted(count, "token")


def price(nano_usd: int | None) -> str:
    """What something costs, where anybody knows.

    >>> price(420_000_000), price(None)
    ('$0.42', 'price unknown')
    """
    return "price unknown" if nano_usd is None else money(nano_usd)


def spent(amount: Amount) -> str:
    """What calls took: money, and the tokens whose price nobody knows.

    >>> spent(Amount(nano_usd=420_000_000))
    '$0.42'
    >>> spent(Amount(nano_usd=420_000_000, unpriced_tokens=12_300))
    '$0.42 and 12,300 tokens (price unknown)'
    >>> spent(Amount(unpriced_tokens=12_300))
    '12,300 tokens (price unknown)'
    """
    unpriced = f"{tokens(amount.unpriced_tokens)} (price unknown)" if amount.unpriced_tokens else ""
    if unpriced and not amount.nano_usd:
        return unpriced
    return f"{money(amount.nano_usd)} and {unpriced}" if unpriced else money(amount.nano_usd)


def money_is_short(*, needed: int, limit: int, booked: int, reserved: int, at: datetime) -> str:
    """Why something cannot begin, in nano-dollars: what is left is rounded down, and what it would take is rounded up.

    >>> money_is_short(needed=3_201_000_000, limit=25_000_000_000, booked=22_000_000_000, reserved=0,
    ...     at=datetime(2026, 11, 21, tzinfo=UTC))
    'This would take about $3.21, but $3.00 is left of this month’s limit of $25.00. An owner can raise the limit in \
Settings. The month ends on 30 Nov 2026 (UTC).'
    """
    left = max(0, limit - booked - reserved)
    whole = left // _A_CENT * _A_CENT
    return _short(
        money(-(-needed // _A_CENT) * _A_CENT),
        f"{money(whole or left)} is" if left else "nothing is",
        money(limit),
        money(reserved) if reserved else "",
        at,
    )


def tokens_are_short(*, needed: int, limit: int, booked: int, reserved: int, at: datetime) -> str:
    """Why something whose price nobody knows cannot begin, in tokens.

    >>> tokens_are_short(needed=500, limit=2_000, booked=1_000, reserved=800, at=datetime(2026, 12, 31, tzinfo=UTC))
    'This would take about 500 tokens, but 200 tokens are left of this month’s limit of 2,000 tokens (800 tokens set \
aside for what is under way). An owner can raise the limit in Settings. The month ends on 31 Dec 2026 (UTC).'
    """
    left = max(0, limit - booked - reserved)
    left_is = f"{tokens(left)} {'is' if left == 1 else 'are'}" if left else "nothing is"
    return _short(tokens(needed), left_is, tokens(limit), tokens(reserved) if reserved else "", at)


def _short(needed: str, left_is: str, limit: str, reserved: str, at: datetime) -> str:
    aside = f" ({reserved} set aside for what is under way)" if reserved else ""
    return (
        f"This would take about {needed}, but {left_is} left of this month’s limit of {limit}{aside}. "
        f"An owner can raise the limit in Settings. The month ends on {_last_day(at)} (UTC)."
    )


def _last_day(at: datetime) -> str:
    return day((at.astimezone(UTC).replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1))

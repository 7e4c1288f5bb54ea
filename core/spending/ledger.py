"""The words of the books on spending: amounts, a month, its limits, and the storage that keeps them."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from core.errors import FrontlineError
from core.questions.policy import ModelSettings
from core.usage import Usage


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """What calls took.

    ``nano_usd`` is money in nano-dollars (10⁻⁹ USD) of the calls whose price is known: whole numbers, so that sums are
    exact. ``unpriced_tokens`` are the tokens, sent and received, of the calls whose price nobody knows.
    """

    nano_usd: int = 0
    unpriced_tokens: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(
            nano_usd=self.nano_usd + other.nano_usd, unpriced_tokens=self.unpriced_tokens + other.unpriced_tokens
        )


NO_AMOUNT = Amount()


def tokens_of(usage: Usage) -> int:
    """All tokens of a call, sent and received; what was not counted is none."""
    return (usage.sent or 0) + (usage.received or 0)


def completed(usage: Usage, guess: Usage) -> Usage:
    """The usage with ``guess`` in place of what the server did not count; what was cached belongs to what was sent.

    >>> completed(Usage(sent=900), Usage(sent=1000, received=7))
    Usage(sent=900, received=7, cached=None, cache_written=None)
    """
    if usage.received is None:
        usage = replace(usage, received=guess.received)
    if usage.sent is None:
        usage = replace(usage, sent=guess.sent, cached=guess.cached, cache_written=guess.cache_written)
    return usage


class LimitReached(FrontlineError):
    """The org's limit of this month has no room for what somebody wants to begin."""


def month_of(at: datetime) -> str:
    """The calendar month in UTC.

    >>> month_of(datetime.fromisoformat("2026-12-01T00:30+01:00"))
    '2026-11'
    """
    return f"{at.astimezone(UTC):%Y-%m}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """What an org took in a calendar month (UTC).

    Calls and tokens are of all calls; ``nano_usd`` is the money of those whose price is known, ``unpriced_tokens`` the
    tokens of the others. ``reserved`` is what is set aside for what is under way.
    """

    month: str
    calls: int = 0
    sent: int = 0
    received: int = 0
    cached: int = 0
    nano_usd: int = 0
    unpriced_tokens: int = 0
    reserved: Amount = NO_AMOUNT

    @property
    def booked(self) -> Amount:
        """What was taken, as the limits count it."""
        return Amount(nano_usd=self.nano_usd, unpriced_tokens=self.unpriced_tokens)


@dataclass(frozen=True, kw_only=True, slots=True)
class Booking:
    """What some calls took together."""

    calls: int
    sent: int
    received: int
    cached: int
    amount: Amount


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """How much of a month's limits is gone: booked, and reserved by others."""

    booked: Amount
    reserved: Amount

    @property
    def total(self) -> Amount:
        """Both together."""
        return self.booked + self.reserved


@dataclass(frozen=True, kw_only=True, slots=True)
class SpendingLimits:
    """What an org may take in a month; None is no bound. Each bounds only the calls that it counts."""

    nano_usd: int | None
    unpriced_tokens: int | None

    @classmethod
    def of(cls, settings: ModelSettings) -> "SpendingLimits":
        """The limits in an org's settings."""
        usd = settings.usd_a_month
        return cls(nano_usd=None if usd is None else round(usd * 10**9), unpriced_tokens=settings.tokens_a_month)

    def is_short_of_money(self, new: Amount, total: Amount) -> bool:
        """Whether ``total``, of which ``new`` is a part, is more money than there may be."""
        return self.nano_usd is not None and new.nano_usd > 0 and total.nano_usd > self.nano_usd

    def is_short_of_tokens(self, new: Amount, total: Amount) -> bool:
        """Whether ``total``, of which ``new`` is a part, is more tokens than there may be."""
        limit = self.unpriced_tokens
        return limit is not None and new.unpriced_tokens > 0 and total.unpriced_tokens > limit


@dataclass(frozen=True, kw_only=True, slots=True)
class Reservation:
    """What is set aside for something under way, until it is released or, where that is set, ``expires_at``."""

    reservation_id: str
    amount: Amount
    expires_at: datetime | None


class Reserving(Protocol):
    """The month of an org while a reservation is decided: nobody else decides one meanwhile."""

    def taken(self, *, except_for: str) -> Taken:
        """What is gone, without the reservation of this id."""

    def keep(self, reservation: Reservation) -> None:
        """Keep a reservation, in place of one with the same id, and remove those that no longer count."""


class SpendingStore(Protocol):
    """The books of all orgs; every method works on one. ``month`` is such as 2026-11."""

    def month(self, org_id: str, month: str, at: datetime) -> Month:
        """What was taken and what is reserved; reservations that expired before ``at`` do not count."""

    def reserving(self, org_id: str, month: str, at: datetime) -> AbstractContextManager[Reserving]:
        """Decide one reservation of this org at a time; an error inside leaves all as it was."""

    def settle(self, org_id: str, reservation_id: str, month: str, booking: Booking, at: datetime) -> Taken:
        """Book, take the same off the reservation, whose rest is never below 0, and tell what is gone then."""

    def release(self, org_id: str, reservation_id: str) -> None:
        """Give back what is left of a reservation, if there is one."""

"""What model servers take of an org's month: estimated before, bounded while it goes on, booked after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import Clock, now
from core.engines.language.server_memory import Endpoint
from core.engines.protocol import Effort
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.questions.policy import ModelSettings
from core.spending.ledger import (
    NO_AMOUNT,
    Amount,
    Booking,
    LimitReached,
    Month,
    Reservation,
    SpendingLimits,
    SpendingStore,
    Taken,
    completed,
    month_of,
    tokens_of,
)
from core.spending.prices import Prices
from core.spending.words import money_is_short, tokens_are_short
from core.usage import Usage


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """About what something will take, for people, before it begins.

    ``nano_usd`` is None when nobody knows the price, ``seconds`` when nobody knows the time; ``free`` says that no
    server is asked.
    """

    tokens: int
    nano_usd: int | None
    seconds: float | None
    free: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """What came of booking: ``over`` says that the limit is exceeded now, and what is under way has to stop."""

    over: bool


class Spending:
    """What an org takes in a calendar month (UTC), and the limits in its settings.

    ``reserve``, ``settle`` and ``release`` check no permission: they belong to a question or a run whose use case
    (Answering, Runs and the worker) has checked the person's already, and a run goes on without a browser.
    """

    def __init__(self, *, access: Access, store: SpendingStore, prices: Prices, clock: Clock = now) -> None:
        self._access = access
        self._store = store
        self._prices = prices
        self._clock = clock

    def estimate(self, endpoint: Endpoint | None, effort: Effort, *, calls: int | None = None) -> Estimate:
        """What an engine's estimate costs. ``endpoint`` is the engine's own; ``calls`` as for ``reserve``."""
        return Estimate(
            tokens=tokens_of(effort.usage),
            nano_usd=0 if endpoint is None else self._prices.cost(endpoint, effort.usage, calls=calls),
            seconds=effort.seconds,
            free=endpoint is None,
        )

    def cost(self, endpoint: Endpoint | None, usage: Usage, *, mode: str | None = None) -> int | None:
        """What one call cost, in nano-dollars; None when nobody knows the price, or the server did not count."""
        if endpoint is None or usage.sent is None:
            return None
        return self._prices.cost(endpoint, usage, mode=mode)

    def month(self, principal: Principal, org_id: str) -> Month:
        """What the org took this month, and what is reserved.

        Raises AccessDenied.
        """
        self._access.require(principal, org_id, Permission.VIEW)
        at = self._clock()
        return self._store.month(org_id, month_of(at), at)

    def reserve(
        self,
        org_id: str,
        settings: ModelSettings,
        endpoint: Endpoint | None,
        expected: Usage,
        *,
        reservation_id: str,
        lasts: timedelta | None,
        calls: int | None = None,
    ) -> None:
        """Set aside what something is expected to take, before its first call; free where no server is asked.

        ``expected`` is of all calls together, and ``calls`` how many they are: None stands for many of a usual size.
        The same id again replaces what it had. It counts in this month, until it is released or, with ``lasts``, so
        much time has passed.

        Raises LimitReached when the month's limit has no room for it.
        """
        if endpoint is None:
            return
        needed, limits, at = (
            self._prices.amount(endpoint, expected, calls=calls),
            SpendingLimits.of(settings),
            self._clock(),
        )
        with self._store.reserving(org_id, month_of(at), at) as reserving:
            _require_room(needed, limits, reserving.taken(except_for=reservation_id), at)
            expires_at = None if lasts is None else at + lasts
            reserving.keep(Reservation(reservation_id=reservation_id, amount=needed, expires_at=expires_at))

    def settle(
        self,
        org_id: str,
        settings: ModelSettings,
        reservation_id: str,
        endpoint: Endpoint | None,
        usages: Sequence[Usage],
        *,
        calls: int,
        guess: Usage,
        mode: str | None = None,
    ) -> Settled:
        """Book what calls took, in this month, and take it off the reservation.

        ``usages`` has one for each call that was paid for, a failed one too; kept replies took nothing. ``guess`` is
        the estimate of one call, for what a server did not count. ``calls`` is how many to count, ``mode`` how they
        were asked, None where that is not known.
        """
        if endpoint is None or not (usages or calls):
            return Settled(over=False)
        counted = [completed(usage, guess) for usage in usages]
        amount = sum((self._prices.amount(endpoint, usage, mode=mode) for usage in counted), NO_AMOUNT)
        booking = Booking(
            calls=calls,
            sent=sum(usage.sent or 0 for usage in counted),
            received=sum(usage.received or 0 for usage in counted),
            cached=sum(usage.cached or 0 for usage in counted),
            amount=amount,
        )
        at = self._clock()
        total = self._store.settle(org_id, reservation_id, month_of(at), booking, at).total
        limits = SpendingLimits.of(settings)
        return Settled(over=limits.is_short_of_money(amount, total) or limits.is_short_of_tokens(amount, total))

    def release(self, org_id: str, reservation_id: str) -> None:
        """Give back what is left of a reservation. Without one nothing happens."""
        self._store.release(org_id, reservation_id)


def _require_room(needed: Amount, limits: SpendingLimits, taken: Taken, at: datetime) -> None:
    total, booked, reserved = taken.total + needed, taken.booked, taken.reserved
    if limits.nano_usd is not None and limits.is_short_of_money(needed, total):
        raise LimitReached(
            money_is_short(
                needed=needed.nano_usd,
                limit=limits.nano_usd,
                booked=booked.nano_usd,
                reserved=reserved.nano_usd,
                at=at,
            )
        )
    if limits.unpriced_tokens is not None and limits.is_short_of_tokens(needed, total):
        raise LimitReached(
            tokens_are_short(
                needed=needed.unpriced_tokens,
                limit=limits.unpriced_tokens,
                booked=booked.unpriced_tokens,
                reserved=reserved.unpriced_tokens,
                at=at,
            )
        )

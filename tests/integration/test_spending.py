"""What orgs take of their months, on real databases, with several that ask at once."""

import threading
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.engines.language.server_memory import RequestMode
from core.engines.protocol import Effort
from core.errors import AccessDenied, FrontlineError
from core.identity.access import Access
from core.identity.demo import CLOTHING_ORG, MEMBER, OUTSIDER, PHONE_ORG, DemoDirectory
from core.questions.policy import ModelSettings
from core.spending.ledger import NO_AMOUNT, Amount, LimitReached, Month
from core.spending.prices import Prices
from core.spending.service import Estimate, Spending
from core.storage.database import Database
from core.storage.spending import SqlSpendingStore
from core.storage.tables import reservations
from core.usage import NOTHING, Usage

ORG = CLOTHING_ORG
PRICED = ("https://api.openai.com/v1", "gpt-5.4-mini")
HERE = ("http://localhost:11434/v1", "gpt-5.4-mini")
CALL = Usage(sent=1_000, received=10)
CALL_COSTS = 795_000
"""Nano-dollars: 1,000 × $0.75 and 10 × $4.50 a million."""
SETTINGS = ModelSettings()
MINUTES = timedelta(minutes=2)


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Bench:
    """Spending on one database, with a clock of the test's."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self.database = database
        self.clock = Clock()
        asked = clock or self.clock
        self.store = SqlSpendingStore(database)
        self.spending = Spending(access=Access(DemoDirectory()), store=self.store, prices=Prices(asked), clock=asked)

    def reserve(self, name: str, expected: Usage = CALL, *, org: str = ORG, **given: Any) -> None:
        settings, endpoint, lasts = given.get("settings", SETTINGS), given.get("endpoint", PRICED), given.get("lasts")
        self.spending.reserve(org, settings, endpoint, expected, reservation_id=name, lasts=lasts)

    def settle(self, name: str, usages: Sequence[Usage], *, org: str = ORG, **given: Any) -> bool:
        settings, endpoint = given.get("settings", SETTINGS), given.get("endpoint", PRICED)
        guess, mode = given.get("guess", CALL), given.get("mode")
        calls = given.get("calls", len(usages))
        return self.spending.settle(org, settings, name, endpoint, usages, calls=calls, guess=guess, mode=mode).over

    def month(self, org: str = ORG) -> Month:
        return self.spending.month(MEMBER, org)

    def kept(self) -> dict[tuple[str, str], Amount]:
        with self.database.read(every_org=True) as connection:
            rows = connection.execute(sa.select(reservations)).all()
        return {
            (row.org_id, row.reservation_id): Amount(nano_usd=row.nano_usd, unpriced_tokens=row.unpriced_tokens)
            for row in rows
        }


@pytest.fixture
def bench(database: Database) -> Bench:
    return Bench(database)


def limited(calls: float) -> ModelSettings:
    """Settings whose limit of money has room for so many calls."""
    return ModelSettings(usd_a_month=CALL_COSTS * calls / 10**9)


def at_once(jobs: Sequence[Callable[[], None]]) -> list[BaseException]:
    """Does all of these in threads of their own that begin together; what they raised."""
    raised: list[BaseException] = []
    together = threading.Barrier(len(jobs))

    def one(job: Callable[[], None]) -> None:
        together.wait()
        try:
            job()
        except Exception as error:  # noqa: BLE001 - shown by the test
            raised.append(error)

    threads = [threading.Thread(target=one, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_a_month_without_calls_is_empty(bench: Bench) -> None:
    assert bench.month() == Month(month="2026-11")


def test_what_calls_took_is_in_the_month(bench: Bench) -> None:
    bench.reserve("q")
    bench.settle("q", [Usage(sent=5_000, received=7, cached=4_096)])
    bench.spending.release(ORG, "q")

    month = bench.month()

    assert month == Month(month="2026-11", calls=1, sent=5_000, received=7, cached=4_096, nano_usd=1_016_700)


def test_what_is_reserved_is_in_the_month_until_it_is_released(bench: Bench) -> None:
    bench.reserve("a")
    bench.reserve("b", endpoint=HERE)

    assert bench.month().reserved == Amount(nano_usd=CALL_COSTS, unpriced_tokens=1_010)
    bench.spending.release(ORG, "a")
    assert bench.month().reserved == Amount(unpriced_tokens=1_010)
    assert bench.month().booked == NO_AMOUNT


def test_only_members_see_what_was_taken(bench: Bench) -> None:
    with pytest.raises(AccessDenied):
        bench.spending.month(OUTSIDER, ORG)


def test_an_estimate_names_tokens_money_and_time(bench: Bench) -> None:
    effort = Effort(usage=Usage(sent=1_000_000, received=10_000), seconds=60.0)

    estimate = bench.spending.estimate

    assert estimate(PRICED, effort) == Estimate(tokens=1_010_000, nano_usd=795_000_000, seconds=60.0, free=False)
    assert estimate(HERE, effort) == Estimate(tokens=1_010_000, nano_usd=None, seconds=60.0, free=False)
    assert estimate(None, Effort(seconds=2.0)) == Estimate(tokens=0, nano_usd=0, seconds=2.0, free=True)


def test_an_estimate_of_many_calls_takes_none_of_them_for_a_large_one(bench: Bench) -> None:
    endpoint, effort = ("https://api.openai.com/v1", "gpt-5.4"), Effort(usage=Usage(sent=1_000_000, received=0))

    costs = [bench.spending.estimate(endpoint, effort, calls=calls).nano_usd for calls in (None, 100, 2)]

    assert costs == [2_500_000_000, 2_500_000_000, 5_000_000_000]


def test_the_cost_of_a_call_is_told_where_its_price_is_known_and_its_server_counted(bench: Bench) -> None:
    places = (PRICED, HERE, None)

    assert [bench.spending.cost(endpoint, CALL) for endpoint in places] == [CALL_COSTS, None, None]
    assert [bench.spending.cost(endpoint, NOTHING) for endpoint in places] == [None, None, None]


def test_a_reservation_fits_up_to_the_last_nano_dollar(bench: Bench) -> None:
    bench.settle("earlier", [CALL])

    bench.reserve("a", settings=limited(2))

    with pytest.raises(LimitReached):
        bench.reserve("b", Usage(sent=1, received=0), settings=limited(2))
    assert set(bench.kept()) == {(ORG, "a")}


def test_a_refusal_says_what_is_left_what_it_would_take_and_who_can_raise_it(bench: Bench) -> None:
    bench.settle("earlier", [Usage(sent=20_000_000, received=0)])
    bench.reserve("run", Usage(sent=8_000_000, received=0))

    with pytest.raises(FrontlineError) as refused:
        bench.reserve("more", Usage(sent=6_000_000, received=0))

    assert str(refused.value) == (
        "This would take about $4.50, but $4.00 is left of this month’s limit of $25.00 ($6.00 set aside for what is "
        "under way). An owner can raise the limit in Settings. The month ends on 30 Nov 2026 (UTC)."
    )


def test_unknown_prices_are_bounded_by_their_tokens(bench: Bench) -> None:
    settings = ModelSettings(usd_a_month=0.0, tokens_a_month=2_500)
    bench.reserve("a", endpoint=HERE, settings=settings)
    bench.settle("a", [CALL], endpoint=HERE, settings=settings)

    bench.reserve("b", endpoint=HERE, settings=settings)
    with pytest.raises(LimitReached, match="about 1,010 tokens, but 480 tokens are left of this month’s limit of 2,5"):
        bench.reserve("c", endpoint=HERE, settings=settings)

    month = bench.month()
    assert (month.nano_usd, month.unpriced_tokens, month.sent, month.received) == (0, 1_010, 1_000, 10)


def test_a_limit_that_is_used_up_does_not_stop_calls_of_the_other_kind(bench: Bench) -> None:
    settings = ModelSettings(usd_a_month=0.0, tokens_a_month=10_000)
    bench.settle("earlier", [CALL])

    bench.reserve("here", endpoint=HERE, settings=settings)

    assert not bench.settle("here", [CALL], endpoint=HERE, settings=settings)
    with pytest.raises(LimitReached):
        bench.reserve("there", settings=settings)


def test_no_limit_is_no_bound(bench: Bench) -> None:
    settings, huge = ModelSettings(usd_a_month=None, tokens_a_month=None), Usage(sent=10**9, received=10**9)

    for endpoint in (PRICED, HERE):
        bench.reserve(endpoint[0], huge, endpoint=endpoint, settings=settings)
        assert not bench.settle(endpoint[0], [huge], endpoint=endpoint, settings=settings)


def test_an_engine_that_asks_no_server_is_free(bench: Bench) -> None:
    settings = ModelSettings(usd_a_month=0.0, tokens_a_month=0)

    bench.reserve("a", endpoint=None, settings=settings)

    assert not bench.settle("a", [NOTHING], endpoint=None, settings=settings)
    assert (bench.month(), bench.kept()) == (Month(month="2026-11"), {})


def test_of_twenty_that_reserve_at_once_exactly_those_pass_that_fit(database: Database) -> None:
    other_process = Database(database.url)
    benches = [Bench(database), Bench(other_process)]

    def job(number: int) -> Callable[[], None]:
        return lambda: benches[number % 2].reserve(f"run {number}", settings=limited(7.5))

    refused = at_once([job(number) for number in range(20)])
    other_process.close()

    assert [type(error) for error in refused] == [LimitReached] * 13
    assert benches[0].month().reserved == Amount(nano_usd=7 * CALL_COSTS)
    assert len(benches[0].kept()) == 7


def test_runs_that_settle_and_begin_at_once_lose_no_booking_and_never_pass_the_limit(database: Database) -> None:
    bench = Bench(database)

    def run(number: int) -> Callable[[], None]:
        def work() -> None:
            bench.reserve(f"run {number}", Usage(sent=5_000, received=50), settings=limited(20))
            for _ in range(5):
                assert not bench.settle(f"run {number}", [CALL], settings=limited(20))
            bench.spending.release(ORG, f"run {number}")

        return work

    refused = at_once([run(number) for number in range(8)])

    month = bench.month()
    assert {type(error) for error in refused} <= {LimitReached}
    assert month.booked == Amount(nano_usd=(8 - len(refused)) * 5 * CALL_COSTS)
    assert month.nano_usd <= 20 * CALL_COSTS
    assert bench.kept() == {}


def test_reserving_the_same_id_again_replaces_what_it_had(bench: Bench) -> None:
    bench.reserve("run", Usage(sent=5_000, received=50), settings=limited(6))
    bench.settle("run", [CALL] * 2, settings=limited(6))

    bench.reserve("run", Usage(sent=3_000, received=30), settings=limited(6))

    assert bench.kept() == {(ORG, "run"): Amount(nano_usd=3 * CALL_COSTS)}
    with pytest.raises(LimitReached):
        bench.reserve("run", Usage(sent=6_000, received=60), settings=limited(6))
    assert bench.kept() == {(ORG, "run"): Amount(nano_usd=3 * CALL_COSTS)}


def test_a_run_that_is_settled_in_parts_sums_exactly(bench: Bench) -> None:
    parts = [[Usage(sent=n, received=n % 7, cached=n // 3) for n in range(first, first + 37)] for first in range(1, 41)]
    bench.reserve("run", Usage(sent=400 * 400 * 20, received=0))

    for part in parts:
        bench.settle("run", part)

    usages = [usage for part in parts for usage in part]
    costs = [Prices(bench.clock).cost(PRICED, usage) or 0 for usage in usages]
    month = bench.month()
    assert month.nano_usd == sum(costs)
    assert month.reserved == Amount(nano_usd=400 * 400 * 20 * 750 - sum(costs))
    assert (month.calls, month.sent, month.cached) == (
        len(usages),
        sum(usage.sent or 0 for usage in usages),
        sum(usage.cached or 0 for usage in usages),
    )


def test_each_call_is_priced_on_its_own(bench: Bench) -> None:
    endpoint = ("https://api.openai.com/v1", "gpt-5.4")

    bench.settle("run", [Usage(sent=200_000, received=0)] * 3 + [Usage(sent=300_000, received=0)], endpoint=endpoint)

    assert bench.month().nano_usd == 600_000 * 2_500 + 300_000 * 5_000


def test_decisions_are_booked_at_their_own_price(bench: Bench) -> None:
    endpoint, usage = ("https://api.openai.com/v1", "gpt-6-luna"), Usage(sent=900, received=3, cached=800)

    bench.settle("run", [usage], endpoint=endpoint, mode=RequestMode.DECISIONS)

    assert bench.month().nano_usd == 90_000


def test_a_server_that_does_not_count_is_booked_at_the_guess(bench: Bench) -> None:
    bench.settle("a", [NOTHING, Usage(sent=2_000, received=20), NOTHING], endpoint=HERE)
    bench.settle("b", [NOTHING])

    month = bench.month()

    assert (month.calls, month.sent, month.received) == (4, 5_000, 50)
    assert month.booked == Amount(nano_usd=CALL_COSTS, unpriced_tokens=4_040)


def test_a_run_that_takes_more_than_the_limit_has_to_stop(bench: Bench) -> None:
    settings = limited(10)
    bench.reserve("other", Usage(sent=3_000, received=30), settings=settings)
    bench.reserve("run", Usage(sent=5_000, received=50), settings=settings)

    over = [bench.settle("run", [CALL], settings=settings) for _ in range(9)]

    assert over == [False] * 7 + [True] * 2
    assert bench.kept() == {(ORG, "other"): Amount(nano_usd=3 * CALL_COSTS), (ORG, "run"): NO_AMOUNT}


def test_a_limit_that_was_lowered_meanwhile_stops_a_run_when_it_is_used_up(bench: Bench) -> None:
    bench.reserve("run", Usage(sent=5_000, received=50))

    assert [bench.settle("run", [CALL], settings=limited(2)) for _ in range(3)] == [False, False, True]


def test_calls_without_a_reservation_are_booked_all_the_same(bench: Bench) -> None:
    bench.spending.release(ORG, "nothing")

    bench.settle("nothing", [CALL])

    assert bench.month().booked == Amount(nano_usd=CALL_COSTS)
    assert bench.kept() == {}


def test_nothing_to_book_writes_nothing(bench: Bench) -> None:
    assert not bench.settle("run", [], settings=limited(0))
    assert bench.month() == Month(month="2026-11")


def test_a_reservation_that_expired_gives_its_room_back_and_is_removed(bench: Bench) -> None:
    settings = limited(1)
    bench.reserve("lost", settings=settings, lasts=MINUTES)
    with pytest.raises(LimitReached):
        bench.reserve("next", settings=settings, lasts=MINUTES)

    bench.clock.now += MINUTES

    assert bench.month().reserved == NO_AMOUNT
    bench.reserve("next", settings=settings, lasts=MINUTES)
    assert set(bench.kept()) == {(ORG, "next")}


def test_an_expired_reservation_does_not_stop_a_run(bench: Bench) -> None:
    settings = limited(2)
    bench.reserve("lost", settings=settings, lasts=MINUTES)
    bench.clock.now += MINUTES

    assert not bench.settle("run", [CALL] * 2, settings=settings)


def test_a_new_month_begins_with_the_whole_limit(bench: Bench) -> None:
    settings = limited(2)
    bench.reserve("november", settings=settings)
    bench.settle("earlier", [CALL], settings=settings)
    bench.clock.now = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
    with pytest.raises(LimitReached, match="30 Nov 2026"):
        bench.reserve("more", settings=settings)

    bench.clock.now += timedelta(seconds=1)

    assert bench.month() == Month(month="2026-12")
    bench.reserve("december", Usage(sent=2_000, received=20), settings=settings)
    assert set(bench.kept()) == {(ORG, "december")}


def test_a_run_over_midnight_is_booked_in_the_month_in_which_it_calls(bench: Bench) -> None:
    bench.reserve("run", Usage(sent=5_000, received=50))
    bench.settle("run", [CALL] * 2)
    bench.clock.now = datetime(2026, 12, 1, tzinfo=UTC)

    bench.settle("run", [CALL])

    assert bench.month() == Month(month="2026-12", calls=1, sent=1_000, received=10, nano_usd=CALL_COSTS)
    assert bench.kept() == {(ORG, "run"): Amount(nano_usd=2 * CALL_COSTS)}
    november = bench.store.month(ORG, "2026-11", bench.clock.now)
    assert (november.nano_usd, november.reserved) == (2 * CALL_COSTS, Amount(nano_usd=2 * CALL_COSTS))


def test_two_orgs_never_meet(bench: Bench) -> None:
    settings = limited(1)
    bench.reserve("run", settings=settings)

    bench.reserve("run", settings=settings, org=PHONE_ORG)
    bench.settle("run", [CALL], settings=settings, org=PHONE_ORG)
    bench.spending.release(PHONE_ORG, "run")

    assert bench.month() == Month(month="2026-11", reserved=Amount(nano_usd=CALL_COSTS))
    assert bench.month(PHONE_ORG).booked == Amount(nano_usd=CALL_COSTS)
    assert set(bench.kept()) == {(ORG, "run")}


def test_an_expired_reservation_of_another_org_stays_where_it_is(bench: Bench) -> None:
    bench.reserve("theirs", org=PHONE_ORG, lasts=MINUTES)
    bench.clock.now += MINUTES

    bench.reserve("ours")

    assert set(bench.kept()) == {(PHONE_ORG, "theirs"), (ORG, "ours")}


counts = st.none() | st.integers(0, 300_000)
usages = st.builds(Usage, sent=counts, received=counts, cached=counts, cache_written=counts)
names, places = st.sampled_from(["a", "b", "c"]), st.sampled_from([PRICED, HERE])
steps = st.one_of(
    st.tuples(st.just("reserve"), names, places, usages),
    st.tuples(st.just("settle"), names, places, st.lists(usages, max_size=4)),
    st.tuples(st.just("release"), names, st.none(), st.none()),
    st.tuples(st.just("wait"), st.none(), st.none(), st.sampled_from([MINUTES, timedelta(days=20)])),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(sequence=st.lists(steps, max_size=15))
def test_whatever_happens_the_books_hold_what_was_settled_and_no_reservation_is_negative(
    database: Database, sequence: list[tuple[str, str, tuple[str, str], Any]]
) -> None:
    bench, org = Bench(database), str(uuid.uuid4())
    generous = ModelSettings(usd_a_month=0.5, tokens_a_month=500_000)
    settled, calls, months = NO_AMOUNT, 0, {"2026-11"}
    for what, name, endpoint, value in sequence:
        if what == "reserve":
            reserved = dict(bench.kept())
            try:
                bench.reserve(name, value, org=org, endpoint=endpoint, settings=generous, lasts=MINUTES)
            except LimitReached:
                assert bench.kept() == reserved
        elif what == "settle":
            bench.settle(name, value, org=org, endpoint=endpoint, settings=generous)
            for usage in value:
                full = Usage(
                    sent=CALL.sent if usage.sent is None else usage.sent,
                    received=CALL.received if usage.received is None else usage.received,
                    cached=None if usage.sent is None else usage.cached,
                    cache_written=None if usage.sent is None else usage.cache_written,
                )
                settled += Prices(bench.clock).amount(endpoint, full)
                calls += 1
        elif what == "release":
            bench.spending.release(org, name)
        else:
            bench.clock.now += value
            months.add(f"{bench.clock.now:%Y-%m}")
        assert all(min(left.nano_usd, left.unpriced_tokens) >= 0 for left in bench.kept().values())

    books = [bench.store.month(org, month, bench.clock.now) for month in months]
    assert sum((book.booked for book in books), NO_AMOUNT) == settled
    assert sum(book.calls for book in books) == calls

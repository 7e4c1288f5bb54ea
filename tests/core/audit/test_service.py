"""What goes into the log when something cannot be kept, asked for or allowed."""

import logging
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from core.audit.event import Event, EventKind
from core.audit.service import REFUSALS_EVERY, Audit, WatchedAccess
from core.errors import AccessDenied, CannotConfirm
from core.identity.access import Access
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OUTSIDER, OWNER, PHONE_ORG, DemoDirectory
from core.identity.principal import Membership, Permission, Principal

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


class ListStore:
    """Keeps events in a list; ``broken`` raises that instead."""

    def __init__(self) -> None:
        self.kept: list[Event] = []
        self.refused: Counter[tuple[str, date]] = Counter()
        self.broken: Exception | None = None

    def add(self, event: Event) -> None:
        if self.broken:
            raise self.broken
        if event.event_id not in {each.event_id for each in self.kept}:
            self.kept.append(event)

    def events(
        self,
        org_id: str,
        *,
        before: str | None = None,
        limit: int | None = None,
        actor_id: str | None = None,
        what: EventKind | None = None,
        without: Collection[EventKind] = (),
    ) -> list[Event]:
        return [event for event in self.kept if event.org_id == org_id]

    def people(self, org_id: str) -> Mapping[str, str]:
        return {event.actor_id: event.actor for event in self.kept if event.org_id == org_id}

    def add_outsiders(self, org_id: str, day: date, times: int) -> None:
        self.refused[org_id, day] += times

    def outsiders(self, org_id: str) -> Mapping[date, int]:
        return {day: times for (org, day), times in self.refused.items() if org == org_id}

    def knows(self, org_id: str) -> bool:
        return org_id in (CLOTHING_ORG, PHONE_ORG)


class ShakyDirectory(DemoDirectory):
    """The demo people, unless it ``fails``."""

    fails = False

    def memberships(self, user_id: str, *, fresh: bool = False) -> Mapping[str, Membership]:
        if self.fails:
            raise CannotConfirm("Not now.")
        return super().memberships(user_id, fresh=fresh)


class Bench:
    def __init__(self) -> None:
        self.now = NOON
        self.store = ListStore()
        self.directory = ShakyDirectory()
        self.audit = Audit(Access(self.directory), self.store, lambda: self.now)

    def seen(self) -> list[tuple[str, str, EventKind, str]]:
        return [(event.org_id, event.actor, event.what, event.details) for event in self.store.kept]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_an_event_says_who_did_what_and_when(bench: Bench) -> None:
    bench.audit.record(ADMIN, PHONE_ORG, EventKind.RUN_STARTED, "“May”, 15 questions")

    (event,) = bench.store.kept
    assert (event.org_id, event.at, event.actor_id) == (PHONE_ORG, NOON, ADMIN.user_id)
    assert (event.actor, event.what, event.details) == (ADMIN.name, EventKind.RUN_STARTED, "“May”, 15 questions")


def test_two_equal_things_at_the_same_moment_are_two_events(bench: Bench) -> None:
    for _ in range(2):
        bench.audit.record(ADMIN, PHONE_ORG, EventKind.RUN_STARTED, "“May”, 15 questions")

    assert len(bench.store.kept) == 2


def test_what_is_done_stays_done_when_it_cannot_be_noted(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.store.broken = OSError("disk full")

    bench.audit.record(ADMIN, PHONE_ORG, EventKind.KEY_ENTERED, "for api.example")
    bench.audit.signed_in(ADMIN, "s")
    bench.audit.refused(MEMBER, PHONE_ORG, "no")

    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 3


def test_nothing_is_handed_out_that_cannot_be_noted(bench: Bench) -> None:
    bench.store.broken = OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        bench.audit.exported(OWNER, PHONE_ORG, "the table")
    with pytest.raises(OSError, match="disk full"):
        bench.audit.export(OWNER, PHONE_ORG)


def test_who_may_not_see_the_org_takes_nothing_away(bench: Bench) -> None:
    with pytest.raises(AccessDenied):
        bench.audit.exported(OUTSIDER, CLOTHING_ORG, "the table")

    assert bench.store.kept == []


def test_a_sign_in_stands_in_the_log_of_each_org_of_the_person_once(bench: Bench) -> None:
    for _ in range(3):
        bench.audit.signed_in(OWNER, "session 1", NOON)
    bench.now += timedelta(days=2)
    again = Audit(Access(bench.directory), bench.store, lambda: bench.now)  # as after a restart
    again.signed_in(OWNER, "session 1", NOON)
    again.signed_in(OUTSIDER, "session 2")

    assert bench.seen() == [
        (PHONE_ORG, OWNER.name, EventKind.SIGNED_IN, ""),
        (CLOTHING_ORG, OWNER.name, EventKind.SIGNED_IN, ""),
        (PHONE_ORG, OUTSIDER.name, EventKind.SIGNED_IN, ""),
    ]


def test_a_sign_in_is_noted_later_when_memberships_cannot_be_asked_for_now(bench: Bench) -> None:
    bench.directory.fails = True
    bench.audit.signed_in(OUTSIDER, "session")
    bench.directory.fails = False

    bench.audit.signed_in(OUTSIDER, "session")

    assert [what for _, _, what, _ in bench.seen()] == [EventKind.SIGNED_IN]


def test_refusals_are_noted_and_the_same_one_not_at_once_again(bench: Bench) -> None:
    access = WatchedAccess(bench.directory, bench.audit)

    def attempt() -> None:
        with pytest.raises(AccessDenied):
            access.require(MEMBER, PHONE_ORG, Permission.EDIT)

    attempt()
    attempt()
    bench.now += REFUSALS_EVERY
    attempt()
    member = "Your role here (Member) may not change the questions and answers."
    assert bench.seen() == [(PHONE_ORG, MEMBER.name, EventKind.REFUSED, member)] * 2


def test_300_calls_from_outside_are_counted_and_fill_no_list(bench: Bench) -> None:
    access = WatchedAccess(bench.directory, bench.audit)
    for number in range(300):
        stranger = Principal(user_id=f"{number}", email="", name=f"Nobody {number}")
        with pytest.raises(AccessDenied):
            access.require(stranger, PHONE_ORG, Permission.VIEW)

    assert bench.seen() == []
    assert bench.audit.outsiders(OWNER, PHONE_ORG) == {NOON.date(): 300}
    assert b"300 calls on this day" in bench.audit.export(OWNER, PHONE_ORG)


def test_outsiders_are_written_now_and_then_by_the_day_they_came(bench: Bench) -> None:
    for _ in range(3):
        bench.audit.refused_outsider(PHONE_ORG)
    assert bench.store.refused == {(PHONE_ORG, NOON.date()): 1}
    bench.now += timedelta(days=1)
    bench.audit.refused_outsider(PHONE_ORG)

    assert bench.store.refused == {(PHONE_ORG, NOON.date()): 3, (PHONE_ORG, bench.now.date()): 1}


def test_an_org_that_nobody_knows_gets_no_count(bench: Bench) -> None:
    bench.audit.refused_outsider("made up")

    assert (bench.store.kept, bench.store.refused) == ([], {})


def test_who_is_allowed_is_not_in_the_log(bench: Bench) -> None:
    WatchedAccess(bench.directory, bench.audit).require(OWNER, PHONE_ORG, Permission.MANAGE)

    assert bench.store.kept == []


@pytest.mark.parametrize("person", [ADMIN, MEMBER])
def test_only_owners_read_the_log(bench: Bench, person: object) -> None:
    for use in (bench.audit.events, bench.audit.people, bench.audit.export, bench.audit.outsiders):
        with pytest.raises(AccessDenied):
            use(person, PHONE_ORG)  # type: ignore[operator]


def test_the_file_tells_spreadsheets_nothing_to_run_and_that_it_was_taken(bench: Bench) -> None:
    bench.audit.record(ADMIN, PHONE_ORG, EventKind.RUN_STARTED, "=HYPERLINK(1)")

    text = bench.audit.export(OWNER, PHONE_ORG).decode("utf-8-sig")

    assert "\n=HYPERLINK" not in text
    assert ",=HYPERLINK" not in text
    assert "the activity" in text
    assert text.startswith('"When (UTC)","Who","Id","What","Details"')

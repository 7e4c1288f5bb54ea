"""Links for people without an account, on a real database: what they open, what they do not, and their limits."""

import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.answering import Answered, Fallback
from core.audit.event import EventKind
from core.bootstrap import Frontline
from core.errors import AccessDenied, InvalidInput, NotFound
from core.identity.access import Access
from core.questions.changes import Changes
from core.questions.policy import Policy
from core.share_links.service import OF_AN_ADDRESS, UNKNOWN, ShareLinks
from core.share_links.share_link import (
    MOST_LINKS,
    QUESTIONS_AN_HOUR,
    LinkOver,
    NoAnswersNow,
    SharedOrg,
    ShareLink,
    TooManyQuestions,
)
from core.spending.ledger import LimitReached
from core.storage.database import Database
from core.storage.share_links import SqlShareLinks
from core.storage.tables import share_links
from tests.integration.tenants import PEOPLE, A, B, Roles, installation, owner

ME, ADMIN = owner(A), PEOPLE["Admin-1"]
NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
HOME = "192.0.2.7"


class Counting(SqlShareLinks):
    """Counts how often the database is asked for a token."""

    looked_up = 0

    def place(self, token_hash: str) -> tuple[str, str] | None:
        self.looked_up += 1
        return super().place(token_hash)


@dataclass
class Bench:
    """The links of an installation whose clock stands where a test puts it."""

    parts: Frontline
    store: Counting
    database: Database
    now: datetime = NOON

    def __post_init__(self) -> None:
        self.links = self.process()

    def process(self) -> ShareLinks:
        """The links as another process has them, which remembers nothing."""
        return ShareLinks(
            access=self.parts.access,
            store=self.store,
            answers=self.parts.answering,
            clock=lambda: self.now,
            seconds=self.seconds,
            audit=self.parts.audit,
        )

    def seconds(self) -> float:
        return (self.now - NOON).total_seconds()

    def make(self, org: str = A, *, name: str = "Fair in Oslo", days: int = 7) -> str:
        return self.links.make(owner(org), org, name=name, days=days).token

    def only(self, org: str = A) -> ShareLink:
        (link,) = self.links.listed(owner(org), org)
        return link

    def revoke(self, org: str = A) -> None:
        self.links.revoke(owner(org), org, self.only(org).link_id)


@pytest.fixture
def bench(migrated_url: str, tmp_path: Path) -> Iterator[Bench]:
    with installation(migrated_url, tmp_path, Roles()) as parts:
        for org in (A, B):
            rows = ({"question": "Hours?", "answer": f"9 to 5 at {org}"},)
            parts.questions.save(owner(org), org, base_revision=0, changes=Changes(added=rows))
        database = Database(migrated_url)
        yield Bench(parts, Counting(database), database)
        database.close()


def test_there_is_no_link_before_an_owner_makes_one(bench: Bench) -> None:
    assert bench.links.listed(ME, A) == []


def test_a_link_opens_its_org_and_answers_as_visitors_are_answered(bench: Bench) -> None:
    token = bench.make()
    known = bench.links.ask(token, HOME, " Hours? ")
    unknown = bench.links.ask(token, HOME, "Who are you?")

    assert bench.links.open(token, HOME) == SharedOrg(
        org_id=A, org_name="canaryalpha Ltd", link_id=bench.only().link_id
    )
    assert isinstance(known.outcome, Answered)
    assert known.text == f"9 to 5 at {A}"
    assert isinstance(unknown.outcome, Fallback)
    assert unknown.text == Policy().fallback
    assert bench.only().asked == 2


def test_a_link_answers_from_the_live_revision(bench: Bench) -> None:
    token = bench.make()
    bench.parts.publishing.publish_by_hand(ME, A)
    bench.parts.questions.save(ME, A, base_revision=1, changes=Changes(edited={1: {"answer": "Closed"}}))
    before = bench.links.ask(token, HOME, "Hours?").text
    bench.parts.publishing.publish(ME, A, revision=2, live=1)

    assert (before, bench.links.ask(token, HOME, "Hours?").text) == (f"9 to 5 at {A}", "Closed")


def test_what_somebody_with_a_link_learns_of_the_org_is_its_name(bench: Bench) -> None:
    assert {field.name for field in fields(SharedOrg)} == {"org_id", "org_name", "link_id"}


def test_a_renamed_org_has_its_present_name_at_all_its_links_once_somebody_of_it_came(bench: Bench) -> None:
    tokens, foreign = [bench.make(), bench.make()], bench.make(B)
    before = bench.links.open(foreign, HOME).org_name
    bench.parts.directory.words = {A: "Renamed", B: "Renamed"}  # type: ignore[attr-defined]

    bench.links.note_name(PEOPLE["Member-1"], A)

    assert {bench.process().open(token, HOME).org_name for token in tokens} == {"Renamed Ltd"}
    assert bench.links.open(foreign, HOME).org_name == before
    assert {link.name for link in bench.links.listed(ME, A)} == {"Fair in Oslo"}


def test_only_a_hash_of_the_token_is_kept_and_nothing_shows_the_token_again(bench: Bench) -> None:
    token = bench.make()
    with bench.database.read(every_org=True) as connection:
        kept = "\n".join(repr(row) for row in connection.execute(sa.select(share_links)))

    assert token not in kept
    assert token not in repr(bench.links.listed(ME, A))
    assert token not in repr(bench.parts.audit.events(ME, A))


def test_only_who_may_share_makes_sees_and_revokes_links(bench: Bench) -> None:
    bench.make()
    for person in (ADMIN, PEOPLE["Member-1"], owner(B)):
        with pytest.raises(AccessDenied):
            bench.links.make(person, A, name="x", days=1)
        with pytest.raises(AccessDenied):
            bench.links.listed(person, A)
        with pytest.raises(AccessDenied):
            bench.links.revoke(person, A, bench.only().link_id)
    assert bench.only().works(NOON)


def test_an_owner_of_another_org_does_not_find_a_link_by_its_id(bench: Bench) -> None:
    bench.make()
    with pytest.raises(NotFound):
        bench.links.revoke(owner(B), B, bench.only().link_id)
    assert bench.only().works(NOON)


def test_a_revoked_link_ends_at_once_also_where_it_is_open_and_in_other_processes(bench: Bench) -> None:
    token, elsewhere = bench.make(), bench.process()
    assert bench.links.open(token, HOME) == elsewhere.open(token, HOME)
    bench.revoke()

    for links in (bench.links, elsewhere, bench.process()):
        for use in (lambda links=links: links.open(token, HOME), lambda links=links: links.ask(token, HOME, "Hours?")):
            with pytest.raises(LinkOver, match=r"^This link does not work any more: ask whoever sent it"):
                use()
    assert bench.only().asked == 0


def test_a_link_ends_by_itself(bench: Bench) -> None:
    token = bench.make(days=90)
    bench.now = NOON + timedelta(days=90, seconds=-1)
    bench.links.ask(token, HOME, "Hours?")
    bench.now = NOON + timedelta(days=90)

    with pytest.raises(LinkOver):
        bench.links.open(token, HOME)
    with pytest.raises(LinkOver):
        bench.links.ask(token, HOME, "Hours?")


@pytest.mark.parametrize(
    ("name", "days", "words"),
    [
        ("  ", 7, "Name: is empty"),
        ("x" * 81, 7, "Name: has 81 characters; 80 is the limit."),
        ("a\x07b", 7, "U\\+0007"),
        ("Fair", 0, "Days: must be 1 to 90."),
        ("Fair", 91, "Days: must be 1 to 90."),
    ],
)
def test_a_link_without_a_name_or_longer_than_90_days_is_not_made(
    bench: Bench, name: str, days: int, words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        bench.make(name=name, days=days)
    assert bench.links.listed(ME, A) == []


def test_an_org_has_so_many_links_that_work_and_a_revoked_one_makes_room(bench: Bench) -> None:
    for number in range(MOST_LINKS):
        bench.make(name=f"Link {number}")
    with pytest.raises(InvalidInput, match="20 already"):
        bench.make()
    bench.make(B)
    bench.links.revoke(ME, A, bench.links.listed(ME, A)[0].link_id)
    bench.make()

    assert sum(link.works(bench.now) for link in bench.links.listed(ME, A)) == MOST_LINKS


def test_making_and_revoking_stand_in_the_activity_once(bench: Bench) -> None:
    bench.make()
    bench.revoke()
    bench.revoke()
    events = [event for event in bench.parts.audit.events(ME, A) if "link" in event.what.value]

    assert [(event.what, event.details) for event in events] == [
        (EventKind.LINK_REVOKED, "“Fair in Oslo”"),
        (EventKind.LINK_MADE, "“Fair in Oslo”, until 2026-03-10"),
    ]


def test_links_long_over_are_forgotten_when_the_next_one_is_made(bench: Bench) -> None:
    token = bench.make(days=1)
    bench.now = NOON + timedelta(days=90)
    bench.make(name="Another")
    both = [link.name for link in bench.links.listed(ME, A)]
    bench.now = NOON + timedelta(days=92)
    bench.make(name="A third")

    assert both == ["Another", "Fair in Oslo"]
    assert [link.name for link in bench.links.listed(ME, A)] == ["A third", "Another"]
    with pytest.raises(LinkOver):
        bench.links.open(token, HOME)


def test_an_address_asks_so_many_questions_a_minute_while_others_go_on(bench: Bench) -> None:
    token, another = bench.make(), bench.make(B)
    for _ in range(OF_AN_ADDRESS.burst):
        bench.links.ask(token, "2001:db8:1:2::1", "Hours?")
    for of_the_same_network, link in (("2001:db8:1:2::9", token), ("2001:db8:1:2::1", another)):
        with pytest.raises(TooManyQuestions, match=r"^Too many messages just now; try again in 1 minute\.$"):
            bench.links.ask(link, of_the_same_network, "Hours?")
    bench.links.ask(token, HOME, "Hours?")
    bench.now += timedelta(minutes=1)
    bench.links.ask(token, "2001:db8:1:2::9", "Hours?")


def test_a_link_is_asked_so_often_an_hour_by_all_who_have_it_and_in_all_processes(bench: Bench) -> None:
    token, elsewhere = bench.make(), bench.process()
    with bench.database.write(A) as connection:
        connection.execute(sa.update(share_links).values(hour_began=NOON, asked_in_hour=QUESTIONS_AN_HOUR - 2))
    bench.now += timedelta(minutes=10)
    for links in (bench.links, elsewhere):
        links.ask(token, HOME, "Hours?")
    for number, links in enumerate((bench.links, elsewhere)):
        with pytest.raises(TooManyQuestions, match="try again in 50 minutes"):
            links.ask(token, f"198.51.100.{number}", "Hours?")
    assert bench.links.open(token, HOME).org_id == A
    bench.now = NOON + timedelta(hours=1)
    bench.links.ask(token, HOME, "Hours?")


def test_an_unusable_question_counts_nowhere(bench: Bench) -> None:
    token = bench.make()
    for question in (" ", "x" * 4_001):
        with pytest.raises(InvalidInput):
            bench.links.ask(token, HOME, question)
    assert bench.only().asked == 0


def test_questions_at_the_same_moment_are_all_counted(bench: Bench) -> None:
    token = bench.make()
    threads = [
        threading.Thread(target=bench.links.ask, args=(token, f"198.51.100.{number}", "Hours?")) for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert bench.only().asked == bench.only().asked_in_hour == 8


def test_ten_thousand_forged_tokens_of_one_address_hardly_reach_the_database(bench: Bench) -> None:
    token = bench.make()
    bench.links.open(token, "198.51.100.1")  # somebody at the forger's address has a good one open
    refused = {"form": 0, "unknown": 0, "too many": 0}
    forged = [secrets.token_urlsafe(24) for _ in range(9_000)]
    for text in (*forged, *("x" * 31, "' OR 1=1 --", "\x00", "x" * 10_000) * 250):
        try:
            bench.links.open(text, "198.51.100.1")
        except LinkOver:
            refused["unknown" if len(text) == 32 else "form"] += 1
        except TooManyQuestions:
            refused["too many"] += 1

    assert refused == {"form": 1_000, "unknown": UNKNOWN.burst - 1, "too many": 9_000 - UNKNOWN.burst + 1}
    assert bench.store.looked_up == UNKNOWN.burst
    assert bench.links.ask(token, "198.51.100.1", "Hours?").text == f"9 to 5 at {A}"
    assert bench.links.open(bench.make(), HOME).org_id == A


def test_the_same_forged_token_from_many_addresses_is_looked_up_once(bench: Bench) -> None:
    forged = secrets.token_urlsafe(24)
    for number in range(200):
        with pytest.raises(LinkOver):
            bench.links.ask(forged, f"198.51.100.{number}", "Hours?")

    assert bench.store.looked_up == 1


def test_a_limit_on_spending_is_told_to_visitors_without_its_figures(bench: Bench) -> None:
    class Broke:
        def ask_as_visitor(self, org_id: str, question: str) -> object:
            raise LimitReached("This would take about $3.21, but nothing is left of this month’s limit of $25.00.")

    token = bench.make()
    links = ShareLinks(
        access=Access(bench.parts.directory),
        store=bench.store,
        answers=Broke(),  # type: ignore[arg-type]
        clock=lambda: bench.now,
    )
    with pytest.raises(NoAnswersNow) as error:
        links.ask(token, HOME, "Hours?")

    assert "$" not in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__

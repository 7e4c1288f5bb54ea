"""The log of an org: what the use cases put into it, on real databases."""

import csv
import io
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.audit.event import Event, EventKind, event_id
from core.audit.service import Audit
from core.bootstrap import Frontline
from core.clock import now
from core.datasets.intake import Intake
from core.datasets.service import Datasets
from core.errors import AccessDenied, InvalidInput
from core.identity.access import Access
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OUTSIDER, OWNER, PHONE_ORG, DemoDirectory
from core.questions.changes import Changes
from core.questions.policy_fields import with_values
from core.questions.service import Questions
from core.runs.service import Runs
from core.runs.worker import RunWorker
from core.settings import Settings
from core.spending.prices import Prices
from core.spending.service import Spending
from core.storage.audit import SqlAuditStore
from core.storage.database import Database
from core.storage.datasets import SqlDatasetStore
from core.storage.jobs import SqlJobs
from core.storage.questions import SqlQuestionStore
from core.storage.runs import SqlRunStore
from core.storage.spending import SqlSpendingStore
from core.storage.tables import audit_events
from tests.fakes import LiteralEngine, OnlyEngine
from tests.tutorial import build

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
CANARY = "Where is my zebra?"
KEY = "sk-canary-0123456789"


@pytest.fixture
def frontline(migrated_url: str, tmp_path: Path) -> Iterator[Frontline]:
    parts = build(Settings(data_dir=tmp_path / "data", database_url=migrated_url))
    yield parts
    parts.stop()


def newest(parts: Frontline, org_id: str = PHONE_ORG, count: int = 1) -> list[tuple[str, EventKind, str]]:
    return [(e.actor, e.what, e.details) for e in parts.audit.events(OWNER, org_id, limit=count)]


def test_saves_restores_and_settings_are_noted_without_a_word_of_the_table(frontline: Frontline) -> None:
    questions = frontline.questions
    entry = {"question": CANARY, "answer": "In the zoo.", "alternates": (), "tags": (), "enabled": True}
    questions.save(ADMIN, PHONE_ORG, base_revision=1, changes=Changes(added=(entry,)), note=f"added {CANARY}")
    questions.restore(ADMIN, PHONE_ORG, 1)
    policy = with_values(questions.table(OWNER, PHONE_ORG).policy, {"fallback": f"No {CANARY}"})
    questions.save_settings(OWNER, PHONE_ORG, base_revision=3, policy=policy, note=CANARY)

    assert newest(frontline, count=3) == [
        (OWNER.name, EventKind.CHANGED_SETTINGS, "revision 4: text when a person takes over"),
        (ADMIN.name, EventKind.RESTORED, "revision 1, as revision 3: 1 deleted"),
        (ADMIN.name, EventKind.SAVED, "revision 2: 1 new"),
    ]
    assert CANARY not in frontline.audit.export(OWNER, PHONE_ORG).decode()


def test_a_save_that_changes_nothing_or_is_refused_leaves_no_event_of_a_save(frontline: Frontline) -> None:
    before = newest(frontline, count=10)
    emptied = Changes(edited={1: {"question": ""}})

    frontline.questions.save(ADMIN, PHONE_ORG, base_revision=1, changes=Changes())
    with pytest.raises(InvalidInput):
        frontline.questions.save(ADMIN, PHONE_ORG, base_revision=1, changes=emptied)
    with pytest.raises(AccessDenied):
        frontline.questions.save(MEMBER, PHONE_ORG, base_revision=1, changes=Changes(deleted=frozenset({1})))

    refused = (MEMBER.name, EventKind.REFUSED, "Your role here (Member) may not change the questions and answers.")
    assert newest(frontline, count=10) == [refused, *before]


def test_a_save_and_its_event_exist_together_or_not_at_all(frontline: Frontline, migrated_url: str) -> None:
    database = Database(migrated_url)
    with database.write(every_org=True) as connection:
        connection.execute(sa.text("ALTER TABLE audit_events RENAME TO elsewhere"))

    with pytest.raises(sa.exc.DatabaseError):
        frontline.questions.save(ADMIN, PHONE_ORG, base_revision=1, changes=Changes(deleted=frozenset({1})))

    assert frontline.questions.newest_revision(ADMIN, PHONE_ORG) == 1
    database.close()


def test_keys_and_examples_are_noted_and_a_key_is_not_in_the_log(frontline: Frontline, migrated_url: str) -> None:
    address = "http://127.0.0.1:9/v1/secret-path"
    frontline.servers.keep_key(OWNER, PHONE_ORG, address, KEY)
    frontline.servers.forget_key(OWNER, PHONE_ORG, address)
    frontline.servers.forget_key(OWNER, PHONE_ORG, address)
    frontline.examples.share(OWNER, PHONE_ORG, name="Phones", entry_ids=[1], with_negatives=False)
    frontline.examples.unshare(OWNER, PHONE_ORG)
    frontline.examples.unshare(OWNER, PHONE_ORG)

    assert newest(frontline, count=4) == [
        (OWNER.name, EventKind.STOPPED_SHARING, "“Phones”"),
        (OWNER.name, EventKind.SHARED, "“Phones”, 1 entry"),
        (OWNER.name, EventKind.KEY_REMOVED, "for 127.0.0.1:9"),
        (OWNER.name, EventKind.KEY_ENTERED, "for 127.0.0.1:9"),
    ]
    database = Database(migrated_url)
    with database.read(PHONE_ORG) as connection:
        assert KEY not in repr(connection.execute(sa.select(audit_events)).all())
    database.close()


def test_the_file_has_every_event_newest_first_and_the_next_one_that_it_was_taken(frontline: Frontline) -> None:
    for number in range(60):
        frontline.audit.exported(ADMIN, PHONE_ORG, f"file {number}")

    rows = list(csv.DictReader(io.StringIO(frontline.audit.export(OWNER, PHONE_ORG).decode("utf-8-sig"))))

    assert len(rows) == 62  # with the demo's first save, and this download
    assert (rows[0]["Who"], rows[0]["What"], rows[0]["Details"]) == (OWNER.name, "downloaded", "the activity")
    assert [row["Details"] for row in rows[1:61]] == [f"file {number}" for number in reversed(range(60))]


def test_each_org_has_its_own_log(frontline: Frontline) -> None:
    frontline.audit.exported(OWNER, CLOTHING_ORG, "only here")

    assert "only here" not in [details for _, _, details in newest(frontline, PHONE_ORG, 50)]
    with pytest.raises(AccessDenied):
        frontline.audit.events(OUTSIDER, CLOTHING_ORG)


def event(number: int, *, org: str = "a", actor: str = "u", what: EventKind = EventKind.SAVED) -> Event:
    at = NOON + timedelta(seconds=number)
    return Event(org_id=org, event_id=event_id(at, org, str(number)), at=at, actor_id=actor, actor=actor, what=what)


def test_events_come_by_page_person_and_kind_newest_first(database: Database) -> None:
    store = SqlAuditStore(database)
    kept = [
        event(n, actor="uv"[n % 2], what=(EventKind.SAVED, EventKind.SHARED, EventKind.EXPORTED)[n % 3])
        for n in range(12)
    ]
    for each in (*kept, event(99, org="b", actor="w")):
        store.add(each)
    newest_first = kept[::-1]

    assert store.events("a") == newest_first
    assert store.events("a", limit=5) == newest_first[:5]
    assert store.events("a", before=newest_first[4].event_id, limit=5) == newest_first[5:10]
    assert store.events("a", actor_id="v") == [each for each in newest_first if each.actor_id == "v"]
    assert store.events("a", what=EventKind.SHARED, actor_id="u") == [
        each for each in newest_first if each.what is EventKind.SHARED and each.actor_id == "u"
    ]
    assert (
        store.events("a", without=[EventKind.SAVED, EventKind.SHARED], limit=2)
        == [each for each in newest_first if each.what is EventKind.EXPORTED][:2]
    )
    assert store.people("a") == {"u": "u", "v": "v"}
    assert (store.knows("a"), store.knows("c")) == (True, False)


def test_an_event_that_comes_twice_also_at_once_is_kept_once(database: Database) -> None:
    store = SqlAuditStore(database)
    threads = [threading.Thread(target=store.add, args=(event(1),)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert store.events("a") == [event(1)]


def test_people_have_the_name_of_their_newest_event(database: Database) -> None:
    store = SqlAuditStore(database)
    store.add(event(1, actor="u"))
    at = NOON + timedelta(days=1)
    store.add(
        Event(org_id="a", event_id=event_id(at, "x"), at=at, actor_id="u", actor="Married", what=EventKind.SIGNED_IN)
    )

    assert store.people("a") == {"u": "Married"}


def test_an_evaluation_is_noted_when_it_is_started_and_when_somebody_ends_it(database: Database) -> None:
    access, store, run_store = Access(DemoDirectory()), SqlQuestionStore(database), SqlRunStore(database)
    audit = Audit(access, SqlAuditStore(database), now)
    Questions(access, store).save(
        OWNER, PHONE_ORG, base_revision=0, changes=Changes(added=({"question": CANARY, "answer": "In the zoo."},))
    )
    go_on = threading.Event()
    engines = OnlyEngine(LiteralEngine(before=lambda _: go_on.wait(60)))
    spending = Spending(access=access, store=SqlSpendingStore(database), prices=Prices())
    worker = RunWorker(
        store=run_store, questions=store, engines=engines, access=access, spending=spending, jobs=SqlJobs(database)
    )
    runs = Runs(
        access=access, store=run_store, questions=store, engines=engines, worker=worker, spending=spending, audit=audit
    )

    datasets = Datasets(access=access, store=SqlDatasetStore(database), questions=store)
    intake = Intake(access=access, questions=store, datasets=datasets, runs=runs)

    found = intake.read(ADMIN, PHONE_ORG, f"question\n{CANARY}\nOther?\n".encode(), "may.csv")
    ready = intake.check(ADMIN, PHONE_ORG, found)
    preview, revision = ready.preview, ready.revision
    run = runs.start(ADMIN, PHONE_ORG, name="may.csv", preview=preview, revision=revision)
    runs.cancel(OWNER, PHONE_ORG, run.run_id)
    go_on.set()
    worker.stop()
    cancelled, started = audit.events(OWNER, PHONE_ORG)

    assert (started.actor, started.what, started.details) == (
        ADMIN.name,
        EventKind.RUN_STARTED,
        "“may.csv”, 2 questions",
    )
    assert (cancelled.actor, cancelled.what) == (OWNER.name, EventKind.RUN_CANCELLED)
    assert cancelled.details == "“may.csv”, after 0 of 2 questions"


def test_refusals_of_outsiders_are_counted_by_day_and_forgotten_after_90(database: Database) -> None:
    store, today = SqlAuditStore(database), date(2026, 11, 3)
    for day, times in ((today - timedelta(days=91), 7), (today - timedelta(days=1), 2), (today, 3), (today, 300)):
        store.add_outsiders("org", day, times)
    store.add_outsiders("another", today, 1)

    assert list(store.outsiders("org").items()) == [(today, 303), (today - timedelta(days=1), 2)]

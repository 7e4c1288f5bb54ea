"""Example companies on a real database: what an owner shares on purpose, and nothing else of any table."""

import itertools
import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from core.errors import AccessDenied, FrontlineError, InvalidInput
from core.examples.example import SHIPPED_BY_ID, OwnExample
from core.examples.service import Examples
from core.identity.access import Access
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OUTSIDER, OWNER, PHONE_ORG, DemoDirectory
from core.identity.principal import Principal
from core.prompts.companies import SHIPPED
from core.questions.changes import Changes
from core.questions.policy import ModelSettings, Policy
from core.questions.service import Questions
from core.storage.database import Database
from core.storage.examples import SqlExampleStore
from core.storage.questions import SqlQuestionStore

ORG, OTHER = CLOTHING_ORG, PHONE_ORG
CANARY = "canary 7f3a: the staff door code"
MORNING = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
SHIPPED_IDS = list(SHIPPED_BY_ID)


class Bench:
    """Two orgs with tables, each with an entry and settings that nobody else may see."""

    def __init__(self, database: Database) -> None:
        access = Access(DemoDirectory())
        store = SqlQuestionStore(database)
        hours = itertools.count()
        self.database = database
        self.questions = Questions(access, store)
        self.examples = Examples(
            access=access,
            store=SqlExampleStore(database),
            questions=store,
            clock=lambda: MORNING + timedelta(hours=next(hours)),
        )
        for org in (ORG, OTHER):
            rows = (
                {"question": "Are you open?", "answer": "Yes", "alternates": ["open today?"], "tags": ["hours"]},
                {"question": CANARY, "answer": CANARY, "alternates": [CANARY + "!"], "tags": [CANARY]},
                {"question": "Old?", "answer": "Old", "enabled": False},
            )
            self.questions.save(OWNER, org, base_revision=0, changes=Changes(added=rows))
            model = ModelSettings(company=CANARY, description=CANARY, negatives=("where is my parcel",))
            self.questions.save_settings(
                OWNER, org, base_revision=1, policy=Policy(fallback="Wait " + CANARY, model=model)
            )

    def share(
        self, *entry_ids: int, org: str = ORG, name: str = "Shirts & Co", person: Principal = OWNER, **options: object
    ) -> OwnExample:
        return self.examples.share(person, org, name=name, entry_ids=entry_ids, **{"with_negatives": False, **options})


@pytest.fixture
def bench(database: Database) -> Bench:
    return Bench(database)


def ids(bench: Bench, org: str = OTHER) -> list[str]:
    return [example.example_id for example in bench.examples.available(MEMBER, org)]


def seen_by(bench: Bench, org: str = OTHER) -> str:
    """Every text that the people of an org, and its engine, can get at."""
    available = bench.examples.available(MEMBER, org)
    return f"{available} {bench.examples.companies([example.example_id for example in available])}"


def test_the_companies_that_ship_are_there_for_everybody(bench: Bench) -> None:
    available = bench.examples.available(MEMBER, ORG)

    assert [(example.example_id, example.name, example.whose) for example in available] == [
        (example_id, company.name, "ships with Frontline") for example_id, company in SHIPPED_BY_ID.items()
    ]
    assert bench.examples.companies(SHIPPED_IDS) == SHIPPED


def test_no_text_of_a_table_is_seen_elsewhere_before_it_was_shared(bench: Bench) -> None:
    assert ids(bench) == SHIPPED_IDS
    assert "canary" not in seen_by(bench)

    bench.share(1, with_negatives=True)

    assert "Are you open?" in seen_by(bench)
    assert "where is my parcel" in seen_by(bench)
    for secret in ("canary", "hours", "Old", "Wait", ORG, OWNER.name, OWNER.user_id, OWNER.email, "Northwind"):
        assert secret not in seen_by(bench), secret


def test_an_entry_that_was_shared_is_seen_until_it_is_no_longer(bench: Bench) -> None:
    shared = bench.share(1, 2)
    assert CANARY in seen_by(bench)

    bench.examples.unshare(OWNER, ORG)

    assert ids(bench) == ids(bench, ORG) == SHIPPED_IDS
    assert bench.examples.companies([shared.example_id]) == ()
    assert bench.examples.shared(OWNER, ORG) is None
    with bench.database.read(every_org=True) as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM shared_examples")).scalar_one() == 0


def test_others_are_told_the_name_and_the_org_itself_that_it_is_theirs(bench: Bench) -> None:
    shared = bench.share(1, name=" Shirts\n& Co ")

    assert [(e.name, e.whose) for e in bench.examples.available(MEMBER, OTHER)[3:]] == [
        ("Shirts & Co", "shared by Shirts & Co")
    ]
    (own,) = bench.examples.available(MEMBER, ORG)[3:]
    assert (own.example_id, own.name, own.whose) == (shared.example_id, "Shirts & Co", "yours")


def test_an_owner_sees_who_shared_it_and_when(bench: Bench) -> None:
    shared = bench.share(1)

    assert bench.examples.shared(OWNER, ORG) == shared
    assert (shared.author, shared.at) == (OWNER.name, MORNING)
    assert bench.examples.shared(OWNER, OTHER) is None


def test_what_is_shared_is_what_the_preview_showed(bench: Bench) -> None:
    choice = {"name": "Shirts", "entry_ids": (2, 1), "with_negatives": True, "revision": 2}

    preview = bench.examples.preview(OWNER, ORG, **choice)
    assert ids(bench) == SHIPPED_IDS
    shared = bench.examples.share(OWNER, ORG, **choice)

    assert bench.examples.companies([shared.example_id]) == (preview,)


def test_a_later_change_of_the_table_changes_nothing(bench: Bench) -> None:
    shared = bench.share(1)
    before = bench.examples.companies([shared.example_id])

    changes = Changes(edited={1: {"question": CANARY + "?", "answer": CANARY}})
    bench.questions.save(OWNER, ORG, base_revision=2, changes=Changes(deleted=frozenset({2})))
    bench.questions.save(OWNER, ORG, base_revision=3, changes=changes)

    assert bench.examples.companies([shared.example_id]) == before
    assert "canary" not in seen_by(bench)


def test_sharing_again_replaces_what_was_shared_for_those_who_chose_it_too(bench: Bench) -> None:
    first = bench.share(1, 2, name="Shirts")

    second = bench.share(1, name="Shirts & Co", with_negatives=True)

    assert ids(bench)[3:] == [first.example_id] == [second.example_id]
    assert second.at > first.at
    (company,) = bench.examples.companies([first.example_id])
    assert (company.name, company.negatives) == ("Shirts & Co", ("where is my parcel",))
    assert "canary" not in seen_by(bench)


def test_sharing_after_an_end_does_not_bring_the_old_choice_of_others_back(bench: Bench) -> None:
    first = bench.share(1)
    bench.examples.unshare(OWNER, ORG)

    second = bench.share(1)

    assert first.example_id != second.example_id
    assert bench.examples.companies([first.example_id]) == ()


def test_companies_come_in_the_order_given_and_unknown_ones_are_skipped(bench: Bench) -> None:
    clothes, phones = bench.share(1), bench.share(1, org=OTHER, name="Phones")
    wanted = [phones.example_id, "shared:gone", SHIPPED_IDS[1], "", clothes.example_id, phones.example_id, ORG]

    names = [company.name for company in bench.examples.companies(wanted)]

    assert names == ["Phones", SHIPPED[1].name, "Shirts & Co"]


def test_two_orgs_share_without_touching_each_other(bench: Bench) -> None:
    bench.share(1)
    bench.share(1, org=OTHER, name="Phones")

    bench.examples.unshare(OWNER, ORG)

    assert [(e.name, e.whose) for e in bench.examples.available(MEMBER, ORG)[3:]] == [("Phones", "shared by Phones")]


def test_only_owners_share_stop_and_see_what_would_be_shared(bench: Bench) -> None:
    bench.share(1)
    choice = {"name": "x", "entry_ids": (1,), "with_negatives": False}

    for person in (ADMIN, MEMBER, OUTSIDER):
        with pytest.raises(AccessDenied):
            bench.examples.share(person, ORG, **choice)
        with pytest.raises(AccessDenied):
            bench.examples.preview(person, ORG, **choice)
        with pytest.raises(AccessDenied):
            bench.examples.unshare(person, ORG)
        with pytest.raises(AccessDenied):
            bench.examples.shared(person, ORG)
    with pytest.raises(AccessDenied):
        bench.examples.available(OUTSIDER, ORG)
    assert len(ids(bench)) == 4


@pytest.mark.parametrize("entry_id", [3, 99])
def test_an_entry_that_visitors_do_not_get_cannot_be_shared(bench: Bench, entry_id: int) -> None:
    with pytest.raises(InvalidInput, match=f"No. {entry_id}, Share: is off or deleted"):
        bench.share(1, entry_id)

    assert ids(bench) == SHIPPED_IDS


def test_a_text_that_was_changed_since_it_was_seen_is_not_shared(bench: Bench) -> None:
    changes = Changes(edited={1: {"answer": CANARY}})
    bench.questions.save(ADMIN, ORG, base_revision=2, changes=changes)

    with pytest.raises(FrontlineError, match="revision 2 → 3"):
        bench.share(1, revision=2)

    assert ids(bench) == SHIPPED_IDS


@pytest.mark.parametrize("name", ["phones", "MARROW LANE BAKERY"])
def test_a_name_that_others_know_as_another_example_is_refused(bench: Bench, name: str) -> None:
    bench.share(1, org=OTHER, name="Phones")

    with pytest.raises(InvalidInput, match="another example"):
        bench.share(1, name=name)

    assert bench.share(1, org=OTHER, name="PHONES").name == "PHONES"


def test_any_text_comes_back_as_it_was_shared(bench: Bench) -> None:
    answer = " Zwölf 👩‍👩‍👧 | ### \n Human: $x$ "
    bench.questions.save(OWNER, ORG, base_revision=2, changes=Changes(edited={1: {"answer": answer}}))

    shared = bench.share(1)

    (company,) = bench.examples.companies([shared.example_id])
    assert company.entries[0].answer == answer
    assert company.entries[0].alternates == ("open today?",)
    assert hash(company) == hash(bench.examples.companies([shared.example_id])[0])


def test_two_owners_who_share_at_once_leave_one_example(bench: Bench) -> None:
    failures: list[Exception] = []

    def share(name: str) -> None:
        try:
            bench.share(1, name=name)
        except Exception as error:  # noqa: BLE001 - shown by the test
            failures.append(error)

    threads = [threading.Thread(target=share, args=(f"Shirts {i}",)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(ids(bench)) == 4

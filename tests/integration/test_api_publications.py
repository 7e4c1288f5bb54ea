"""Publishing over HTTP, on a real database: what visitors get changes with a publication and with nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest

from core.datasets.formats.choice import recognise_format
from core.engines.protocol import Effort
from core.files.reading import read_table
from core.publishing.publication import PublishingRules
from core.questions.changes import Changes
from core.storage.database import Database
from core.usage import Usage
from tests.api_bench import ORGS, PEOPLE, Bench, canary

ORG = "org-a"
V1 = f"/api/v1/orgs/{ORG}"
OWNER, ADMIN = PEOPLE["Owner-org-a"], PEOPLE["Admin-org-a"]
CANARY = "What is the canary?"
FILE = f"question,expected_question\n{CANARY},{CANARY}\nhello,__fallback__\n"


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    """An org that publishes by hand, with revision 1 live, 2 waiting, and a test question that 2 breaks."""
    bench = Bench(database)
    bench.fill()
    found = recognise_format(read_table(FILE.encode(), "t.csv"))
    preview = bench.parts.intake.check(OWNER, ORG, found).preview
    bench.datasets.save(OWNER, ORG, name="Shop", preview=preview, source="t.csv")
    bench.publishing.publish_by_hand(OWNER, ORG)
    changes = Changes(edited={1: {"question": "Which bird?", "alternates": []}})
    bench.questions.save(ADMIN, ORG, base_revision=1, changes=changes)
    yield bench
    bench.close()


def publish(bench: Bench, headers: dict[str, str] | None = None, **body: Any) -> Any:
    return bench.send("POST", f"{V1}/publications", headers=headers, json={"revision": 2, "live": 1, **body})


def visitor_gets(bench: Bench, question: str) -> tuple[str, int]:
    got = bench.send("POST", f"{V1}/answers", json={"question": question}).json()
    return got["answer"], got["revision"]


def test_the_state_names_what_visitors_get_and_what_waits(bench: Bench) -> None:
    state = bench.send("GET", f"{V1}/publications/state").json()

    assert state.pop("live_saved_at").endswith("Z")
    assert state == {"live": 1, "newest": 2, "waiting": 1, "each_save_is_live": False, "max_broken": None}


def test_visitors_get_a_revision_once_it_is_published_and_not_before(bench: Bench) -> None:
    assert visitor_gets(bench, CANARY) == (canary(ORG), 1)

    made = publish(bench, reason="It has a name now")

    assert made.status_code == 201
    assert visitor_gets(bench, "Which bird?") == (canary(ORG), 2)
    listed = bench.send("GET", f"{V1}/publications").json()["publications"]
    assert listed[0] == made.json()
    assert (listed[0]["revision"], listed[0]["replaced"], listed[0]["reason"]) == (2, 1, "It has a name now")
    assert bench.send("GET", f"{V1}/publications/state").json()["waiting"] == 0


def test_a_check_lists_what_flips_and_publishes_nothing(bench: Bench) -> None:
    found = bench.send("POST", f"{V1}/publications/check", json={}).json()

    assert (found["revision"], found["live"], found["asked"], found["broken"], found["flips_total"]) == (2, 1, 2, 1, 1)
    (flip,) = found["flips"]
    assert (flip["kind"], flip["question"], flip["before"], flip["after"], flip["edited"]) == (
        "broken",
        CANARY,
        1,
        None,
        [1],
    )
    assert found["after"] == {"right": 1, "wrong": 0, "to_a_person": 1}
    assert visitor_gets(bench, CANARY)[1] == 1


def test_a_revision_that_is_not_there_is_404(bench: Bench) -> None:
    assert bench.send("POST", f"{V1}/publications/check", json={"revision": 9}).status_code == 404
    assert publish(bench, revision=9).status_code == 404


def test_what_breaks_more_than_allowed_is_409_without_a_reason(bench: Bench) -> None:
    bench.publishing.set_rules(OWNER, ORG, PublishingRules(max_broken=0))

    held = publish(bench)

    assert (held.status_code, held.json()["type"].rpartition(":")[2]) == (409, "reason-needed")
    assert (held.json()["broken"], held.json()["failed"], held.json()["max_broken"]) == (1, 0, 0)
    assert visitor_gets(bench, CANARY)[1] == 1
    assert publish(bench, reason="Wanted").json()["broken"] == 1


def test_who_saw_another_live_revision_gets_412_and_the_one_that_is(bench: Bench) -> None:
    publish(bench)

    late = publish(bench, revision=1)

    assert (late.status_code, late.json()["live"]) == (412, 2)


def test_a_publication_that_is_sent_twice_with_its_key_is_made_once(bench: Bench) -> None:
    key = {"Idempotency-Key": '"one"'}

    first, second = publish(bench, key), publish(bench, key)

    assert first.json() == second.json()
    assert (first.status_code, second.status_code) == (201, 201)
    assert len(bench.publishing.publications(OWNER, ORG)) == 2, "the one by which it began to be by hand, and this"
    assert publish(bench, key, reason="Another").status_code == 422


def test_where_each_save_is_live_a_publication_is_refused(bench: Bench) -> None:
    bench.publishing.make_each_save_live(OWNER, ORG)

    assert publish(bench).status_code == 422


def test_a_model_server_is_asked_only_where_somebody_says_that_it_may_cost(bench: Bench) -> None:
    bench.engine.endpoint = ("https://models.example/v1", "m")
    bench.engine.expected = lambda questions, _: Effort(usage=Usage(sent=len(questions)))
    bench.publishing.set_rules(OWNER, ORG, PublishingRules(max_broken=5))
    bench.engine.asked.clear()

    refused = [bench.send("POST", f"{V1}/publications/check", json={}), publish(bench)]
    assert [(one.status_code, one.json()["type"].rpartition(":")[2]) for one in refused] == [(409, "check-needed")] * 2
    assert bench.engine.asked == []

    assert bench.send("POST", f"{V1}/publications/check", json={"may_cost": True}).json()["broken"] == 1
    assert publish(bench).status_code == 201


def test_another_orgs_publications_are_not_there(bench: Bench) -> None:
    for org in ORGS:
        expected = 200 if org == ORG else 403
        assert bench.send("GET", f"/api/v1/orgs/{org}/publications", "Admin-org-a").status_code == expected

"""Entries, revisions and the tutorial's table over HTTP, on a real database."""

from collections.abc import Iterator
from typing import Any

import pytest

from core.engines.protocol import AlsoAsked, Candidate, Decision, Unread
from core.statistics.recalibration import Recalibration
from core.storage.database import Database
from tests.api_bench import Bench, canary

V1 = "/api/v1/orgs/org-a"
TABLE = "/org/org-a/questions_and_answers"
TEXTS = ["🦜 naïve\n\tline", "e\u0301 and é", " padded ", '"quoted" \\ </script>', "\u2028|###", "x" * 5_000, "𝔘🏳️‍🌈"]


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    bench = Bench(database)
    bench.fill([{"question": "When do you open?", "answer": "At 9"}])
    yield bench
    bench.close()


def add(bench: Bench, question: str, answer: str, **more: Any) -> Any:
    json = {"question": question, "answer": answer, **more}
    return bench.send("POST", f"{V1}/entries", json=json, headers={"If-Match": "*"})


def test_an_answer_has_the_entry_the_confidence_and_the_revision(bench: Bench) -> None:
    response = bench.send("POST", f"{V1}/answers", "Member-org-a", json={"question": "canary"})

    assert response.json() == {
        "answer": canary("org-a"),
        "handoff": False,
        "entry_id": 1,
        "confidence": 1.0,
        "not_read": None,
        "also_asked": [],
        "revision": 1,
    }


def test_the_confidence_is_what_it_is_worth_on_the_organisations_own_questions(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    best = Candidate(entry_id=1, phrasing="canary", score=0.7, confidence=0.8)
    sure = Decision(entry_id=1, candidates=(best,), threshold=0.5)
    scale = Recalibration(slope=0.5, shift=-1.0, questions=240, off_before=0.16, off_after=0.04)
    monkeypatch.setattr(bench.engine, "decide", lambda *_: sure)
    before = bench.send("POST", f"{V1}/answers", "Member-org-a", json={"question": "a canary?"}).json()

    monkeypatch.setattr(bench.parts.recalibrations, "of_settings", lambda *_, **__: scale)
    after = bench.send("POST", f"{V1}/answers", "Member-org-a", json={"question": "a canary?"}).json()

    assert (before["confidence"], after["confidence"]) == (0.8, scale.of(0.8))
    assert after == before | {"confidence": after["confidence"]}


def test_what_has_no_answer_is_handed_over_with_the_fallback_text(bench: Bench) -> None:
    response = bench.send("POST", f"{V1}/answers", json={"question": "do you like cheese?"})

    fallback = "A human will be in touch shortly"
    assert response.json() == {
        "answer": fallback,
        "handoff": True,
        "entry_id": None,
        "confidence": None,
        "not_read": None,
        "also_asked": [],
        "revision": 1,
    }


@pytest.mark.parametrize("unread", Unread)
def test_a_handoff_says_what_could_not_be_read(bench: Bench, monkeypatch: pytest.MonkeyPatch, unread: Unread) -> None:
    decision = Decision(entry_id=None, candidates=(), threshold=0.5, unread=unread)
    monkeypatch.setattr(bench.engine, "decide", lambda *_: decision)

    said = bench.send("POST", f"{V1}/answers", json={"question": "返品できますか"}).json()

    assert (said["handoff"], said["not_read"], said["also_asked"]) == (True, unread.value, [])


def test_an_answer_names_what_else_a_long_message_asks(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    best = Candidate(entry_id=1, phrasing="canary", score=0.7, confidence=0.8)
    others = (AlsoAsked(part="and open?", entry_id=2, confidence=0.7),)
    decision = Decision(entry_id=1, candidates=(best,), threshold=0.5, also_asked=others)
    monkeypatch.setattr(bench.engine, "decide", lambda *_: decision)

    said = bench.send("POST", f"{V1}/answers", json={"question": "a canary? and open?"}).json()

    assert (said["entry_id"], said["not_read"], said["also_asked"]) == (1, None, [2])


def test_a_failure_is_502_and_never_an_answer(bench: Bench) -> None:
    for path in (f"{V1}/answers", "/org/org-a/test_prompt"):
        response = bench.send("POST", path, json={"question": "this will fail"})

        assert response.status_code == 502
        assert response.json()["type"].endswith(":engine-failed")
        assert "answer" not in response.json()
        assert response.json()["fallback"] == "A human will be in touch shortly"


@pytest.mark.parametrize("text", TEXTS)
def test_a_visitor_gets_the_stored_text_byte_for_byte(bench: Bench, text: str) -> None:
    created = add(bench, "A long question?", text).json()
    answered = bench.send("POST", f"{V1}/answers", json={"question": "a long question"}).json()
    prompted = bench.send("POST", "/org/org-a/test_prompt", json={"question": "a long question"}).json()

    assert (created["answer"], answered["answer"], prompted) == (text, text, {"response": text})
    assert answered["entry_id"] == created["id"]


@pytest.mark.parametrize("bad", ["nul \x00", "bell \x07", "\ufffe", "\x85"])
def test_texts_that_cannot_be_stored_are_refused_with_the_place(bench: Bench, bad: str) -> None:
    for response in (
        add(bench, "New?", bad),
        add(bench, "New?", "Yes", tags=[bad]),
        bench.send("POST", TABLE, json={"questions_and_answers": [{"question": "New?", "answer": bad}]}),
        bench.send("POST", f"{V1}/answers", json={"question": f"x {bad} x"}),
        bench.send("DELETE", f"{V1}/entries/1", params={"note": bad}, headers={"If-Match": "*"}),
    ):
        assert response.status_code == 422, response.text
        assert response.json()["problems_total"] == 1


def test_half_a_character_is_refused(bench: Bench) -> None:
    content = b'{"question": "New?", "answer": "\\ud800", "\\udfff": 1}'
    headers = {"If-Match": "*", "Content-Type": "application/json"}
    response = bench.send("POST", f"{V1}/entries", content=content, headers=headers)

    assert response.status_code == 422


def test_an_entry_is_added_read_changed_and_deleted(bench: Bench) -> None:
    created = add(bench, "Are you hiring?", "Yes", alternates=["jobs"], enabled=False)
    path = created.headers["location"]
    changed = bench.send("PATCH", path, json={"answer": "No"}, headers={"If-Match": created.headers["etag"]})
    read = bench.send("GET", path)
    gone = bench.send("DELETE", path, headers={"If-Match": changed.headers["etag"]})

    entry = {"id": 3, "question": "Are you hiring?", "alternates": ["jobs"], "tags": [], "enabled": False}
    assert (created.status_code, path, created.json()) == (
        201,
        f"{V1}/entries/3",
        {**entry, "answer": "Yes", "revision": 2},
    )
    assert changed.json() == read.json() == {**entry, "answer": "No", "revision": 3}
    assert (gone.status_code, gone.content, gone.headers["etag"]) == (204, b"", '"4"')
    assert bench.send("GET", path).status_code == 404
    assert bench.send("GET", path, params={"revision": 2}).json()["answer"] == "Yes"


def test_a_rule_of_the_table_that_is_broken_is_told_with_its_row_and_field(bench: Bench) -> None:
    response = add(bench, "canary", "Twice")

    assert response.status_code == 422
    assert response.json()["problems"] == [
        {
            "row": "New entry 1",
            "field": "Question",
            "reason": "“canary” is already in No. 1: keep it in one place.",
        }
    ]


def test_a_write_without_a_revision_is_refused_and_one_on_a_later_one_too(bench: Bench) -> None:
    for method, path, json in (
        ("POST", f"{V1}/entries", {"question": "New?", "answer": "Yes"}),
        ("PATCH", f"{V1}/entries/1", {"answer": "x"}),
        ("DELETE", f"{V1}/entries/1", None),
        ("POST", f"{V1}/revisions/1/restore", None),
    ):
        more = {"json": json} if json else {}

        assert bench.send(method, path, **more).status_code == 428
        assert bench.send(method, path, headers={"If-Match": '"9"'}, **more).status_code == 412
        assert bench.send(method, path, headers={"If-Match": '"x"'}, **more).status_code == 400


def test_an_edit_of_another_row_meanwhile_does_no_harm_and_one_of_the_same_row_is_412(bench: Bench) -> None:
    bench.send("PATCH", f"{V1}/entries/2", "Owner-org-a", json={"answer": "At 8"}, headers={"If-Match": '"1"'})
    other = bench.send("PATCH", f"{V1}/entries/1", json={"answer": "x"}, headers={"If-Match": '"1"'})
    same = bench.send("PATCH", f"{V1}/entries/2", json={"answer": "At 10"}, headers={"If-Match": '"1"'})

    assert other.status_code == 200
    assert same.status_code == 412
    assert same.json()["conflicts"][0]["stored"] == {"question": "When do you open?", "answer": "At 8"}
    assert (same.json()["conflicts"][0]["by"], same.json()["revision"]) == ("Owner of org-a", 3)


def test_pages_hold_each_entry_once_and_stay_at_one_revision(bench: Bench) -> None:
    for n in range(3):
        add(bench, f"Question {n}?", "Yes")
    first = bench.send("GET", f"{V1}/entries", params={"limit": 2})
    add(bench, "Added meanwhile?", "Yes")
    found, page = [first.json()], first
    while "next" in page.links:
        page = bench.send("GET", page.links["next"]["url"])
        found.append(page.json())

    assert [[entry["id"] for entry in one["entries"]] for one in found] == [[1, 2], [3, 4], [5]]
    assert {one["revision"] for one in found} == {4}
    assert found[-1]["next"] is None


@pytest.mark.parametrize("cursor", ["x", "MQ", "MS4y" * 20, "OTk5OTk5OTk5OTk5LjE"])
def test_a_cursor_that_no_page_gave_is_refused(bench: Bench, cursor: str) -> None:
    assert bench.send("GET", f"{V1}/entries", params={"cursor": cursor}).status_code == 422


def test_what_the_caller_has_is_not_sent_again(bench: Bench) -> None:
    for path in (f"{V1}/entries", f"{V1}/entries/1", f"{V1}/revisions", f"{V1}/revisions/1", TABLE):
        tag = bench.send("GET", path).headers["etag"]

        for known in (tag, f'"0", W/{tag}', "*"):
            same = bench.send("GET", path, headers={"If-None-Match": known})
            assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
        assert bench.send("GET", path, headers={"If-None-Match": '"0"'}).status_code == 200


def test_the_history_is_read_in_pages_and_restored(bench: Bench) -> None:
    bench.send("DELETE", f"{V1}/entries/1", params={"note": "not ours"}, headers={"If-Match": "1"})
    first = bench.send("GET", f"{V1}/revisions", params={"limit": 1})
    second = bench.send("GET", first.links["next"]["url"])
    stale = bench.send("POST", f"{V1}/revisions/1/restore", headers={"If-Match": '"1"'})
    restored = bench.send("POST", f"{V1}/revisions/1/restore", headers={"If-Match": '"2"'})

    assert [(one["number"], one["note"]) for one in first.json()["revisions"]] == [(2, "not ours")]
    assert ([one["number"] for one in second.json()["revisions"]], second.json()["next"]) == ([1], None)
    assert stale.status_code == 412
    assert (restored.json()["number"], restored.json()["added"]) == (3, 1)
    assert bench.send("GET", f"{V1}/entries/1").json()["answer"] == canary("org-a")
    assert bench.send("GET", f"{V1}/revisions/9").status_code == 404


def test_the_tutorials_table_is_read_and_replaced_as_one_revision(bench: Bench) -> None:
    assert bench.send("GET", TABLE).json() == {
        "questions_and_answers": [
            {"question": "What is the canary?", "answer": canary("org-a")},
            {"question": "When do you open?", "answer": "At 9"},
        ]
    }
    rows = [
        {"question": "When do you open", "answer": "At 10", "id": "passed over"},
        {"question": "Are you hiring?", "answer": "Yes"},
        {"question": "What is the canary?", "answer": canary("org-a")},
    ]
    saved = bench.send("POST", TABLE, json={"questions_and_answers": rows})

    assert (saved.status_code, saved.json()) == (200, {"revision": 2, "added": 1, "edited": 1, "deleted": 0})
    entries = bench.send("GET", f"{V1}/entries").json()["entries"]
    assert [(one["id"], one["question"], one["answer"]) for one in entries] == [
        (1, "What is the canary?", canary("org-a")),
        (2, "When do you open", "At 10"),
        (3, "Are you hiring?", "Yes"),
    ]
    assert (entries[0]["alternates"], entries[0]["tags"]) == (["canary"], ["x"])


def test_a_table_that_was_read_can_be_posted_again_and_changes_nothing(bench: Bench) -> None:
    bench.send("PATCH", f"{V1}/entries/1", json={"enabled": False}, headers={"If-Match": "*"})
    saved = bench.send("POST", TABLE, json=bench.send("GET", TABLE).json())

    assert saved.json() == {"revision": 2, "added": 0, "edited": 0, "deleted": 0}
    assert bench.send("GET", f"{V1}/entries/1").json()["enabled"] is False


def test_an_empty_table_empties_the_table_and_if_match_is_kept_where_it_is_sent(bench: Bench) -> None:
    empty = {"questions_and_answers": []}

    assert bench.send("POST", TABLE, json=empty, headers={"If-Match": '"0"'}).status_code == 412
    assert bench.send("POST", TABLE, json=empty, headers={"If-Match": '"1"'}).json()["deleted"] == 2
    assert bench.send("GET", TABLE).json() == empty


def test_a_save_of_somebody_else_while_a_table_is_replaced_does_not_survive_it(bench: Bench) -> None:
    """The tutorial's POST means the whole table; the other save stays in the history."""
    questions, meanwhile = bench.questions.table, iter([True])

    def table(principal: Any, org_id: str, revision: int | None = None) -> Any:
        snapshot = questions(principal, org_id, revision)
        if next(meanwhile, False):
            add(bench, "Meanwhile?", "Yes")
        return snapshot

    bench.questions.table = table  # type: ignore[method-assign]
    saved = bench.send("POST", TABLE, json={"questions_and_answers": [{"question": "Only?", "answer": "Yes"}]})

    assert saved.status_code == 200
    assert bench.send("GET", TABLE).json() == {"questions_and_answers": [{"question": "Only?", "answer": "Yes"}]}
    assert [one["number"] for one in bench.send("GET", f"{V1}/revisions").json()["revisions"]] == [4, 3, 2, 1]

"""Whole tables over HTTP: a file in as one revision, the table out as a file."""

from collections.abc import Iterator
from typing import Any

import pytest

from core.storage.database import Database
from core.transfer.exporting import FORMATS
from tests.api_bench import Bench, canary

V1 = "/api/v1/orgs/org-a"
FILE = b"question,answer\nWhen do you open?,At 10\nNew one?,Yes\n"
BAD = FILE + b",Nothing\n"


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    bench = Bench(database)
    bench.fill([{"question": "When do you open?", "answer": "=At 9", "tags": ["t"]}])
    yield bench
    bench.close()


def send(bench: Bench, *files: tuple[str, bytes], headers: dict[str, str] | None = None, **fields: Any) -> Any:
    given = [("file", file) for file in files or (("faq.csv", FILE),)]
    return bench.send("POST", f"{V1}/import", files=given, data=fields, headers=headers)


def answers(bench: Bench) -> list[str]:
    return [entry["answer"] for entry in bench.send("GET", f"{V1}/entries").json()["entries"]]


def test_a_preview_says_what_each_row_would_do_and_changes_nothing(bench: Bench) -> None:
    response = send(bench, preview=True)

    assert response.status_code == 200
    assert response.headers["ETag"] == '"1"'
    told = response.json()
    assert (told["preview"], told["revision"], told["counts"]["new"], told["counts"]["changed"]) == (True, 1, 1, 1)
    assert told["rows"] == [
        {"where": "line 2", "outcome": "changed", "entry_id": 2, "question": "When do you open?", "reason": ""},
        {"where": "line 3", "outcome": "new", "entry_id": None, "question": "New one?", "reason": ""},
    ]
    assert answers(bench) == [canary("org-a"), "=At 9"]


def test_an_import_is_one_revision_made_on_the_newest(bench: Bench) -> None:
    without, old = send(bench), send(bench, headers={"If-Match": '"0"'})
    done = send(bench, headers={"If-Match": '"1"'}, note="From the shop")

    assert (without.status_code, old.status_code) == (428, 412)
    assert (done.status_code, done.json()["revision"], done.headers["ETag"]) == (200, 2, '"2"')
    assert answers(bench) == [canary("org-a"), "At 10", "Yes"]
    assert bench.send("GET", f"{V1}/revisions/2").json()["note"] == "From the shop"


def test_rows_that_cannot_be_used_keep_all_out_unless_they_are_left_out(bench: Bench) -> None:
    refused = send(bench, ("bad.csv", BAD), headers={"If-Match": "*"})

    assert refused.status_code == 422
    assert refused.json()["problems"] == [
        {"row": "line 4", "field": "Row", "reason": "Question is empty: write something, or delete the entry."}
    ]
    assert answers(bench) == [canary("org-a"), "=At 9"]
    done = send(bench, ("bad.csv", BAD), headers={"If-Match": "*"}, skip_invalid=True)
    assert done.json()["counts"]["invalid"] == 1
    assert answers(bench) == [canary("org-a"), "At 10", "Yes"]


def test_an_import_that_is_sent_twice_with_a_key_is_made_once(bench: Bench) -> None:
    headers = {"If-Match": '"1"', "Idempotency-Key": '"k"'}

    first, again = send(bench, headers=headers), send(bench, headers=headers)

    assert first.json() == again.json()
    assert bench.send("GET", f"{V1}/revisions").json()["revisions"][0]["number"] == 2
    other = send(bench, ("other.csv", FILE), headers=headers)
    assert other.status_code == 422


def test_files_that_belong_together_are_sent_together(bench: Bench) -> None:
    nlu = b"nlu:\n- intent: gifts\n  examples: |\n    - gift cards?\n    - vouchers\n"
    domain = b"responses:\n  utter_gifts:\n  - text: Sure.\n"

    done = send(bench, ("nlu.yml", nlu), ("domain.yml", domain), headers={"If-Match": "*"})

    assert done.json()["read_as"] == "files of Rasa"
    assert answers(bench)[-1] == "Sure."


def test_a_file_whose_headings_nobody_knows_is_refused_with_its_first_rows(bench: Bench) -> None:
    refused = send(bench, ("odd.csv", b"A1,B1,C1\nx,y,z\n"), preview=True)

    assert refused.status_code == 422
    assert "It begins with line 1: “A1”, “B1”, “C1”" in refused.json()["detail"]


@pytest.mark.parametrize("key", FORMATS)
def test_every_format_is_exported_and_can_be_imported_again(bench: Bench, key: str) -> None:
    response = bench.send("GET", f"{V1}/export", "Member-org-a", params={"format": key})

    assert response.status_code == 200
    assert response.headers["Content-Type"].partition(";")[0] == FORMATS[key].mime
    assert response.headers["Content-Disposition"].endswith(f'.{FORMATS[key].suffix}"')
    again = send(bench, (f"t.{FORMATS[key].suffix}", response.content), preview=True).json()
    assert again["counts"]["new"] == again["counts"]["invalid"] == 0
    assert again["counts"]["changed"] == (1 if key == "dialogflow_es" else 0)


def test_the_formats_say_what_they_cannot_hold(bench: Bench) -> None:
    told = bench.send("GET", f"{V1}/export/formats", "Member-org-a").json()

    losses = {one["format"]: one["losses"] for one in told["formats"]}
    assert losses["xlsx"] == []
    assert losses["rasa"] == ["The tags of 2 entries are left out."]


def test_a_revision_that_there_is_not_and_a_format_that_there_is_not_are_refused(bench: Bench) -> None:
    assert bench.send("GET", f"{V1}/export", params={"format": "csv", "revision": 9}).status_code == 404
    assert bench.send("GET", f"{V1}/export", params={"format": "docx"}).status_code == 422


def test_a_member_may_take_the_table_away_and_not_import_one(bench: Bench) -> None:
    refused = bench.send("POST", f"{V1}/import", "Member-org-a", files={"file": ("faq.csv", FILE)})

    assert refused.status_code == 403

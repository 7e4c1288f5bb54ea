"""Evaluation runs over HTTP, on a real database with the real worker."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from core.audit.event import EventKind
from core.storage.database import Database
from tests.api_bench import ADMIN, FILE, PEOPLE, Bench, canary

RUNS = "/api/v1/orgs/org-a/runs"


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    bench = Bench(database)
    bench.fill()
    yield bench
    bench.close()


def start(bench: Bench, file: bytes = FILE, name: str = "test.csv", token: str = ADMIN, **more: Any) -> Any:
    return bench.send("POST", RUNS, token, files={"file": (name, file)}, **more)


def ended(bench: Bench, path: str) -> Any:
    for _ in range(300):
        run = bench.send("GET", path, "Member-org-a").json()
        if run["status"] == "done":
            return run
        time.sleep(0.05)
    raise AssertionError(f"still {run['status']}")


def test_a_run_is_started_from_a_file_watched_and_its_results_read(bench: Bench) -> None:
    started = start(bench, FILE + b",What is the canary?\n", data={"name": "Nightly"})
    run = ended(bench, started.headers["location"])
    results = bench.send("GET", f"{started.headers['location']}/results", "Member-org-a").json()

    assert started.status_code == 201
    assert started.json()["columns"] == {
        "question": "question",
        "expected": "expected_question",
        "expected_kind": "question",
    }
    assert started.json()["left_out"] == [{"line": 4, "reason": "The question is empty."}]
    assert (run["name"], run["finished"], run["total"], run["author"]) == ("Nightly", 2, 2, "Admin of org-a")
    right = run["rates"][0]
    assert (right["outcome"], right["count"], right["of"], right["rate"]) == ("right", 2, 2, 1.0)
    assert 0 < right["low"] < right["high"] <= 1
    rows = [(row["line"], row["outcome"], row["entry_id"], row["answer"]) for row in results["results"]]
    assert rows == [(2, "right", 1, canary("org-a")), (3, "right", None, "A human will be in touch shortly")]


def test_who_takes_results_away_or_comes_with_another_orgs_token_is_in_the_log(bench: Bench) -> None:
    path = start(bench, name="june.csv").headers["location"]
    ended(bench, path)
    bench.send("GET", f"{path}/results?limit=1", "Member-org-a")
    refused = bench.send("GET", path, "only-b")

    assert bench.parts.audit is not None
    events = bench.parts.audit.events(PEOPLE["Owner-org-a"], "org-a")
    told = [(event.actor, event.what, event.details) for event in events]
    assert refused.status_code == 403
    assert ("Member of org-a", EventKind.EXPORTED, "the results of june.csv, over the API") in told
    assert ("Owner of org-a", EventKind.REFUSED, "A token of another organisation was used.") in told


def test_results_come_in_pages_and_by_outcome(bench: Bench) -> None:
    data = "question\n" + "".join(f"question {n}{' fail' if n == 3 else ''}\n" for n in range(5))
    path = start(bench, data.encode()).headers["location"]
    ended(bench, path)
    page = bench.send("GET", f"{path}/results", params={"limit": 2})
    lines = [[row["line"] for row in page.json()["results"]]]
    while "next" in page.links:
        page = bench.send("GET", page.links["next"]["url"])
        lines.append([row["line"] for row in page.json()["results"]])
    failed = bench.send("GET", f"{path}/results", params={"outcome": "failed"}).json()["results"]

    assert lines == [[2, 3], [4, 5], [6]]
    assert [(row["line"], row["answer"], row["problem"]) for row in failed] == [(5, None, "The engine did not answer.")]


def test_runs_are_listed_newest_first_in_pages(bench: Bench) -> None:
    ids = [start(bench).json()["run_id"] for _ in range(3)]
    first = bench.send("GET", RUNS, params={"limit": 2})
    second = bench.send("GET", first.links["next"]["url"])

    found = [run["run_id"] for page in (first, second) for run in page.json()["runs"]]
    assert found == ids[::-1]


def test_a_request_sent_twice_starts_one_run_and_has_one_answer(bench: Bench) -> None:
    first, again = (start(bench, headers={"Idempotency-Key": '"a-key"'}) for _ in range(2))
    bare = start(bench, headers={"Idempotency-Key": "a-key"})

    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert first.headers["location"] == again.headers["location"] == bare.headers["location"]
    assert len(bench.send("GET", RUNS).json()["runs"]) == 1


def test_the_same_key_with_another_request_is_refused_and_another_persons_key_is_another(bench: Bench) -> None:
    key = {"Idempotency-Key": '"a-key"'}
    first = start(bench, headers=key)

    assert start(bench, FILE + b"more,\n", headers=key).status_code == 422
    assert start(bench, name="other.csv", headers=key).status_code == 422
    assert start(bench, headers=key, token="Owner-org-a").json()["run_id"] != first.json()["run_id"]
    assert start(bench, headers={"Idempotency-Key": '"a key"'}).status_code == 400


def test_a_key_whose_request_failed_may_be_sent_again(bench: Bench) -> None:
    key = {"Idempotency-Key": '"a-key"'}

    assert start(bench, b"question\n,\n", headers=key).status_code == 422
    assert start(bench, headers=key).status_code == 201


def test_of_requests_at_once_with_one_key_only_one_starts_a_run(bench: Bench) -> None:
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda: answers.append(start(bench, headers={"Idempotency-Key": '"k"'})))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["run_id"] for answer in answers if answer.status_code == 201}) == 1
    assert len(bench.send("GET", RUNS).json()["runs"]) == 1


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("t.pdf", b"%PDF", "cannot read .pdf files"),
        ("t.csv", b"", "The file is empty"),
        ("t.xlsx", b"a,b", "no Excel workbook"),
        ("t.csv", b"a,b\n1,2\n", "Say in which line the headings stand"),
        ("t.csv", b"a,tags\n1,2\n", "choose the column"),
        ("t.csv", b"question\n\x01x\n", "control character"),
    ],
)
def test_a_file_that_cannot_be_run_is_refused_in_words(bench: Bench, name: str, data: bytes, words: str) -> None:
    response = start(bench, data, name)

    assert response.status_code == 422
    assert words in response.text


def test_columns_can_be_chosen(bench: Bench) -> None:
    chosen = {"question_column": "b", "expected_column": "a", "expected_kind": "id"}
    started = start(bench, b"a,b\n1,canary\n", data=chosen)

    assert started.json()["columns"] == {"question": "b", "expected": "a", "expected_kind": "id"}
    assert ended(bench, started.headers["location"])["rates"][0]["count"] == 1


def test_where_the_headings_stand_can_be_said_and_has_to_be_where_nobody_can_know(bench: Bench) -> None:
    rows = b"What is the canary?,What is the canary?\nhello you there,__fallback__\n"

    refused = start(bench, rows)
    started = start(bench, rows, data={"headings": "0"})

    assert refused.status_code == 422
    assert "line 1: “What is the canary?”" in refused.json()["detail"]
    assert started.json()["columns"]["question"] == "Column 1"
    assert started.json()["total"] == 2


def test_what_labels_mean_is_said_once_and_kept_for_the_next_file_of_the_name(bench: Bench) -> None:
    file = b"text,intent,channel\ncanary,bird,web\nhello,handoff,\n"

    first = start(bench, file, data={"labels": '{"Bird": 1}'})
    second = start(bench, file, data={"labels": '{"handoff": "person"}'})

    left_out = [{"line": 3, "reason": "Waits for you to confirm what “handoff” means."}]
    assert first.json()["left_out"] == left_out
    assert second.json()["left_out"] == []
    ended(bench, second.headers["location"])
    results = bench.send("GET", f"{second.headers['location']}/results", "Member-org-a").json()["results"]
    assert [(row["expected_kind"], row["expected_ids"], row["others"]) for row in results] == [
        ("entry", [1], {"channel": "web"}),
        ("fallback", [], {}),
    ]


@pytest.mark.parametrize("labels", ["[]", "x", '{"a": "maybe"}', '{"a": 0}', '{"a": null}', '"person"'])
def test_meanings_that_are_none_are_refused_in_words(bench: Bench, labels: str) -> None:
    response = start(bench, data={"labels": labels})

    assert response.status_code == 422
    assert "write a JSON object" in response.text


def test_a_file_beyond_the_limit_is_refused_while_it_is_read(bench: Bench) -> None:
    def body() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="t.csv"\r\n\r\n'
        for _ in range(30):
            yield b"q" * 1024**2

    response = bench.send("POST", RUNS, content=body(), headers={"Content-Type": "multipart/form-data; boundary=x"})

    assert response.status_code == 413


def test_a_run_is_cancelled_and_a_member_may_not(bench: Bench) -> None:
    path = start(bench).headers["location"]

    assert bench.send("POST", f"{path}/cancel", "Member-org-a").status_code == 403
    assert bench.send("POST", f"{path}/cancel").json()["status"] in ("cancelled", "cancelling", "done")


def test_a_run_of_another_organisation_is_not_there(bench: Bench) -> None:
    path = start(bench).headers["location"].replace("org-a", "org-b")

    for tail in ("", "/results"):
        assert bench.send("GET", path + tail, "Owner-org-b").status_code == 404
    assert bench.send("POST", path + "/cancel", "Owner-org-b").status_code == 404


def test_a_month_without_room_is_429_and_says_when_it_ends(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.engine.endpoint = ("https://models.example/v1", "nobody-knows-its-price")  # type: ignore[assignment]
    questions = bench.questions
    policy = questions.table(PEOPLE["Owner-org-a"], "org-a").policy
    import dataclasses

    from core.engines.protocol import Effort
    from core.usage import Usage

    monkeypatch.setattr(bench.engine, "expected", lambda *_: Effort(usage=Usage(sent=1000, received=1000)))
    model = dataclasses.replace(policy.model, tokens_a_month=10)
    questions.save_settings(
        PEOPLE["Owner-org-a"], "org-a", base_revision=1, policy=dataclasses.replace(policy, model=model)
    )

    for response in (start(bench), bench.send("POST", "/org/org-a/test_prompt", json={"question": "canary"})):
        assert response.status_code == 429
        assert response.json()["type"].endswith(":spending-limit-reached")
        assert 0 < int(response.headers["retry-after"]) <= 31 * 86_400


def test_samples_of_openai_evals_are_understood_and_kept_under_their_name(bench: Bench) -> None:
    samples = b'{"input": [{"role": "user", "content": "What is the canary?"}], "ideal": "What is the canary?"}\n'

    started = [start(bench, samples, "samples.jsonl", data={"name": "Canaries"}) for _ in range(2)]
    run = ended(bench, started[0].headers["location"])
    ended(bench, started[1].headers["location"])

    assert [one.status_code for one in started] == [201, 201]
    assert (run["finished"], run["rates"][0]["count"]) == (1, 1)
    [kept] = bench.datasets.listed(PEOPLE[ADMIN], "org-a")
    assert (kept.name, kept.version) == ("Canaries", 1)

"""The API as a server has it: what is not there, what breaks, and what other sites may do."""

import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from starlette.testclient import TestClient

from core.api.v1.gate import Gate, needs_of
from core.api.v1.turns import Turns
from core.errors import EngineUnavailable
from core.fair_share import FairShare
from core.questions.text import ASKED_LIMIT
from core.storage.database import Database
from core.storage.migrate import migrate
from tests.api_bench import Bench
from tests.fakes import LiteralEngine

V1 = "/api/v1/orgs/org-a"
SITE = "https://www.example.com"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    migrate(database)
    bench = Bench(database, origins=[SITE])
    bench.fill()
    yield bench
    bench.close()
    database.close()


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/v1", "/api/v2/x", "/org", "/org/x", f"{V1}/entries/", "/api/docs"]
)
def test_a_path_that_is_not_there_is_a_404_in_json(bench: Bench, path: str) -> None:
    response = bench.send("GET", path)

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == "urn:problem-type:frontline:not-found"


def test_what_only_begins_like_the_api_is_left_to_others(bench: Bench) -> None:
    for path in ("/", "/apis", "/organisation", "/x/api"):
        assert bench.client.get(path).headers["content-type"].startswith("text/plain")


def test_another_method_is_a_405_that_names_those_there_are(bench: Bench) -> None:
    found = {path: bench.send("PUT", path) for path in (f"{V1}/entries/1", f"{V1}/entries", "/api/v1/openapi.json")}

    assert {response.status_code for response in found.values()} == {405}
    assert [response.headers["allow"] for response in found.values()] == ["DELETE, GET, PATCH", "GET, POST", "GET"]
    assert found[f"{V1}/entries"].json()["status"] == 405


def test_what_nobody_foresaw_is_logged_under_the_number_that_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(bench.parts.answering, "ask", broken)
    with caplog.at_level(logging.ERROR):
        response = bench.send("POST", f"{V1}/answers", json={"question": "x"})

    assert response.status_code == 500
    assert "secret detail" not in response.text
    assert response.json()["error_id"] in caplog.text
    assert "secret detail" in caplog.text


def test_an_engine_that_cannot_run_is_503(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(*_: Any, **__: Any) -> None:
        raise EngineUnavailable("Install it.")

    monkeypatch.setattr(LiteralEngine, "ask", unavailable)
    response = bench.send("POST", f"{V1}/answers", json={"question": "x"})

    assert (response.status_code, response.json()["detail"]) == (503, "Install it.")
    assert response.json()["type"].endswith(":engine-unavailable")
    assert response.json()["fallback"] == "A human will be in touch shortly"
    assert "answer" not in response.json()


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400),
        (b"\xff", 400),
        (b"[" * 100_000, 400),
        (b"", 422),
        (b"[]", 422),
        (b'{"question": 1}', 422),
        (b'{"question": "x", "other": 1}', 422),
        (b'{"question": "' + b"x" * (ASKED_LIMIT + 1) + b'"}', 422),
        (b'{"question": "' + b"x" * 2**20 + b'"}', 413),
    ],
)
def test_a_body_that_breaks_a_rule_is_refused(bench: Bench, content: bytes, status: int) -> None:
    response = bench.send("POST", f"{V1}/answers", content=content, headers={"Content-Type": "application/json"})

    assert (response.status_code, response.json()["status"]) == (status, status)


def test_a_body_that_is_longer_than_it_says_is_refused_while_it_is_read(bench: Bench) -> None:
    """Over ASGI itself: a client would correct the header."""
    sent = 0

    async def receive() -> dict[str, Any]:
        nonlocal sent
        sent += 1
        return {"type": "http.request", "body": b"x" * 2**19, "more_body": True}

    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    headers = [
        (b"authorization", b"Bearer Admin-org-a"),
        (b"content-type", b"application/json"),
        (b"content-length", b"9"),
    ]
    scope = {
        "type": "http",
        "method": "POST",
        "path": f"{V1}/answers",
        "raw_path": f"{V1}/answers".encode(),
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
        "scheme": "http",
        "http_version": "1.1",
    }
    anyio.run(bench.app, scope, receive, send)

    assert (messages[0]["status"], sent) == (413, 3)


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_body_of_another_kind_is_415(bench: Bench, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}

    assert bench.send("POST", f"{V1}/answers", content=b"{}", headers=headers).status_code == 415


def test_pages_of_an_allowed_site_may_call_and_others_may_not(bench: Bench) -> None:
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    preflight = bench.client.options(f"{V1}/answers", headers={"Origin": SITE, **asks})
    call = bench.send("GET", f"{V1}/entries", None, headers={"Origin": SITE})
    other = bench.client.options(f"{V1}/answers", headers={"Origin": "https://evil.example", **asks})

    assert preflight.headers["access-control-allow-origin"] == SITE
    assert (call.status_code, call.headers["access-control-allow-origin"]) == (401, SITE)
    assert "access-control-allow-credentials" not in {*preflight.headers, *call.headers}
    assert (other.status_code, other.headers.get("access-control-allow-origin")) == (405, None)


def test_the_document_names_every_error_and_loads_nothing_from_elsewhere(bench: Bench) -> None:
    text = bench.client.get("/api/v1/openapi.json").text
    document = json.loads(text)

    assert document["security"] == [{"bearer": []}]
    for operations in document["paths"].values():
        for operation in operations.values():
            assert {"400", "401", "403", "422", "429", "500", "503"} <= operation["responses"].keys()
            assert operation["responses"]["403"]["content"] == {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}
            }
    assert "<script" not in text


def test_an_endpoint_that_names_no_permission_is_none() -> None:
    with pytest.raises(TypeError, match="permission"):
        needs_of(lambda: None)


def test_a_busy_process_answers_503_and_recovers(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, go_on = threading.Event(), threading.Event()

    def hold(_question: str) -> None:
        waiting.set()
        go_on.wait(10)

    bench.engine._before = hold
    gate: Gate = bench.app.routes[0]._app._app.state.gate
    monkeypatch.setattr(gate, "places", Turns(FairShare(room=1, waiting=9), seconds=0.05))
    answers: list[Any] = []
    client = TestClient(bench.app)
    headers = {"Authorization": "Bearer Admin-org-a"}
    first = threading.Thread(
        target=lambda: answers.append(client.post(f"{V1}/answers", json={"question": "x"}, headers=headers))
    )
    first.start()
    waiting.wait(10)
    refused = bench.send("GET", f"{V1}/entries")
    go_on.set()
    first.join()

    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    assert answers[0].status_code == 200
    assert bench.send("GET", f"{V1}/entries").status_code == 200

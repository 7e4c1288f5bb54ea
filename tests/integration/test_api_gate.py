"""Who gets what over the HTTP API, on a real database."""

from collections.abc import Iterator
from typing import Any

import pytest

from core.identity.principal import ROLE_PERMISSIONS, Permission
from core.rate_limits import RateLimiter
from core.storage.database import Database
from tests.api_bench import FILE, ORGS, PEOPLE, Bench, canary

V1 = "/api/v1/orgs/org-a"
NO_RUN = "00000000-0000-4000-8000-000000000000"
UPLOAD = {"files": {"file": ("t.csv", FILE)}}
TABLE = {"files": {"file": ("t.csv", b"question,answer\nImported?,Yes\n")}, "headers": {"If-Match": "*"}}
ENTRY = {"question": "New?", "answer": "Yes"}
ROUTES: list[tuple[str, str, Permission, dict[str, Any]]] = [
    ("GET", "/org/org-a/questions_and_answers", Permission.VIEW, {}),
    ("POST", "/org/org-a/questions_and_answers", Permission.EDIT, {"json": {"questions_and_answers": [ENTRY]}}),
    ("POST", "/org/org-a/test_prompt", Permission.ASK, {"json": {"question": "canary"}}),
    ("POST", f"{V1}/answers", Permission.ASK, {"json": {"question": "canary"}}),
    ("GET", f"{V1}/entries", Permission.VIEW, {}),
    ("POST", f"{V1}/entries", Permission.EDIT, {"json": ENTRY, "headers": {"If-Match": "*"}}),
    ("GET", f"{V1}/entries/1", Permission.VIEW, {}),
    ("PATCH", f"{V1}/entries/1", Permission.EDIT, {"json": {"tags": ["y"]}, "headers": {"If-Match": "*"}}),
    ("DELETE", f"{V1}/entries/1", Permission.EDIT, {"headers": {"If-Match": "*"}}),
    ("POST", f"{V1}/import", Permission.EDIT, TABLE),
    ("GET", f"{V1}/export", Permission.VIEW, {"params": {"format": "csv"}}),
    ("GET", f"{V1}/export/formats", Permission.VIEW, {}),
    ("GET", f"{V1}/revisions", Permission.VIEW, {}),
    ("GET", f"{V1}/revisions/1", Permission.VIEW, {}),
    ("POST", f"{V1}/revisions/1/restore", Permission.EDIT, {"headers": {"If-Match": "*"}}),
    ("GET", f"{V1}/publications/state", Permission.VIEW, {}),
    ("GET", f"{V1}/publications", Permission.VIEW, {}),
    ("POST", f"{V1}/publications/check", Permission.EVALUATE, {"json": {}}),
    ("POST", f"{V1}/publications", Permission.PUBLISH, {"json": {"revision": 1, "live": 0}}),
    ("GET", f"{V1}/runs", Permission.VIEW, {}),
    ("POST", f"{V1}/runs", Permission.EVALUATE, UPLOAD),
    ("GET", f"{V1}/runs/{NO_RUN}", Permission.VIEW, {}),
    ("POST", f"{V1}/runs/{NO_RUN}/cancel", Permission.EVALUATE, {}),
    ("GET", f"{V1}/runs/{NO_RUN}/results", Permission.VIEW, {}),
]


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    bench = Bench(database)
    bench.fill()
    yield bench
    bench.close()


def test_the_matrix_covers_every_operation_of_the_document(bench: Bench) -> None:
    documented = {
        (method.upper(), path.replace("{org_id}", "org-a").replace("{run_id}", NO_RUN).replace("{entry_id}", "1"))
        for path, operations in bench.client.get("/api/v1/openapi.json").json()["paths"].items()
        for method in operations
    }

    assert {(method, path.replace("{number}", "1")) for method, path in documented} == {
        (method, path) for method, path, _, _ in ROUTES
    }


def test_every_role_of_three_organisations_gets_what_it_may_and_nobody_elses_texts(bench: Bench) -> None:
    for method, path, permission, request in ROUTES:
        for name in PEOPLE:
            role, org = name.split("-", 1)
            response = bench.send(method, path, name, **request)

            allowed = org == "org-a" and permission in ROLE_PERMISSIONS[role]
            assert (response.status_code == 403) is not allowed, (method, path, name, response.text)
            if not allowed:
                assert response.headers["content-type"] == "application/problem+json"
                assert canary("org-a") not in response.text
            for other in ("org-b", "org-c"):
                assert canary(other) not in response.text


def test_each_organisation_reads_its_own_texts(bench: Bench) -> None:
    for org in ORGS:
        for path in (f"/org/{org}/questions_and_answers", f"/api/v1/orgs/{org}/entries"):
            text = bench.send("GET", path, f"Member-{org}").text

            assert [canary(one) in text for one in ORGS] == [one == org for one in ORGS]


@pytest.mark.parametrize(("method", "path", "permission", "request_"), ROUTES)
def test_who_is_not_known_learns_nothing(
    bench: Bench, method: str, path: str, permission: Permission, request_: dict[str, Any]
) -> None:
    for token in (None, "nonsense"):
        response = bench.send(method, path, token, **request_)

        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Bearer ")
        assert response.json()["type"] == "urn:problem-type:frontline:unauthenticated"


def test_an_unknown_organisation_reads_as_a_foreign_one(bench: Bench) -> None:
    foreign = bench.send("GET", "/api/v1/orgs/org-b/entries")
    unknown = bench.send("GET", "/api/v1/orgs/no-such-org/entries")

    assert (foreign.status_code, foreign.text) == (unknown.status_code, unknown.text) == (403, unknown.text)


def test_first_401_then_403_then_404_then_what_is_wrong_with_the_request(bench: Bench) -> None:
    path = f"{V1}/entries/999"
    garbage = {"content": b"{", "headers": {"Content-Type": "text/plain"}}

    assert bench.send("PATCH", path, None, **garbage).status_code == 401
    assert bench.send("PATCH", path, "Member-org-a", **garbage).status_code == 403
    assert bench.send("PATCH", path, "Admin-org-a", json={}, headers={"If-Match": "*"}).status_code == 404
    assert bench.send("PATCH", path, "Admin-org-a", **garbage).status_code == 415


def test_a_key_of_one_organisation_does_not_open_another_of_the_same_person(bench: Bench) -> None:
    assert bench.send("GET", f"{V1}/entries", "Owner-org-a").status_code == 200
    assert bench.send("GET", f"{V1}/entries", "only-b").status_code == 403


def test_the_login_cookie_opens_nothing(bench: Bench) -> None:
    for name in ("_streamlit_user", "session", "Authorization"):
        bench.client.cookies.set(name, "Bearer Owner-org-a")

    assert bench.send("GET", f"{V1}/entries", None).status_code == 401


@pytest.mark.parametrize(
    "header", ["Owner-org-a", "Basic Owner-org-a", "Bearer", "Bearer a b", "Bearer é", "Bearer " + "a" * 9000]
)
def test_a_header_that_holds_no_single_token_is_refused(bench: Bench, header: str) -> None:
    response = bench.client.get(f"{V1}/entries", headers={"Authorization": header.encode()})

    assert response.status_code == 401


def test_two_tokens_at_once_are_refused(bench: Bench) -> None:
    headers = [("Authorization", "Bearer Owner-org-a"), ("Authorization", "Bearer Owner-org-b")]

    assert bench.client.get(f"{V1}/entries", headers=headers).status_code == 401


def test_when_nobody_can_confirm_access_the_answer_is_503_with_retry_after(bench: Bench) -> None:
    response = bench.send("GET", f"{V1}/entries", "down")

    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0


def test_with_the_demo_sign_in_the_api_says_what_it_needs_and_its_document_is_there(database: Database) -> None:
    bench = Bench(database, demo=True)

    response = bench.send("GET", f"{V1}/entries")

    assert response.status_code == 401
    assert "PropelAuth" in response.json()["detail"]
    assert bench.client.get("/api/v1/openapi.json").json()["info"]["title"] == "Frontline"
    bench.close()


def test_a_caller_who_asks_too_often_waits_and_others_do_not(database: Database) -> None:
    now = [0.0]
    bench = Bench(database, limiter=RateLimiter(clock=lambda: now[0]))
    statuses = [bench.send("GET", f"{V1}/entries").status_code for _ in range(101)]
    refused = bench.send("GET", f"{V1}/entries")

    assert statuses == [200] * 100 + [429]
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["ratelimit"] == '"ordinary";r=0;t=10'
    assert bench.send("GET", f"{V1}/entries", "Owner-org-a").status_code == 200
    now[0] = 1.0
    assert bench.send("GET", f"{V1}/entries").headers["ratelimit"] == '"ordinary";r=9;t=10'
    bench.close()


def test_who_tries_names_of_organisations_is_slowed_down(database: Database) -> None:
    bench = Bench(database, limiter=RateLimiter(clock=lambda: 0.0))
    statuses = [bench.send("GET", f"/api/v1/orgs/guess-{n}/entries").status_code for n in range(101)]

    assert statuses == [403] * 100 + [429]
    bench.close()

"""The HTTP API of the real server process while PropelAuth hangs: it fails closed soon, and is back soon after."""

import time
from collections.abc import Iterator, Sequence

import pytest

from tests.api_server import CANARY, Api, Call, Ended, api_server, org_with_owner
from tests.propelauth_server import Fault, PropelAuthServer, propelauth_server

REQUESTS = 24
SECONDS = 5.0


@pytest.fixture(scope="module")
def propelauth() -> Iterator[PropelAuthServer]:
    with propelauth_server() as server:
        yield server


@pytest.fixture(scope="module")
def api(propelauth: PropelAuthServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with api_server(propelauth, tmp_path_factory.mktemp("server")) as server:
        yield server


def _calls(propelauth: PropelAuthServer, orgs: Sequence[str]) -> list[Call]:
    """Requests of eight people of two orgs whom the server never asked about, three each."""
    calls = []
    for number in range(8):
        org, role = orgs[number % 2], ("Owner", "Admin", "Member", "Member")[number // 2]
        user = propelauth.user(f"P{number}", {org: role})
        token = propelauth.api_key(user=user) if number % 3 == 2 else propelauth.access_token(user)
        paths = (f"/api/v1/orgs/{org}/entries", f"/api/v1/orgs/{org}/revisions", f"/org/{org}/questions_and_answers")
        calls += [Call("GET", path, token) for path in paths]
    assert len(calls) == REQUESTS
    return calls


def _closed(found: Ended) -> bool:
    """Whether this is the answer to somebody whose access cannot be confirmed, in time, and says nothing more."""
    problem = found.headers["content-type"] == "application/problem+json"
    waits = int(found.headers.get("retry-after", "0")) > 0
    return found.status == 503 and problem and waits and CANARY not in found.text and found.seconds < SECONDS


def test_24_requests_during_a_hang_all_fail_closed_in_time_and_all_succeed_soon_after(
    api: Api, propelauth: PropelAuthServer
) -> None:
    (first, _), (second, _) = (org_with_owner(propelauth, api, name) for name in ("Acme", "Bolt"))
    calls = _calls(propelauth, (first, second))
    propelauth.breaks(Fault.HANG)
    during = api.at_once(calls)
    back = time.monotonic()
    propelauth.mends()
    after = api.at_once(calls)
    while any(found.status != 200 for found in after) and time.monotonic() - back < 3 * SECONDS:
        time.sleep(0.1)
        after = api.at_once(calls)
    recovered = time.monotonic() - back
    print(f"slowest refusal {max(found.seconds for found in during):.2f} s, all back after {recovered:.2f} s")

    assert [found for found in during if not _closed(found)] == []
    assert not any("urn:problem-type:frontline:busy" in found.text for found in during)
    assert [found.status for found in after] == [200] * REQUESTS
    assert recovered < SECONDS
    assert [secret for secret in (CANARY, *(call.token for call in calls)) if secret in api.log.read_text()] == []


def test_a_write_during_a_hang_is_refused_to_somebody_who_was_confirmed_a_moment_ago(
    api: Api, propelauth: PropelAuthServer
) -> None:
    org, token = org_with_owner(propelauth, api, "Cord")
    path = f"/api/v1/orgs/{org}/entries"
    propelauth.breaks(Fault.HANG)
    refused = api.send(Call("POST", path, token, {"question": "Another?", "answer": "No"}))
    propelauth.mends()
    time.sleep(1.1)  # a failure stands for a second

    entries = api.send(Call("GET", path, token))

    assert _closed(refused), refused
    assert CANARY in entries.text
    assert "Another?" not in entries.text

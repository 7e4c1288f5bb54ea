"""The HTTP API of the real server process while PropelAuth hangs: it fails closed soon, and is back soon after."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from core.api.v1.limits import IN_FLIGHT
from tests.conftest import free_port
from tests.propelauth_server import Fault, PropelAuthServer, propelauth_server

ROOT = Path(__file__).resolve().parents[2]
REQUESTS = 24
SECONDS = 5.0
START_SECONDS = 60
CANARY = "the canary of this organisation"


@dataclass(frozen=True)
class Call:
    """A request of somebody, by an access token or an API key."""

    method: str
    path: str
    token: str
    body: object = None


@dataclass(frozen=True)
class Ended:
    status: int
    headers: httpx.Headers
    text: str
    seconds: float


class Api:
    def __init__(self, url: str, log: Path) -> None:
        self.url = url
        self.log = log

    def send(self, call: Call) -> Ended:
        """On a connection of its own."""
        began = time.monotonic()
        headers = {"Authorization": f"Bearer {call.token}"}
        if call.method != "GET":
            headers["If-Match"] = "*"
        with httpx.Client(base_url=self.url, timeout=60, trust_env=False) as client:
            got = client.request(call.method, call.path, headers=headers, json=call.body)
        return Ended(got.status_code, got.headers, got.text, time.monotonic() - began)

    def at_once(self, calls: Sequence[Call]) -> list[Ended]:
        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(self.send, calls))


@pytest.fixture(scope="module")
def propelauth() -> Iterator[PropelAuthServer]:
    with propelauth_server() as server:
        yield server


@pytest.fixture(scope="module")
def api(propelauth: PropelAuthServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """``uvicorn app:app`` with this PropelAuth; its process is ended at the end."""
    port, data_dir = free_port(), tmp_path_factory.mktemp("server")
    others = ("FRONTLINE_", "STREAMLIT_", "PROPELAUTH_", "DATABASE_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    environment |= propelauth.environment(f"http://localhost:{port}")
    environment |= {"FRONTLINE_DATA_DIR": str(data_dir), "HOME": str(data_dir)}
    command = [sys.executable, "-m", "uvicorn", "app:app", "--host", "127.0.0.1", "--port", str(port)]
    log = data_dir / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        _wait(process, port, log)
        yield Api(f"http://localhost:{port}", log)
    finally:
        propelauth.mends()
        process.terminate()
        try:
            process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(f"http://localhost:{port}/_stcore/health", timeout=START_SECONDS, trust_env=False)
            return
        time.sleep(0.05)
    pytest.fail(f"the server did not answer:\n{log.read_text()}")


def _org(propelauth: PropelAuthServer, api: Api, name: str) -> tuple[str, str]:
    """An org with an entry, and the token of its owner."""
    org = propelauth.org(name)
    token = propelauth.access_token(propelauth.user("Owner", {org: "Owner"}))
    entry = {"question": "What is it?", "answer": CANARY}
    made = api.send(Call("POST", f"/api/v1/orgs/{org}/entries", token, entry))
    assert made.status == 201, made.text
    return org, token


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
    (first, _), (second, _) = (_org(propelauth, api, name) for name in ("Acme", "Bolt"))
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
    assert sum("urn:problem-type:frontline:busy" not in found.text for found in during) >= IN_FLIGHT
    assert [found.status for found in after] == [200] * REQUESTS
    assert recovered < SECONDS
    assert [secret for secret in (CANARY, *(call.token for call in calls)) if secret in api.log.read_text()] == []


def test_a_write_during_a_hang_is_refused_to_somebody_who_was_confirmed_a_moment_ago(
    api: Api, propelauth: PropelAuthServer
) -> None:
    org, token = _org(propelauth, api, "Cord")
    path = f"/api/v1/orgs/{org}/entries"
    propelauth.breaks(Fault.HANG)
    refused = api.send(Call("POST", path, token, {"question": "Another?", "answer": "No"}))
    propelauth.mends()
    time.sleep(1.1)  # a failure stands for a second

    entries = api.send(Call("GET", path, token))

    assert _closed(refused), refused
    assert CANARY in entries.text
    assert "Another?" not in entries.text

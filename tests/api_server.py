"""The HTTP API of a real server process, with the stand-in of PropelAuth beside it."""

import contextlib
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.conftest import free_port
from tests.propelauth_server import PropelAuthServer

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60
CANARY = "the canary of this organisation"
_VERIFY = ssl.create_default_context()
"""One for all connections: to make another one for each takes longer than a request."""


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
        with httpx.Client(base_url=self.url, timeout=60, trust_env=False, verify=_VERIFY) as client:
            got = client.request(call.method, call.path, headers=headers, json=call.body)
        return Ended(got.status_code, got.headers, got.text, time.monotonic() - began)

    def at_once(self, calls: Sequence[Call]) -> list[Ended]:
        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(self.send, calls))


@contextlib.contextmanager
def api_server(propelauth: PropelAuthServer, data_dir: Path, more: Mapping[str, str] | None = None) -> Iterator[Api]:
    """``uvicorn app:app`` with this PropelAuth; its process is ended at the end."""
    port = free_port()
    others = ("FRONTLINE_", "STREAMLIT_", "PROPELAUTH_", "DATABASE_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    environment |= propelauth.environment(f"http://localhost:{port}")
    environment |= {"FRONTLINE_DATA_DIR": str(data_dir), "HOME": str(data_dir), **(more or {})}
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


def org_with_owner(propelauth: PropelAuthServer, api: Api, name: str) -> tuple[str, str]:
    """An org with an entry that visitors get, and the token of its owner."""
    org = propelauth.org(name)
    token = propelauth.access_token(propelauth.user("Owner", {org: "Owner"}))
    entry = {"question": "What is it?", "answer": CANARY}
    made = api.send(Call("POST", f"/api/v1/orgs/{org}/entries", token, entry))
    assert made.status == 201, made.text
    live = api.send(Call("POST", f"/api/v1/orgs/{org}/publications", token, {"revision": 1, "live": 0}))
    assert live.status == 201, live.text
    return org, token

"""A database that dies, hangs and returns, as ``/ready`` tells it."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.api import watching
from core.bootstrap import Frontline
from core.settings import Settings
from tests.tutorial import build

PATIENCE_SECONDS = 60


class Proxy:
    """Stands between Frontline and PostgreSQL, and can hang or refuse."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.passes = threading.Event()
        self.passes.set()
        self.refuses = False
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def dies(self) -> None:
        self.refuses = True
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.passes.set()
        self.dies()
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                if self.refuses:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self._to))
                self._open += [client, server]
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                self.passes.wait()
                target.sendall(data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def proxy(migrated_postgresql_url: str) -> Iterator[Proxy]:
    proxy = Proxy(sa.engine.make_url(migrated_postgresql_url).port or 0)
    yield proxy
    proxy.close()


@contextlib.contextmanager
def started(folder: Path, url: str) -> Iterator[tuple[Frontline, TestClient]]:
    frontline = build(Settings(data_dir=folder, database_url=url))
    frontline.start()
    try:
        yield frontline, TestClient(Starlette(routes=watching.routes(frontline.readiness)))
    finally:
        frontline.stop()


def until(client: TestClient, right: Callable[[int, dict[str, str]], bool]) -> dict[str, str]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        response = client.get("/ready")
        if right(response.status_code, response.json()):
            found: dict[str, str] = response.json()
            return found
        time.sleep(0.1)
    pytest.fail(f"it stayed at {response.status_code} {response.json()}")


def is_ready(status: int, said: dict[str, str]) -> bool:
    return status == 200 and said["status"] == "ready"


@pytest.mark.postgresql
@pytest.mark.parametrize("how", ["dies", "hangs"])
def test_a_dead_database_is_told_and_its_return_too(
    proxy: Proxy, migrated_postgresql_url: str, tmp_path: Path, how: str
) -> None:
    url = sa.engine.make_url(migrated_postgresql_url).set(port=proxy.port).render_as_string(hide_password=False)
    with started(tmp_path, url) as (_, client):
        until(client, is_ready)
        if how == "dies":
            proxy.dies()
        else:
            proxy.passes.clear()
        gone = until(client, lambda status, said: status == 503 and said["database"] != "ok")
        assert client.get("/live").json() == {"status": "live"}
        proxy.refuses = False
        proxy.passes.set()
        until(client, is_ready)

    assert gone["status"] == "not ready"
    assert gone["database"] == ("cannot be used" if how == "dies" else "no answer")


def test_a_file_that_is_gone_is_told_and_its_return_too(tmp_path: Path) -> None:
    file, elsewhere = tmp_path / "test.db", tmp_path / "elsewhere.db"
    with started(tmp_path, f"sqlite:///{file}") as (_, client):
        until(client, is_ready)
        file.rename(elsewhere)
        gone = until(client, lambda status, _: status == 503)
        elsewhere.rename(file)
        until(client, is_ready)

    assert gone["database"] == "cannot be used"


def test_a_process_that_takes_no_runs_is_not_ready(tmp_path: Path) -> None:
    frontline = build(Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'test.db'}"))

    state = asyncio.run(frontline.readiness.state())
    frontline.stop()

    assert not state.is_ready
    assert state.parts["queue"] == "not running"


def test_missing_weights_are_told_unless_a_model_server_decides(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'test.db'}", model_dir=tmp_path)
    frontline = build(settings)

    state = asyncio.run(frontline.readiness.state())
    frontline.stop()

    assert state.parts["engine"] == "not installed"

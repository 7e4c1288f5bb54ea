"""What all tests share: real databases, and a clear word when a part of the machine is missing."""

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings

from core.engines.semantic.engine import SemanticEngine
from core.questions.entry import Entry, Published
from core.storage.database import Database
from core.storage.migrate import migrate

# A busy machine is no reason to fail: what is tested is what comes out, never how fast.
settings.register_profile("frontline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("frontline")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast ones first: a mistake shows before the browsers start."""
    items.sort(key=lambda item: (bool(item.get_closest_marker("browser")), "integration" in item.path.parts))


def missing(part: str) -> None:
    """Skip in words on a developer's machine; fail in CI, where nothing may be left out."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{part} is missing, and CI may not skip a check")
    pytest.skip(f"{part} is not installed here")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def postgresql_programs() -> Path | None:
    found = shutil.which("pg_ctl")
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), reverse=True)
    candidates = [*places, *([Path(found)] if found else [])]
    return next((place.resolve().parent for place in candidates if place.exists()), None)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL, without a database name, of a PostgreSQL server that lives as long as the tests."""
    programs = postgresql_programs()
    if programs is None:
        missing("PostgreSQL")
        return
    folder = Path(tempfile.mkdtemp(prefix="frontline-postgresql-"))
    user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    if user:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
    data, port = folder / "data", free_port()

    def run(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **user)

    run(str(programs / "initdb"), "-D", str(data), "-U", "frontline", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    run(str(programs / "pg_ctl"), "-D", str(data), "-o", options, "-w", "-l", str(folder / "log"), "start")
    try:
        yield f"postgresql+psycopg://frontline@127.0.0.1:{port}"
    finally:
        run(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """A fresh database on the PostgreSQL server, for an ordinary role that owns it: superusers pass every wall."""
    name = f"test_{uuid.uuid4().hex}"
    admin = sa.create_engine(f"{postgresql_server}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE ROLE {name} LOGIN NOSUPERUSER NOBYPASSRLS"))
        connection.execute(sa.text(f"CREATE DATABASE {name} OWNER {name}"))
    yield postgresql_server.replace("//frontline@", f"//{name}@") + f"/{name}"
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        connection.execute(sa.text(f"DROP ROLE {name}"))
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, empty database: each test that asks for one runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database."""
    database = Database(database_url)
    migrate(database)
    yield database
    database.close()


@pytest.fixture(scope="session")
def prepared_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the embedded engine's prepared model, made once for all tests that ask it."""
    folder = tmp_path_factory.mktemp("model")
    entries = (Entry(id=1, question="Where are you?", answer="Here"),)
    SemanticEngine(folder).prepare(Published(org_id="any", revision=1, entries=entries))
    return folder

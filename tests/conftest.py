"""What all tests share: real databases, and a clear word when a part of the machine is missing."""

import contextlib
import fcntl
import functools
import gc
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Generator, Iterator
from pathlib import Path
from types import ModuleType

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from core.engines.semantic import languages, multilingual, readers
from core.engines.semantic.engine import SemanticEngine
from core.questions.entry import Entry, Published
from core.storage.database import Database
from core.storage.migrate import migrate

# The workers, and each server and command that tests start, would compile all code anew where this is switched off.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


INSTALL = "The tests need more packages than Frontline does: .venv/bin/pip install -r tests/requirements.txt"
KEPT = Path(__file__).resolve().parents[1] / ".data" / "tests"
"""What is made once and used by all later runs too."""
LOADING = ("Where is my parcel?", "Wo ist mein Paket?")
"""Questions that load one of the embedded engine's two models each."""
SHARED: dict[ModuleType, tuple[str, ...]] = {
    readers: ("Encoder",),
    languages: ("read_identifier",),
    multilingual: ("Encoder", "read_pieces", "unigram_tokenizer"),
}
"""What the embedded engines of a process share in the tests: ``models_loaded_once``."""
MEMORY_NEEDED = 4 * 2**30
"""Bytes of a folder in memory; what two workers and their servers keep at a time is far below it."""


def memory_folder() -> Path | None:
    """A folder in memory with room for what the tests write, where the system has one that lets programs run."""
    folder = Path("/dev/shm")  # noqa: S108 - as in any temporary folder, what is made in it has a name of its own
    if not (folder.is_dir() and os.access(folder, os.W_OK)) or os.statvfs(folder).f_flag & os.ST_NOEXEC:
        return None
    return folder if shutil.disk_usage(folder).free > MEMORY_NEEDED else None


# Tens of thousands of transactions would wait for the disk, and no test looks at what stays after a power cut.
if "TMPDIR" not in os.environ and (folder := memory_folder()):
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


def pytest_configure() -> None:
    """A busy machine is no reason to fail: what is tested is what comes out, never how fast."""
    try:
        from hypothesis import HealthCheck, settings
    except ModuleNotFoundError:
        raise pytest.UsageError(INSTALL) from None
    settings.register_profile("frontline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("frontline")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Nothing that is collected is ever garbage, and looking through all of it again and again takes seconds."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
        gc.collect()  # how much is kept decides when Python next looks through all of it: from here on, little


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast ones first: a mistake shows before the browsers start. Of those, long files first, so that no worker is
    left alone with one at the end."""

    def place(item: pytest.Item) -> tuple[bool, bool, int]:
        browser = "browser" in item.path.parts  # its event loop would stand in the way of those that follow
        return browser, "integration" in item.path.parts, -item.path.stat().st_size if browser else 0

    items.sort(key=place)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the one file that takes seconds to collect, where its tests would all be deselected anyway."""
    long = collection_path.name == "test_api_document_long.py"
    return True if long and config.getoption("markexpr") == "not slow" else None


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


class PostgresqlServer:
    """A PostgreSQL server in a folder, which can be stopped and started again at the same port."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder, self._port = programs, folder, free_port()
        self._user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
        if self._user:  # PostgreSQL refuses to run as root
            shutil.chown(folder, "postgres", "postgres")
        self._run("initdb", "-U", "frontline", "-A", "trust", "-E", "UTF8", "--no-sync")

    @property
    def url(self) -> str:
        """Its URL, without a database name."""
        return f"postgresql+psycopg://frontline@127.0.0.1:{self._port}"

    def start(self) -> None:
        """Answers when this returns."""
        places = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"
        options = f"-p {self._port} {places} -c fsync=off"
        self._run("pg_ctl", "-o", options, "-w", "-l", str(self._folder / "log"), "start")

    def stop(self) -> None:
        """End it with all connections, as a crash would."""
        self._run("pg_ctl", "-m", "immediate", "-w", "stop")

    def _run(self, program: str, *options: str) -> None:
        command = [str(self._programs / program), "-D", str(self._folder / "data"), *options]
        subprocess.run(command, check=True, capture_output=True, cwd=self._folder, **self._user)


@contextlib.contextmanager
def running_postgresql() -> Iterator[PostgresqlServer]:
    """A server that runs inside this block, unless the block stops it."""
    programs = postgresql_programs()
    if programs is None:
        missing("PostgreSQL")
        return
    folder = Path(tempfile.mkdtemp(prefix="frontline-postgresql-"))
    server = PostgresqlServer(programs, folder)
    server.start()
    try:
        yield server
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):  # stopped already
            server.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL, without a database name, of a PostgreSQL server that lives as long as the tests."""
    with running_postgresql() as server:
        yield server.url


@pytest.fixture(scope="session")
def postgresql_role(postgresql_server: str) -> str:
    """An ordinary role that owns the tests' databases: superusers pass every wall."""
    _administer(postgresql_server, "CREATE ROLE ordinary LOGIN NOSUPERUSER NOBYPASSRLS")
    return "ordinary"


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: str, postgresql_role: str) -> str:
    """The name of a migrated database that others are copied from: that takes a tenth of migrating each."""
    name = "migrated"
    _administer(postgresql_server, f"CREATE DATABASE {name} OWNER {postgresql_role}")
    _migrate(_postgresql(postgresql_server, postgresql_role, name))
    return name


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file that others are copied from."""
    path = tmp_path_factory.mktemp("migrated") / "migrated.db"
    _migrate(f"sqlite:///{path}")
    return path


def _migrate(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.close()


def _postgresql(server: str, role: str, name: str) -> str:
    return server.replace("//frontline@", f"//{role}@") + f"/{name}"


def _administer(server: str, statement: str) -> None:
    admin = sa.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.execute(sa.text(statement))


@contextlib.contextmanager
def _postgresql_database(server: str, role: str, template: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    _administer(server, f"CREATE DATABASE {name} OWNER {role} TEMPLATE {template}")
    yield _postgresql(server, role, name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgresql_url(postgresql_server: str, postgresql_role: str) -> Iterator[str]:
    """A fresh, empty database on the PostgreSQL server, for an ordinary role that owns it."""
    with _postgresql_database(postgresql_server, postgresql_role, "template1") as url:
        yield url


@pytest.fixture
def migrated_postgresql_url(postgresql_server: str, postgresql_role: str, migrated_postgresql: str) -> Iterator[str]:
    """The same, migrated."""
    with _postgresql_database(postgresql_server, postgresql_role, migrated_postgresql) as url:
        yield url


BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, empty database: each test that asks for one runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


LONG_ON_POSTGRESQL = pytest.mark.parametrize(
    "migrated_url",
    ["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.slow])],
    indirect=True,
)
"""For a long test whose part that differs between the two is shown by shorter ones."""


@pytest.fixture(params=BOTH)
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database with every table and no row, on SQLite and on PostgreSQL: what most tests need."""
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "test.db")
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("migrated_postgresql_url")
    return url


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    """A migrated database."""
    database = Database(migrated_url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def prepared_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the embedded engine makes at its first starts: its prepared models, which are kept beside the
    repository's other data, and the centres of their vectors."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "making.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several workers one makes it
        engine = SemanticEngine(KEPT)
        for text in LOADING:
            engine.prepare(Published(org_id=text, revision=1, entries=(Entry(id=1, question=text, answer="-"),)))
    folder = tmp_path_factory.mktemp("model")
    for file in KEPT.glob("*.onnx"):
        (folder / file.name).symlink_to(file)
    with (
        contextlib.closing(sqlite3.connect(KEPT / readers.STORE_NAME)) as kept,
        contextlib.closing(sqlite3.connect(folder / readers.STORE_NAME)) as own,
    ):
        kept.backup(own)  # another worker may write to it just now
    return folder


def put_model(prepared_model: Path, data_dir: Path) -> None:
    """Spare whoever starts with this data folder the seconds in which the embedded engine is prepared."""
    for file in prepared_model.glob("*.onnx"):
        (data_dir / file.name).symlink_to(file.resolve())
    shutil.copy(prepared_model / readers.STORE_NAME, data_dir)


@pytest.fixture(scope="session", autouse=True)
def models_loaded_once() -> Iterator[None]:
    """All built-in engines of this process share what reads texts and what tells their language. Both keep nothing of
    what they read, and loading them takes longer than most tests. A model's file is still read and checked for each."""
    with pytest.MonkeyPatch.context() as patch:
        for room, names in SHARED.items():
            for name in names:
                patch.setattr(room, name, functools.cache(getattr(room, name)))
        yield


@pytest.fixture(scope="session", autouse=True)
def migrations_read_once() -> Iterator[None]:
    """Each start looks whether migrations are missing, and reads the files of all of them for that. They do not change
    while the tests run."""
    read = functools.cache(ScriptDirectory)

    def from_config(config: Config) -> ScriptDirectory:
        return read(str(config.get_main_option("script_location")))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScriptDirectory, "from_config", from_config)
        yield

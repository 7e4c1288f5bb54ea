"""Connections to SQLite or PostgreSQL, set so that no acknowledged write is lost."""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.errors import ConfigurationError, StorageUnavailable
from core.local_secret import folder_to_write
from core.storage.row_level_security import EVERY_ORG, ORG_ID
from core.storage.unavailable import as_unavailable

log = logging.getLogger(__name__)

UNREADABLE = (
    "DATABASE_URL cannot be read. It is like postgresql://user:password@host:5432/name; in user and password, signs "
    "such as @ : / and spaces are written as %40 %3A %2F %20."
)
_WRITE = "frontline_write"
SQLITE_WAIT_SECONDS = 30
# A server that a broken network hides is given up after about so long; libpq's own patience is a quarter of an hour.
_POSTGRESQL_NETWORK = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 20_000,  # milliseconds
}
# Local to the transaction: a setting of the session would go on to whoever gets the pooled connection next.
_REACH = sa.text("SELECT set_config(:name, :value, true)")


class Database:
    """One database; ``read()`` and ``write()`` give a connection in a transaction.

    Both raise StorageUnavailable where the database cannot be used now; then nothing of the transaction is saved.

    Its errors and logs hold statements without the values, which are people's texts; only what PostgreSQL itself says
    about a row that breaks a constraint may quote that row.
    """

    def __init__(self, url: str) -> None:
        """Raises ConfigurationError for what is no URL of a database."""
        logging.getLogger("sqlalchemy.engine.Engine").addFilter(_is_no_row)
        self.url = url
        try:
            parsed = sa.engine.make_url(url)
        except (ValueError, sa.exc.ArgumentError):  # their words could quote the password
            raise ConfigurationError(UNREADABLE) from None
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            if parsed.database and not parsed.database.startswith((":memory:", "file:")):
                own_file(Path(parsed.database))
            self.engine = _sqlite_engine(url)
        else:
            self.engine = sa.create_engine(
                url,
                pool_pre_ping=True,
                pool_size=10,
                max_overflow=10,
                hide_parameters=True,
                connect_args=network_options(parsed),
            )

    @contextmanager
    def read(self, org_id: str | None = None, *, every_org: bool = False) -> Iterator[sa.Connection]:
        """A transaction that reads the rows of this org; on SQLite it does not wait for writers longer than it must.

        Without an org it sees only tables that belong to none; with ``every_org``, for work that no person asked for,
        the rows of all. PostgreSQL holds that too, behind the condition on the org that every query has (see
        ``row_level_security``).
        """
        with as_unavailable(), self.engine.connect() as connection, connection.begin():
            self._reach(connection, org_id, every_org)
            yield connection

    @contextmanager
    def read_moment(self) -> Iterator[sa.Connection]:
        """On PostgreSQL, a transaction that sees all rows of all orgs as at its begin; it keeps no one waiting."""
        with as_unavailable(), self.engine.connect() as plain:
            connection = plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                self._reach(connection, None, every_org=True)
                yield connection

    @contextmanager
    def write(self, org_id: str | None = None, *, every_org: bool = False) -> Iterator[sa.Connection]:
        """A transaction that reads and writes the rows of this org, as ``read``. Call no model, parse no file inside.

        On SQLite it takes the write lock at its begin: a transaction that reads first and asks for the lock later would
        overwrite what was saved in between.
        """
        with as_unavailable(), self.engine.connect() as plain:
            connection = plain.execution_options(**{_WRITE: True})
            with connection.begin():
                self._reach(connection, org_id, every_org)
                yield connection

    def ignores_row_level_security(self) -> bool:
        """Whether the database would let this connection past the wall between orgs: superusers pass every wall."""
        if self.is_sqlite:
            return False
        role = sa.text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        with self.read() as connection:
            return bool(connection.execute(role).scalar_one())

    def _reach(self, connection: sa.Connection, org_id: str | None, every_org: bool) -> None:
        """Tell PostgreSQL, until the end of this transaction, whose rows it may touch."""
        if self.is_sqlite:
            return
        if every_org:
            connection.execute(_REACH, {"name": EVERY_ORG, "value": "on"})
        elif org_id is not None:
            connection.execute(_REACH, {"name": ORG_ID, "value": org_id})

    @contextmanager
    def opening(self) -> Iterator[None]:
        """What keeps the database from being used at a start becomes ConfigurationError, for who runs Frontline.

        Its words say which database, what is wrong and what to do, and hold no password.
        """
        try:
            yield
        except StorageUnavailable as error:
            place = self.engine.url.database if self.is_sqlite else self.engine.url.render_as_string(hide_password=True)
            raise ConfigurationError(
                f"Frontline cannot use its database {place} (“{error.detail}”). {error.remedy} "
                "Check DATABASE_URL, or FRONTLINE_DATA_DIR without it."
            ) from None

    def close(self) -> None:
        """Close every connection: pooled ones now, those in use when they are given back."""
        close_connections(self.engine)


def close_connections(engine: sa.Engine) -> None:
    """Close the connections of an engine that is not needed any more.

    A thread that still works gives its connection back to a pool that nobody empties again: it is closed then.
    """

    @sa.event.listens_for(engine, "checkin")
    def _close(_connection: object, record: sa.pool.ConnectionPoolEntry) -> None:
        record.invalidate()

    engine.dispose()


def network_options(url: sa.URL) -> dict[str, int]:
    """How long PostgreSQL's client waits for a server that is not there any more, where the URL does not say."""
    return {name: value for name, value in _POSTGRESQL_NETWORK.items() if name not in url.query}


class SqlStore:
    """Base of the stores, which promise what their protocols say and repeat none of it here."""

    def __init__(self, database: Database) -> None:
        self._database = database


def insert_into(table: sa.Table, dialect: sa.Dialect) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say what becomes of a row that is there already; each database has its own."""
    return sqlite.insert(table) if dialect.name == "sqlite" else postgresql.insert(table)


def own_file(path: Path) -> None:
    """Let only its owner read and write this file of SQLite, which is made, with its folder, when it is not there.

    What SQLite keeps beside it (``-wal``, ``-shm``, ``-journal``) is made with the same rights. A file of another user
    is left as it is. Raises ConfigurationError when the folder or the file cannot be written to.
    """
    folder_to_write(path.parent, named_by="DATABASE_URL or FRONTLINE_DATA_DIR")
    try:
        if not path.exists():
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        elif path.is_file() and path.stat().st_uid == os.geteuid() and path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        reason = error.strerror or error
        raise ConfigurationError(f"{path} cannot be written ({reason}), and Frontline needs it.") from None


def _is_no_row(record: logging.LogRecord) -> bool:
    """Keeps every row that was read out of a log at DEBUG: ``hide_parameters`` hides only what is sent."""
    return not str(record.msg).startswith("Row ")


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite may use a write-ahead log.

    Releases 3.7.0 to 3.51.2 can corrupt it when two connections write or checkpoint at once; mended in 3.51.3, and
    in 3.50.7 of the older line (https://sqlite.org/wal.html).
    """
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51, 0)


def _sqlite_engine(url: str) -> sa.Engine:
    engine = sa.create_engine(url, connect_args={"timeout": SQLITE_WAIT_SECONDS}, hide_parameters=True)
    journal = "WAL" if wal_is_safe(sqlite3.sqlite_version_info) else "DELETE"
    if journal == "DELETE":
        log.info("SQLite %s: no write-ahead log, since this release can damage it", sqlite3.sqlite_version)

    @sa.event.listens_for(engine, "connect")
    def _settings(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy's own BEGIN, below, decides the kind of transaction
        for pragma in ("foreign_keys=ON", f"journal_mode={journal}", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get(_WRITE)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine

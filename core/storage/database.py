"""Connections to SQLite or PostgreSQL, set so that no acknowledged write is lost."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

log = logging.getLogger(__name__)

_WRITE = "frontline_write"
SQLITE_WAIT_SECONDS = 30


class Database:
    """One database; ``read()`` and ``write()`` give a connection in a transaction."""

    def __init__(self, url: str) -> None:
        self.url = url
        parsed = sa.engine.make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            if parsed.database and parsed.database != ":memory:":
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            self.engine = _sqlite_engine(url)
        else:
            self.engine = sa.create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=10)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A transaction that reads; on SQLite it does not wait for writers longer than it must."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that writes. Call no model and parse no file inside it.

        On SQLite it takes the write lock at its begin: a transaction that reads first and asks for the lock later would
        overwrite what was saved in between.
        """
        with self.engine.connect() as plain:
            connection = plain.execution_options(**{_WRITE: True})
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite may use a write-ahead log.

    Releases 3.7.0 to 3.51.2 can corrupt it when two connections write or checkpoint at once; mended in 3.51.3, and
    in 3.50.7 of the older line (https://sqlite.org/wal.html).
    """
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51, 0)


def _sqlite_engine(url: str) -> sa.Engine:
    engine = sa.create_engine(url, connect_args={"timeout": SQLITE_WAIT_SECONDS})
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

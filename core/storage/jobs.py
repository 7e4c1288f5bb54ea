"""Where durable runs keep their queue, which process may work, and which are alive."""

import fcntl
import os
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from core.errors import ConfigurationError
from core.runs.jobs import Jobs, QueuePlace
from core.settings import sqlite_url
from core.storage.database import Database, SqlStore, close_connections, network_options, own_file, wal_is_safe
from core.storage.tables import executors

QUEUE_CONNECTIONS = 5
"""Kept open to PostgreSQL for the queue, beside those of the pages."""


class SqlJobs(SqlStore, Jobs):
    """The queue's place and the executors of a database.

    On SQLite one process at a time works on a database file: it holds a lock on a file beside it, which the operating
    system releases when the process ends, however it ends.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._file = Path(database.engine.url.database or "frontline.db")
        self._lock: int | None = None
        self._engine: sa.Engine | None = None

    @property
    def shared(self) -> bool:
        return not self._database.is_sqlite

    def own(self) -> bool:
        """Whether this process may work: always on PostgreSQL, else when no other process works on the file.

        Raises ConfigurationError when the lock cannot be written.
        """
        if self.shared or self._lock is not None:
            return True
        lock = self._file.with_name(f"{self._file.name}.lock")
        try:
            opened = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ConfigurationError(f"{lock} cannot be written ({error.strerror}), and Frontline needs it.") from None
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(opened)
            return False
        self._lock = opened
        return True

    def place(self) -> QueuePlace:
        """A file ``jobs.db`` beside SQLite's, or connections to the PostgreSQL database itself."""
        if self.shared:
            if self._engine is None:
                self._engine = sa.create_engine(
                    self._database.url,
                    pool_pre_ping=True,
                    pool_size=QUEUE_CONNECTIONS,
                    max_overflow=2 * QUEUE_CONNECTIONS,
                    hide_parameters=True,
                    connect_args=network_options(self._database.engine.url),
                )
            # Only a name for the logs: the connections come from the engine.
            return QueuePlace("postgresql://the/database", self._engine)
        file = self._file.with_name("jobs.db" if self._file.name == "frontline.db" else f"{self._file.stem}-jobs.db")
        own_file(file)
        with sqlite3.connect(file) as connection:  # SQLite keeps the mode in the file
            connection.execute(f"PRAGMA journal_mode={'WAL' if wal_is_safe(sqlite3.sqlite_version_info) else 'DELETE'}")
        connection.close()
        return QueuePlace(sqlite_url(file))

    def beat(self, executor_id: str) -> bool:
        this = executors.c.executor_id == executor_id
        with self._database.write() as connection:
            if connection.execute(sa.update(executors).where(this).values(seen_at=sa.func.now())).rowcount:
                return True
            connection.execute(sa.insert(executors).values(executor_id=executor_id, seen_at=sa.func.now()))
            return False

    def take_over(self, executor_id: str, silent_seconds: float, take: Callable[[str], None]) -> int:
        """Call ``take`` with each other executor that was silent so long, and forget it after; how many those were.

        The row of each stays locked meanwhile, so exactly one of several survivors gets it; when that one dies too,
        the next does it again.
        """
        silent = executors.c.seen_at < sa.func.now() - timedelta(seconds=silent_seconds)
        dead = sa.select(executors.c.executor_id).where(silent, executors.c.executor_id != executor_id)
        with self._database.write() as connection:
            found = list(connection.execute(dead.with_for_update(skip_locked=True)).scalars())
            for one in found:
                take(one)
                connection.execute(sa.delete(executors).where(executors.c.executor_id == one))
        return len(found)

    def give_back(self, executor_id: str) -> None:
        long_ago = sa.func.now() - timedelta(days=1)
        with self._database.write() as connection:
            connection.execute(
                sa.update(executors).where(executors.c.executor_id == executor_id).values(seen_at=long_ago)
            )

    def close(self) -> None:
        if self._engine is not None:
            close_connections(self._engine)
            self._engine = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

"""Tells a database that cannot be used now from a mistake of ours, and says what is wrong in plain words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

import sqlalchemy as sa

from core.errors import StorageUnavailable


class StorageFault(Enum):
    """What keeps a database from being used: the words for people at a page, and what its keeper has to do."""

    FULL = (
        "The disk is full, so nothing was saved. Tell the person who runs Frontline, and try again when there is room.",
        "The disk is full: free some space.",
    )
    READ_ONLY = (
        "Frontline may not write to its database, so nothing was saved. Tell the person who runs Frontline.",
        "Frontline may not write to it: let it write to the file and to its folder.",
    )
    DAMAGED = (
        "Frontline’s database is damaged. Tell the person who runs Frontline: a backup has to be put back.",
        "It is damaged or is no such database: put a backup back, or name another one.",
    )
    BUSY = (
        "Frontline’s database is busy. Please try again in a moment.",
        "It is busy: try again when whatever else works on it has ended.",
    )
    AWAY = (
        "Frontline cannot reach its database. Please try again in a moment; if it lasts, tell the person who runs "
        "Frontline.",
        "It cannot be opened: make sure that it is there and lets Frontline in.",
    )

    def __init__(self, words: str, remedy: str) -> None:
        self.words = words
        self.remedy = remedy

    @property
    def passes(self) -> bool:
        """Whether it may end by itself."""
        return self in (StorageFault.BUSY, StorageFault.AWAY)


# By SQLite's primary result codes (https://sqlite.org/rescode.html).
_SQLITE = {
    sqlite3.SQLITE_PERM: StorageFault.READ_ONLY,
    sqlite3.SQLITE_BUSY: StorageFault.BUSY,
    sqlite3.SQLITE_LOCKED: StorageFault.BUSY,
    sqlite3.SQLITE_READONLY: StorageFault.READ_ONLY,
    sqlite3.SQLITE_IOERR: StorageFault.AWAY,
    sqlite3.SQLITE_CORRUPT: StorageFault.DAMAGED,
    sqlite3.SQLITE_FULL: StorageFault.FULL,
    sqlite3.SQLITE_CANTOPEN: StorageFault.AWAY,
    sqlite3.SQLITE_NOTADB: StorageFault.DAMAGED,
}

# By the beginning of PostgreSQL's SQLSTATE, the longest first (https://www.postgresql.org/docs/current/errcodes-appendix.html).
_POSTGRESQL = {
    "25006": StorageFault.READ_ONLY,
    "53100": StorageFault.FULL,
    "55P03": StorageFault.BUSY,
    "57P": StorageFault.AWAY,
    "08": StorageFault.AWAY,
    "28": StorageFault.AWAY,
    "3D": StorageFault.AWAY,
    "53": StorageFault.BUSY,
    "58": StorageFault.AWAY,
    "XX001": StorageFault.DAMAGED,
    "XX002": StorageFault.DAMAGED,
}


def trouble(error: BaseException) -> StorageFault | None:
    """What keeps the database from being used; None for any other error, such as a statement that is wrong."""
    if isinstance(error, sa.exc.TimeoutError):  # no connection of the pool got free
        return StorageFault.BUSY
    if not isinstance(error, sa.exc.DBAPIError):
        return None
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE.get(code & 0xFF)
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # the server did not answer at all
        return StorageFault.AWAY if isinstance(error, sa.exc.OperationalError) or error.connection_invalidated else None
    return next((found for begin, found in _POSTGRESQL.items() if state.startswith(begin)), None)


@contextmanager
def as_unavailable() -> Iterator[None]:
    """Inside, an error of a database that cannot be used now becomes StorageUnavailable; all others stay."""
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        found = trouble(error)
        if found is None:
            raise
        said = str(getattr(error, "orig", None) or error)
        detail = " ".join(said.split())
        raise StorageUnavailable(found.words, remedy=found.remedy, detail=detail, passes=found.passes) from error

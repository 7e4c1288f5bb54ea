"""Remembers over restarts that the sign-in service gives people Frontline's permissions, not just roles."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.storage.database import Database
from core.storage.tables import installation

_NAME, _VALUE = "permissions", "seen"


class SqlPermissionsSeen:
    """One fact of the installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_known(self) -> bool:
        """Whether anybody was ever seen with one of Frontline's permissions."""
        query = sa.select(sa.exists().where(installation.c.name == _NAME))
        with self._database.read() as connection:
            return bool(connection.execute(query).scalar_one())

    def note(self) -> None:
        """Somebody was seen with one."""
        insert: sqlite.Insert | postgresql.Insert
        insert = (sqlite if self._database.is_sqlite else postgresql).insert(installation)
        with self._database.write() as connection:
            connection.execute(insert.values(name=_NAME, value=_VALUE).on_conflict_do_nothing())

"""Remembers over restarts that the sign-in service gives people Frontline's permissions, not just roles."""

import sqlalchemy as sa

from core.identity.propelauth.directory import SetUp
from core.storage.database import SqlStore, insert_into
from core.storage.tables import installation

_NAME, _VALUE = "permissions", "seen"


class SqlPermissionsSeen(SqlStore, SetUp):
    """One fact of the installation."""

    def is_known(self) -> bool:
        query = sa.select(sa.exists().where(installation.c.name == _NAME))
        with self._database.read() as connection:
            return bool(connection.execute(query).scalar_one())

    def note(self) -> None:
        with self._database.write() as connection:
            new = insert_into(installation, connection.dialect).values(name=_NAME, value=_VALUE)
            connection.execute(new.on_conflict_do_nothing())

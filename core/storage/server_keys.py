"""Sealed keys of model servers in SQL."""

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.servers.keys import SealedKey
from core.storage.database import Database
from core.storage.tables import server_keys


class SqlServerKeys:
    """One sealed key for an org and an address."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def key(self, org_id: str, address: str) -> SealedKey | None:
        """The org's key for this address."""
        columns = server_keys.c
        query = sa.select(columns.sealed, columns.author_id, columns.author, columns.at).where(
            columns.org_id == org_id, columns.address == address
        )
        with self._database.read(org_id) as connection:
            row = connection.execute(query).mappings().one_or_none()
        return SealedKey(**row) if row else None

    def keep(self, org_id: str, address: str, key: SealedKey) -> None:
        """Keep a key, in place of an older one."""
        values = asdict(key)
        with self._database.write(org_id) as connection:
            insert: sqlite.Insert | postgresql.Insert
            insert = (
                sqlite.insert(server_keys) if connection.dialect.name == "sqlite" else postgresql.insert(server_keys)
            )
            connection.execute(
                insert.values(org_id=org_id, address=address, **values).on_conflict_do_update(
                    index_elements=["org_id", "address"], set_=values
                )
            )

    def forget(self, org_id: str, address: str) -> None:
        """Delete the org's key for this address, if there is one."""
        with self._database.write(org_id) as connection:
            connection.execute(
                sa.delete(server_keys).where(server_keys.c.org_id == org_id, server_keys.c.address == address)
            )

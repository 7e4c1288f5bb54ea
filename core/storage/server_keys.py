"""Sealed keys of model servers in SQL."""

from dataclasses import asdict

import sqlalchemy as sa

from core.servers.keys import KeyStore, SealedKey
from core.storage.database import SqlStore, insert_into
from core.storage.tables import server_keys


class SqlServerKeys(SqlStore, KeyStore):
    """One sealed key for an org and an address."""

    def key(self, org_id: str, address: str) -> SealedKey | None:
        columns = server_keys.c
        query = sa.select(columns.sealed, columns.author_id, columns.author, columns.at).where(
            columns.org_id == org_id, columns.address == address
        )
        with self._database.read(org_id) as connection:
            row = connection.execute(query).mappings().one_or_none()
        return SealedKey(**row) if row else None

    def keep(self, org_id: str, address: str, key: SealedKey) -> None:
        values = asdict(key)
        with self._database.write(org_id) as connection:
            insert = insert_into(server_keys, connection.dialect).values(org_id=org_id, address=address, **values)
            connection.execute(insert.on_conflict_do_update(index_elements=["org_id", "address"], set_=values))

    def forget(self, org_id: str, address: str) -> None:
        with self._database.write(org_id) as connection:
            connection.execute(
                sa.delete(server_keys).where(server_keys.c.org_id == org_id, server_keys.c.address == address)
            )

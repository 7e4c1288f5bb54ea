"""Which findings about a table are ignored, in SQL."""

from datetime import datetime

import sqlalchemy as sa

from core.health.store import IgnoredStore
from core.storage.database import SqlStore
from core.storage.tables import ignored_findings


class SqlIgnoredFindings(SqlStore, IgnoredStore):
    """Those of all orgs; every method works on one."""

    def ignored(self, org_id: str) -> frozenset[str]:
        query = sa.select(ignored_findings.c.key).where(ignored_findings.c.org_id == org_id)
        with self._database.read(org_id) as connection:
            return frozenset(connection.execute(query).scalars())

    def ignore(self, org_id: str, key: str, *, user_id: str, at: datetime) -> None:
        with self._database.write(org_id) as connection:
            connection.execute(
                sa.delete(ignored_findings).where(ignored_findings.c.org_id == org_id, ignored_findings.c.key == key)
            )
            connection.execute(sa.insert(ignored_findings).values(org_id=org_id, key=key, user_id=user_id, at=at))

    def forget(self, org_id: str, key: str) -> None:
        with self._database.write(org_id) as connection:
            connection.execute(
                sa.delete(ignored_findings).where(ignored_findings.c.org_id == org_id, ignored_findings.c.key == key)
            )

    def forget_all(self, org_id: str) -> None:
        with self._database.write(org_id) as connection:
            connection.execute(sa.delete(ignored_findings).where(ignored_findings.c.org_id == org_id))

"""Sign-outs, the org that each person opened last, and drafts of people who may no longer have them, in SQL.

The one place whose rows belong to a person across orgs: what a person's membership decides is decided for all at once.
"""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from core.identity.last_orgs import LastOrgs
from core.identity.propelauth.directory import Leftovers
from core.identity.sessions import SignOuts
from core.storage.database import SqlStore, insert_into
from core.storage.tables import drafts, last_orgs, sign_outs


class SqlSignOuts(SqlStore, SignOuts):
    """For each person the moment before which every sign-in has ended."""

    def before(self, user_id: str) -> datetime | None:
        query = sa.select(sign_outs.c.before).where(sign_outs.c.user_id == user_id)
        with self._database.read() as connection:
            found: datetime | None = connection.execute(query).scalar_one_or_none()
        return found

    def mark(self, user_id: str, before: datetime) -> None:
        with self._database.write() as connection:
            insert = insert_into(sign_outs, connection.dialect).values(user_id=user_id, before=before)
            later = sign_outs.c.before < insert.excluded.before
            connection.execute(
                insert.on_conflict_do_update(index_elements=["user_id"], set_={"before": before}, where=later)
            )


class SqlLastOrgs(SqlStore, LastOrgs):
    """The org that each person opened last, and nothing about when or how often."""

    def last(self, user_id: str) -> str | None:
        query = sa.select(last_orgs.c.org_id).where(last_orgs.c.user_id == user_id)
        with self._database.read(every_org=True) as connection:
            found: str | None = connection.execute(query).scalar_one_or_none()
        return found

    def opened(self, user_id: str, org_id: str) -> None:
        with self._database.write(every_org=True) as connection:
            insert = insert_into(last_orgs, connection.dialect).values(user_id=user_id, org_id=org_id)
            connection.execute(insert.on_conflict_do_update(index_elements=["user_id"], set_={"org_id": org_id}))


class SqlLeftovers(SqlStore, Leftovers):
    """What a person leaves behind in orgs."""

    def keep_only(self, user_id: str, *, edits: Collection[str], member_of: Collection[str]) -> None:
        """Delete the person's drafts in all orgs but those they edit, and forget a last org they do not belong to."""
        strange = (drafts.c.user_id == user_id) & drafts.c.org_id.not_in(edits)
        left = (last_orgs.c.user_id == user_id) & last_orgs.c.org_id.not_in(member_of)
        with self._database.read(every_org=True) as connection:  # hardly ever needed: so without the write lock first
            found = connection.execute(sa.select(sa.exists().where(strange), sa.exists().where(left))).one()
        if any(found):
            with self._database.write(every_org=True) as connection:
                connection.execute(sa.delete(drafts).where(strange))
                connection.execute(sa.delete(last_orgs).where(left))

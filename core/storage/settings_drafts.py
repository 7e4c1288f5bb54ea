"""Settings that people have entered and not saved yet, in SQL."""

import sqlalchemy as sa

from core.questions.policy import Policy
from core.questions.settings_drafts import SettingsDraft, SettingsDraftStore
from core.storage.database import SqlStore
from core.storage.tables import settings_drafts


class SqlSettingsDrafts(SqlStore, SettingsDraftStore):
    """One draft for each person and org."""

    def find(self, org_id: str, user_id: str) -> SettingsDraft | None:
        query = sa.select(settings_drafts).where(*_of(org_id, user_id))
        with self._database.read(org_id) as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return SettingsDraft(base_revision=row.base_revision, policy=Policy.from_json(row.policy), at=row.at)

    def keep(self, org_id: str, user_id: str, draft: SettingsDraft) -> None:
        with self._database.write(org_id) as connection:
            connection.execute(sa.delete(settings_drafts).where(*_of(org_id, user_id)))
            connection.execute(
                sa.insert(settings_drafts).values(
                    org_id=org_id,
                    user_id=user_id,
                    base_revision=draft.base_revision,
                    policy=draft.policy.as_json(),
                    at=draft.at,
                )
            )

    def drop(self, org_id: str, user_id: str) -> None:
        with self._database.write(org_id) as connection:
            connection.execute(sa.delete(settings_drafts).where(*_of(org_id, user_id)))


def _of(org_id: str, user_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return settings_drafts.c.org_id == org_id, settings_drafts.c.user_id == user_id

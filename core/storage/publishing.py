"""Which revision is live, and every publication, in SQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from core.audit.event import Event
from core.publishing.publication import KeptCheck, LiveState, Publication, PublishingRules
from core.publishing.store import PublishingEdit, PublishingStore
from core.storage import audit
from core.storage.database import SqlStore, insert_into
from core.storage.questions import locked_org
from core.storage.tables import orgs, publication_checks, publications, revisions

_NOTHING = LiveState(live=0, newest=0, live_at=None, each_save_is_live=False)


class SqlPublishingStore(SqlStore, PublishingStore):
    """The publications of all orgs; every method works on one."""

    def state(self, org_id: str) -> LiveState:
        with self._database.read(org_id) as connection:
            row = connection.execute(sa.select(orgs).where(orgs.c.org_id == org_id)).one_or_none()
            return _state(connection, row) if row else _NOTHING

    def publications(self, org_id: str, limit: int | None = 50) -> list[Publication]:
        query = sa.select(publications).where(publications.c.org_id == org_id)
        with self._database.read(org_id) as connection:
            rows = connection.execute(query.order_by(publications.c.number.desc()).limit(limit)).mappings().all()
        return [Publication(**{name: value for name, value in row.items() if name != "org_id"}) for row in rows]

    def check(self, org_id: str, *, revision: int, replaced: int) -> KeptCheck | None:
        columns = publication_checks.c
        query = sa.select(publication_checks).where(
            columns.org_id == org_id, columns.revision == revision, columns.replaced == replaced
        )
        with self._database.read(org_id) as connection:
            row = connection.execute(query).mappings().one_or_none()
        return KeptCheck(**{name: value for name, value in row.items() if name != "org_id"}) if row else None

    def keep_check(self, org_id: str, check: KeptCheck) -> None:
        values = asdict(check)
        with self._database.write(org_id) as connection:
            insert = insert_into(publication_checks, connection.dialect).values(org_id=org_id, **values)
            keys = ["org_id", "revision", "replaced"]
            connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=values))

    @contextmanager
    def editing(self, org_id: str) -> Iterator["SqlPublishingEdit"]:
        with self._database.write(org_id) as connection:
            row = locked_org(connection, org_id)
            yield SqlPublishingEdit(connection, org_id, _state(connection, row))


class SqlPublishingEdit(PublishingEdit):
    """How an org publishes, under its lock."""

    def __init__(self, connection: sa.Connection, org_id: str, state: LiveState) -> None:
        self._connection = connection
        self._org_id = org_id
        self.state = state

    @property
    def next_number(self) -> int:
        newest = sa.select(sa.func.max(publications.c.number)).where(publications.c.org_id == self._org_id)
        return (self._connection.execute(newest).scalar_one_or_none() or 0) + 1

    def publish(self, publication: Publication, event: Event | None) -> None:
        self._keep(publication)
        self._write(event, live_revision=publication.revision)

    def make_each_save_live(self, publication: Publication | None, event: Event | None) -> None:
        if publication:
            self._keep(publication)
        self._write(event, live_revision=None)

    def write_rules(self, rules: PublishingRules, event: Event | None) -> None:
        self._write(event, publishing_rules=rules.as_json())

    def _keep(self, publication: Publication) -> None:
        self._connection.execute(sa.insert(publications).values(org_id=self._org_id, **asdict(publication)))

    def _write(self, event: Event | None, **values: Any) -> None:  # noqa: ANN401 - columns
        self._connection.execute(sa.update(orgs).where(orgs.c.org_id == self._org_id).values(**values))
        if event:
            audit.keep(self._connection, event)


def _state(connection: sa.Connection, row: sa.Row[Any]) -> LiveState:
    live = row.revision if row.live_revision is None else row.live_revision
    saved = sa.select(revisions.c.at).where(revisions.c.org_id == row.org_id, revisions.c.number == live)
    return LiveState(
        live=live,
        newest=row.revision,
        live_at=connection.execute(saved).scalar_one_or_none(),
        each_save_is_live=row.live_revision is None,
        rules=PublishingRules.from_json(row.publishing_rules),
    )

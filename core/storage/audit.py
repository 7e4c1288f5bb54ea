"""The log of the orgs in SQL: events are added and read, never changed or deleted; outsiders are only counted."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date, timedelta

import sqlalchemy as sa

from core.audit.event import Event, EventKind
from core.audit.store import AuditStore
from core.storage.database import SqlStore, insert_into
from core.storage.tables import audit_events, orgs, refused_outsiders

OUTSIDERS_KEPT = timedelta(days=90)


class SqlAuditStore(SqlStore, AuditStore):
    """The events of all orgs; every method works on one."""

    def add(self, event: Event) -> None:
        with self._database.write(event.org_id) as connection:
            keep(connection, event)

    def events(
        self,
        org_id: str,
        *,
        before: str | None = None,
        limit: int | None = None,
        actor_id: str | None = None,
        what: EventKind | None = None,
        without: Collection[EventKind] = (),
    ) -> list[Event]:
        columns = audit_events.c
        query = sa.select(audit_events).where(columns.org_id == org_id)
        if before is not None:
            query = query.where(columns.event_id < before)
        if actor_id is not None:
            query = query.where(columns.actor_id == actor_id)
        if what is not None:
            query = query.where(columns.what == what.value)
        if without:
            query = query.where(columns.what.not_in([kind.value for kind in without]))
        with self._database.read(org_id) as connection:
            rows = connection.execute(query.order_by(columns.event_id.desc()).limit(limit)).mappings()
            return [_event(row) for row in rows]

    def people(self, org_id: str) -> Mapping[str, str]:
        columns = audit_events.c
        newest = sa.select(sa.func.max(columns.event_id)).where(columns.org_id == org_id).group_by(columns.actor_id)
        query = sa.select(columns.actor_id, columns.actor).where(columns.org_id == org_id, columns.event_id.in_(newest))
        with self._database.read(org_id) as connection:
            found = [(row.actor_id, row.actor) for row in connection.execute(query)]
        return dict(sorted(found, key=lambda person: person[1].casefold()))

    def add_outsiders(self, org_id: str, day: date, times: int) -> None:
        columns = refused_outsiders.c
        with self._database.write(org_id) as connection:
            insert = insert_into(refused_outsiders, connection.dialect).values(
                org_id=org_id, day=day.isoformat(), times=times
            )
            added = insert.on_conflict_do_update(
                index_elements=["org_id", "day"], set_={"times": columns.times + insert.excluded.times}
            )
            connection.execute(added)
            long_ago = (day - OUTSIDERS_KEPT).isoformat()
            connection.execute(sa.delete(refused_outsiders).where(columns.org_id == org_id, columns.day < long_ago))

    def outsiders(self, org_id: str) -> Mapping[date, int]:
        columns = refused_outsiders.c
        query = sa.select(columns.day, columns.times).where(columns.org_id == org_id).order_by(columns.day.desc())
        with self._database.read(org_id) as connection:
            return {date.fromisoformat(row.day): row.times for row in connection.execute(query)}

    def knows(self, org_id: str) -> bool:
        found = sa.or_(sa.exists().where(orgs.c.org_id == org_id), sa.exists().where(audit_events.c.org_id == org_id))
        with self._database.read(org_id) as connection:
            return bool(connection.execute(sa.select(found)).scalar_one())


def keep(connection: sa.Connection, event: Event) -> None:
    """Keep an event in this transaction, which has to be one of its org."""
    connection.execute(insert_into(audit_events, connection.dialect).values(asdict(event)).on_conflict_do_nothing())


def _event(row: sa.RowMapping) -> Event:
    return Event(**{**row, "what": EventKind(row["what"])})

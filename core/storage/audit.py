"""The log of the orgs in SQL: events are added and read, never changed or deleted; outsiders are only counted."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.audit.event import Event, EventKind
from core.storage.database import Database
from core.storage.tables import audit_events, orgs, refused_outsiders

OUTSIDERS_KEPT = timedelta(days=90)


class SqlAuditStore:
    """The events of all orgs; every method works on one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, event: Event) -> None:
        """Keep an event; does nothing when one with its id is kept already."""
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
    ) -> list[Event]:
        """Events, newest first; only those older than the event ``before`` (its id), of this person, of this kind."""
        columns = audit_events.c
        query = sa.select(audit_events).where(columns.org_id == org_id)
        if before is not None:
            query = query.where(columns.event_id < before)
        if actor_id is not None:
            query = query.where(columns.actor_id == actor_id)
        if what is not None:
            query = query.where(columns.what == what.value)
        with self._database.read(org_id) as connection:
            rows = connection.execute(query.order_by(columns.event_id.desc()).limit(limit)).mappings()
            return [_event(row) for row in rows]

    def people(self, org_id: str) -> Mapping[str, str]:
        """The name of everybody who has an event, by id, as it was at the newest."""
        columns = audit_events.c
        newest = sa.select(sa.func.max(columns.event_id)).where(columns.org_id == org_id).group_by(columns.actor_id)
        query = sa.select(columns.actor_id, columns.actor).where(columns.org_id == org_id, columns.event_id.in_(newest))
        with self._database.read(org_id) as connection:
            found = [(row.actor_id, row.actor) for row in connection.execute(query)]
        return dict(sorted(found, key=lambda person: person[1].casefold()))

    def add_outsiders(self, org_id: str, day: date, times: int) -> None:
        """Count that so many calls of people from outside were refused on this day; forget days long ago."""
        columns = refused_outsiders.c
        with self._database.write(org_id) as connection:
            insert = _insert(connection, refused_outsiders).values(org_id=org_id, day=day.isoformat(), times=times)
            added = insert.on_conflict_do_update(
                index_elements=["org_id", "day"], set_={"times": columns.times + insert.excluded.times}
            )
            connection.execute(added)
            long_ago = (day - OUTSIDERS_KEPT).isoformat()
            connection.execute(sa.delete(refused_outsiders).where(columns.org_id == org_id, columns.day < long_ago))

    def outsiders(self, org_id: str) -> Mapping[date, int]:
        """How many were refused on each day that is remembered and had any, newest first."""
        columns = refused_outsiders.c
        query = sa.select(columns.day, columns.times).where(columns.org_id == org_id).order_by(columns.day.desc())
        with self._database.read(org_id) as connection:
            return {date.fromisoformat(row.day): row.times for row in connection.execute(query)}

    def knows(self, org_id: str) -> bool:
        """Whether anything was ever kept of this org."""
        found = sa.or_(sa.exists().where(orgs.c.org_id == org_id), sa.exists().where(audit_events.c.org_id == org_id))
        with self._database.read(org_id) as connection:
            return bool(connection.execute(sa.select(found)).scalar_one())


def keep(connection: sa.Connection, event: Event) -> None:
    """Keep an event in this transaction, which has to be one of its org."""
    connection.execute(_insert(connection, audit_events).values(asdict(event)).on_conflict_do_nothing())


def _insert(connection: sa.Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def _event(row: sa.RowMapping) -> Event:
    return Event(**{**row, "what": EventKind(row["what"])})

"""Entries by revision, and drafts, in SQL. A version of an entry is written once; a save only ends it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.audit.event import Event
from core.lru_cache import LruCache
from core.questions.changes import Changes
from core.questions.entry import Entry, Published
from core.questions.policy import Policy
from core.questions.revisions import EditingPerson, EntryRevision, Revision, Snapshot, StoredEntry, UnsavedChanges
from core.questions.store import Edit, QuestionStore
from core.storage import audit
from core.storage.database import Database, SqlStore, insert_into
from core.storage.tables import drafts, entry_versions, orgs, revisions

_REVISION_COLUMNS = ("number", "author", "at", "note", "added", "edited", "deleted")


KEPT_ENTRIES = 50_000
"""How many entries of tables that were read are held in memory, about 1 kB each."""


class SqlQuestionStore(SqlStore, QuestionStore):
    """The Q&As of all orgs; every method works on one.

    What a revision holds never changes, so a table that was read is held, and shared by all who look at it.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._tables: LruCache[tuple[str, int], Snapshot] = LruCache(
            weigh=lambda table: 1 + len(table.entries), most_weight=KEPT_ENTRIES
        )

    def newest_revision(self, org_id: str) -> int:
        with self._database.read(org_id) as connection:
            return _latest(connection, org_id)

    def snapshot(self, org_id: str, revision: int | None = None) -> Snapshot:
        with self._database.read(org_id) as connection:
            newest = _latest(connection, org_id)
            number = newest if revision is None else revision
            if kept := self._tables.get((org_id, number)):
                return kept
            rows = connection.execute(_versions_at(org_id, number)).all()
            policy = _policy_at(connection, org_id, number)
        table = Snapshot(org_id=org_id, revision=number, entries=tuple(_entry(row) for row in rows), policy=policy)
        if 0 < number <= newest:  # what is still to be saved can become anything
            self._tables.put((org_id, number), table)
        return table

    def live_revision(self, org_id: str) -> int:
        """The number of the revision that visitors get; 0 when there is none yet."""
        live = sa.func.coalesce(orgs.c.live_revision, orgs.c.revision)
        with self._database.read(org_id) as connection:
            return connection.execute(sa.select(live).where(orgs.c.org_id == org_id)).scalar_one_or_none() or 0

    def published(self, org_id: str, revision: int) -> Published:
        whole = self.snapshot(org_id, revision)
        return Published.of_table(org_id, whole.revision, whole.entries, whole.policy)

    def newest(self, org_id: str) -> Published:
        return self.published(org_id, self.newest_revision(org_id))

    def last_entry_id(self, org_id: str) -> int:
        query = sa.select(orgs.c.next_entry_id).where(orgs.c.org_id == org_id)
        with self._database.read(org_id) as connection:
            found = connection.execute(query).scalar()
        return (found or 1) - 1

    def policy(self, org_id: str) -> Policy:
        with self._database.read(org_id) as connection:
            return _policy_at(connection, org_id, _latest(connection, org_id))

    def revisions(self, org_id: str, *, before: int | None = None, limit: int = 50) -> list[Revision]:
        query = sa.select(revisions).where(revisions.c.org_id == org_id)
        if before is not None:
            query = query.where(revisions.c.number < before)
        with self._database.read(org_id) as connection:
            rows = connection.execute(query.order_by(revisions.c.number.desc()).limit(limit)).all()
        return [_revision(row) for row in rows]

    def entry_changes(self, org_id: str, entry_id: int, *, limit: int = 50) -> list[EntryRevision]:
        this = sa.and_(entry_versions.c.org_id == org_id, entry_versions.c.entry_id == entry_id)
        newest = sa.select(entry_versions).where(this).order_by(entry_versions.c.since_revision.desc())
        with self._database.read(org_id) as connection:
            versions = connection.execute(newest.limit(limit + 1)).all()[::-1]  # one more, to know what was before
            numbers = {number for row in versions for number in (row.since_revision, row.until_revision) if number}
            query = sa.select(revisions).where(revisions.c.org_id == org_id, revisions.c.number.in_(numbers))
            saves = {row.number: _revision(row) for row in connection.execute(query)}
        return [
            EntryRevision(revision=saves[number], before=before, after=after)
            for number, before, after in _steps(versions)
        ][::-1][:limit]

    @contextmanager
    def editing(self, org_id: str) -> Iterator["SqlEdit"]:
        """One save of this org at a time: reads and writes inside see and make one consistent state, or none."""
        with self._database.write(org_id) as connection:
            row = locked_org(connection, org_id)
            yield SqlEdit(connection, org_id, row.revision, row.next_entry_id)

    def drafts(self, org_id: str, user_id: str) -> list[UnsavedChanges]:
        query = sa.select(drafts).where(_drafts_of(org_id, user_id)).order_by(drafts.c.at.desc(), drafts.c.tab)
        with self._database.read(org_id) as connection:
            rows = connection.execute(query).all()
        return [
            UnsavedChanges(
                base_revision=row.base_revision,
                changes=Changes.from_json(row.changes),
                at=row.at,
                tab=row.tab,
                author=row.author,
            )
            for row in rows
        ]

    def draft_times(self, org_id: str, user_id: str) -> dict[str, datetime]:
        query = sa.select(drafts.c.tab, drafts.c.at).where(_drafts_of(org_id, user_id))
        with self._database.read(org_id) as connection:
            return {row.tab: row.at for row in connection.execute(query)}

    def editing_people(self, org_id: str, since: datetime) -> list[EditingPerson]:
        latest = sa.func.max(drafts.c.at)
        query = (
            sa.select(drafts.c.user_id, sa.func.max(drafts.c.author).label("name"), latest.label("at"))
            .where(drafts.c.org_id == org_id, drafts.c.at >= since)
            .group_by(drafts.c.user_id)
            .order_by(latest.desc())
        )
        with self._database.read(org_id) as connection:
            rows = connection.execute(query).all()
        return [EditingPerson(user_id=row.user_id, name=row.name, at=row.at) for row in rows]

    def keep_draft(self, org_id: str, user_id: str, draft: UnsavedChanges) -> None:
        with self._database.write(org_id) as connection:
            _delete_draft(connection, org_id, user_id, draft.tab)
            connection.execute(
                sa.insert(drafts).values(
                    org_id=org_id,
                    user_id=user_id,
                    tab=draft.tab,
                    base_revision=draft.base_revision,
                    changes=draft.changes.as_json(),
                    at=draft.at,
                    author=draft.author,
                )
            )

    def drop_draft(self, org_id: str, user_id: str, tab: str) -> None:
        with self._database.write(org_id) as connection:
            _delete_draft(connection, org_id, user_id, tab)


class SqlEdit(Edit):
    """The state of one org while its save is decided and written, under the org's lock."""

    def __init__(self, connection: sa.Connection, org_id: str, revision: int, next_entry_id: int) -> None:
        self._connection = connection
        self._org_id = org_id
        self.revision = revision
        self.next_entry_id = next_entry_id

    def rows(self) -> dict[int, StoredEntry]:
        found = self._connection.execute(_versions_at(self._org_id, self.revision))
        return {row.entry_id: StoredEntry(entry=_entry(row), since=row.since_revision) for row in found}

    def rows_at(self, revision: int) -> dict[int, Entry]:
        return {row.entry_id: _entry(row) for row in self._connection.execute(_versions_at(self._org_id, revision))}

    def policy_at(self, revision: int) -> Policy:
        return _policy_at(self._connection, self._org_id, revision)

    def saved_by(self, revision: int) -> Revision:
        query = sa.select(revisions).where(revisions.c.org_id == self._org_id, revisions.c.number == revision)
        return _revision(self._connection.execute(query).one())

    def deleted_in(self, entry_id: int) -> int:
        query = sa.select(sa.func.max(entry_versions.c.until_revision)).where(
            entry_versions.c.org_id == self._org_id, entry_versions.c.entry_id == entry_id
        )
        return int(self._connection.execute(query).scalar_one())

    def write(
        self,
        *,
        author_id: str,
        revision: Revision,
        policy: Policy,
        changed: Iterable[Entry] = (),
        deleted: Iterable[int] = (),
        used_ids: int = 0,
        event: Event | None = None,
    ) -> None:
        """Make ``revision``: new versions of the changed and new entries, an end to the deleted ones.

        ``used_ids`` is how many new entry numbers were given; ``event`` goes into the org's log.
        """
        changed = list(changed)
        ended = [{"ended": entry_id} for entry_id in {entry.id for entry in changed} | set(deleted)]
        number = revision.number
        self._connection.execute(
            sa.insert(revisions).values(
                org_id=self._org_id, author_id=author_id, policy=policy.as_json(), **_revision_values(revision)
            )
        )
        if ended:
            end = sa.update(entry_versions).where(
                entry_versions.c.org_id == self._org_id,
                entry_versions.c.entry_id == sa.bindparam("ended"),
                entry_versions.c.until_revision.is_(None),
            )
            self._connection.execute(end.values(until_revision=number), ended)
        if changed:
            values = [{"org_id": self._org_id, "since_revision": number, **_entry_values(entry)} for entry in changed]
            self._connection.execute(sa.insert(entry_versions), values)
        self._connection.execute(
            sa.update(orgs)
            .where(orgs.c.org_id == self._org_id)
            .values(revision=number, next_entry_id=self.next_entry_id + used_ids)
        )
        if event:
            audit.keep(self._connection, event)

    def drop_draft(self, user_id: str, tab: str) -> None:
        _delete_draft(self._connection, self._org_id, user_id, tab)


def locked_org(connection: sa.Connection, org_id: str) -> sa.Row[Any]:
    """The org's row, which no other transaction writes until this one ends; made at the first time."""
    query = sa.select(orgs).where(orgs.c.org_id == org_id).with_for_update()
    found = connection.execute(query).one_or_none()
    if found is None:
        _create_org(connection, org_id)
        found = connection.execute(query).one()
    return found


def _latest(connection: sa.Connection, org_id: str) -> int:
    found = connection.execute(sa.select(orgs.c.revision).where(orgs.c.org_id == org_id)).scalar_one_or_none()
    return found or 0


def _versions_at(org_id: str, revision: int) -> sa.Select[Any]:
    versions = entry_versions.c
    return (
        sa.select(entry_versions)
        .where(
            versions.org_id == org_id,
            versions.since_revision <= revision,
            sa.or_(versions.until_revision.is_(None), versions.until_revision > revision),
        )
        .order_by(versions.entry_id)
    )


def _policy_at(connection: sa.Connection, org_id: str, revision: int) -> Policy:
    query = sa.select(revisions.c.policy).where(revisions.c.org_id == org_id, revisions.c.number == revision)
    kept = connection.execute(query).scalar_one_or_none()
    return Policy.from_json(kept) if kept else Policy()


def _create_org(connection: sa.Connection, org_id: str) -> None:
    """Make the org's row, of which visitors get nothing before somebody publishes; two first saves make it once."""
    new = {"org_id": org_id, "revision": 0, "next_entry_id": 1, "live_revision": 0}
    insert = insert_into(orgs, connection.dialect)
    connection.execute(insert.values(new).on_conflict_do_nothing(index_elements=["org_id"]))


def _drafts_of(org_id: str, user_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(drafts.c.org_id == org_id, drafts.c.user_id == user_id)


def _delete_draft(connection: sa.Connection, org_id: str, user_id: str, tab: str) -> None:
    connection.execute(sa.delete(drafts).where(_drafts_of(org_id, user_id), drafts.c.tab == tab))


def _steps(versions: Sequence[sa.Row[Any]]) -> Iterator[tuple[int, Entry | None, Entry | None]]:
    """What became of an entry by which revision, of its versions from the oldest on."""
    before: sa.Row[Any] | None = None
    for row in versions:
        follows = before is not None and before.until_revision == row.since_revision
        if before is not None and not follows:
            yield before.until_revision, _entry(before), None
        yield row.since_revision, _entry(before) if before is not None and follows else None, _entry(row)
        before = row
    if before is not None and before.until_revision is not None:
        yield before.until_revision, _entry(before), None


def _entry(row: sa.Row[Any]) -> Entry:
    return Entry(
        id=row.entry_id,
        question=row.question,
        answer=row.answer,
        alternates=tuple(row.alternates),
        tags=tuple(row.tags),
        enabled=row.enabled,
    )


def _entry_values(entry: Entry) -> dict[str, Any]:
    return {
        "entry_id": entry.id,
        "question": entry.question,
        "answer": entry.answer,
        "alternates": list(entry.alternates),
        "tags": list(entry.tags),
        "enabled": entry.enabled,
    }


def _revision(row: sa.Row[Any]) -> Revision:
    return Revision(author_id=row.author_id, **{name: getattr(row, name) for name in _REVISION_COLUMNS})


def _revision_values(revision: Revision) -> Mapping[str, Any]:
    return {name: getattr(revision, name) for name in _REVISION_COLUMNS}

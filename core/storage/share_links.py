"""Share links in SQL.

Who comes with a token says nothing of an org: the one query that looks for a token names none, and gives ids alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import datetime

import sqlalchemy as sa

from core.audit.event import Event
from core.share_links.share_link import ShareLink
from core.share_links.store import ShareLinkEdit, ShareLinkStore
from core.storage import audit
from core.storage.database import SqlStore
from core.storage.questions import locked_org
from core.storage.tables import share_links

_COLUMNS = [share_links.c[field.name] for field in fields(ShareLink)]


class SqlShareLinks(SqlStore, ShareLinkStore):
    """The links of all orgs; every method but ``place`` works on one."""

    def add(self, link: ShareLink, token_hash: str, event: Event | None, *, most: int) -> bool:
        columns = share_links.c
        work = sa.select(sa.func.count()).where(
            columns.org_id == link.org_id, columns.revoked_at.is_(None), columns.ends_at > link.at
        )
        with self._database.write(link.org_id) as connection:
            locked_org(connection, link.org_id)
            if connection.execute(work).scalar_one() >= most:
                return False
            connection.execute(sa.insert(share_links).values(**asdict(link), token_hash=token_hash))
            if event:
                audit.keep(connection, event)
        return True

    def forget_over(self, org_id: str, before: datetime) -> None:
        columns = share_links.c
        over = sa.or_(columns.ends_at < before, columns.revoked_at < before)
        with self._database.write(org_id) as connection:
            connection.execute(sa.delete(share_links).where(columns.org_id == org_id, over))

    def rename(self, org_id: str, org_name: str) -> None:
        others = sa.and_(share_links.c.org_id == org_id, share_links.c.org_name != org_name)
        with self._database.read(org_id) as connection:
            if connection.execute(sa.select(share_links.c.link_id).where(others).limit(1)).first() is None:
                return
        with self._database.write(org_id) as connection:
            connection.execute(sa.update(share_links).where(others).values(org_name=org_name))

    def listed(self, org_id: str) -> list[ShareLink]:
        query = sa.select(*_COLUMNS).where(share_links.c.org_id == org_id)
        with self._database.read(org_id) as connection:
            rows = connection.execute(query.order_by(share_links.c.at.desc(), share_links.c.link_id)).mappings()
            return [ShareLink(**row) for row in rows]

    def find(self, org_id: str, link_id: str) -> ShareLink | None:
        with self._database.read(org_id) as connection:
            return _found(connection, _this(org_id, link_id))

    def place(self, token_hash: str) -> tuple[str, str] | None:
        columns = share_links.c
        query = sa.select(columns.org_id, columns.link_id).where(columns.token_hash == token_hash)
        with self._database.read(every_org=True) as connection:
            row = connection.execute(query).one_or_none()
        return (row.org_id, row.link_id) if row else None

    @contextmanager
    def editing(self, org_id: str, link_id: str) -> Iterator["SqlShareLinkEdit"]:
        with self._database.write(org_id) as connection:
            yield SqlShareLinkEdit(connection, _found(connection, _this(org_id, link_id).with_for_update()))


class SqlShareLinkEdit(ShareLinkEdit):
    """One link, under its lock."""

    def __init__(self, connection: sa.Connection, link: ShareLink | None) -> None:
        self._connection = connection
        self.link = link

    def write(self, link: ShareLink, event: Event | None = None) -> None:
        this = sa.and_(share_links.c.org_id == link.org_id, share_links.c.link_id == link.link_id)
        self._connection.execute(sa.update(share_links).where(this).values(asdict(link)))
        if event:
            audit.keep(self._connection, event)


def _this(org_id: str, link_id: str) -> sa.Select[tuple[object, ...]]:
    return sa.select(*_COLUMNS).where(share_links.c.org_id == org_id, share_links.c.link_id == link_id)


def _found(connection: sa.Connection, query: sa.Select[tuple[object, ...]]) -> ShareLink | None:
    row = connection.execute(query).mappings().one_or_none()
    return ShareLink(**row) if row else None

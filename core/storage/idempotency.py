"""Keys of requests that may be sent twice, in SQL: one org, and one person, never finds another's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.idempotency import ABANDONED_AFTER, KEPT_FOR, IdempotencyStore, KeyReused, Once, StillUnderWay
from core.storage.database import SqlStore, insert_into
from core.storage.tables import idempotency_keys


class SqlIdempotency(SqlStore, IdempotencyStore):
    """Requests by org, person and key."""

    def begin(self, once: Once, at: datetime) -> Mapping[str, Any] | None:
        columns = idempotency_keys.c
        gone = sa.or_(
            columns.at <= at - KEPT_FOR, sa.and_(columns.answer.is_(None), columns.at <= at - ABANDONED_AFTER)
        )
        with self._database.write(once.org_id) as connection:
            connection.execute(sa.delete(idempotency_keys).where(columns.org_id == once.org_id, gone))
            new = insert_into(idempotency_keys, connection.dialect).values(
                org_id=once.org_id, user_id=once.user_id, key=once.key, fingerprint=once.fingerprint, at=at
            )
            if connection.execute(new.on_conflict_do_nothing().returning(columns.key)).first() is not None:
                return None
            first = connection.execute(sa.select(columns.fingerprint, columns.answer).where(_this(once))).one()
        if first.fingerprint != once.fingerprint:
            raise KeyReused("This Idempotency-Key was sent with another request before: make a new one.")
        if first.answer is None:
            raise StillUnderWay("The first request with this Idempotency-Key has no answer yet: send it again later.")
        answer: Mapping[str, Any] = first.answer
        return answer

    def keep(self, once: Once, answer: Mapping[str, Any]) -> None:
        with self._database.write(once.org_id) as connection:
            connection.execute(sa.update(idempotency_keys).where(_this(once)).values(answer=dict(answer)))

    def forget(self, once: Once) -> None:
        with self._database.write(once.org_id) as connection:
            connection.execute(sa.delete(idempotency_keys).where(_this(once)))


def _this(once: Once) -> sa.ColumnElement[bool]:
    columns = idempotency_keys.c
    return sa.and_(columns.org_id == once.org_id, columns.user_id == once.user_id, columns.key == once.key)

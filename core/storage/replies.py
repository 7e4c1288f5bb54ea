"""Kept replies of model servers in SQL: one org never finds another's."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from core.clock import Clock
from core.engines.reply_cache import ModelReply, ReplyCache
from core.storage.database import Database, SqlStore, insert_into
from core.storage.tables import replies
from core.usage import Usage

KEPT_FOR = timedelta(days=30)
_FALLBACK = ""
"""Stands for the fallback among the names of JSON, which are texts."""
_COUNTED = tuple(field.name for field in fields(Usage))


class SqlReplyCache(SqlStore, ReplyCache):
    """Replies by org and key."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database)
        self._clock = clock

    def find(self, org_id: str, keys: Sequence[str]) -> Mapping[str, ModelReply]:
        """The kept replies among these that are younger than 30 days."""
        query = sa.select(replies.c.key, replies.c.reply).where(
            replies.c.org_id == org_id, replies.c.key.in_(keys), replies.c.at > self._clock() - KEPT_FOR
        )
        with self._database.read(org_id) as connection:
            return {key: _reply(kept) for key, kept in connection.execute(query)}

    def keep(self, org_id: str, replies_by_key: Mapping[str, ModelReply]) -> None:
        if not replies_by_key:
            return
        at = self._clock()
        # In one order, whoever writes: two runs with the same rows would else lock each other's out.
        values = [
            {"org_id": org_id, "key": key, "reply": _json(replies_by_key[key]), "at": at}
            for key in sorted(replies_by_key)
        ]
        with self._database.write(org_id) as connection:
            insert = insert_into(replies, connection.dialect)
            newest = {"reply": insert.excluded.reply, "at": insert.excluded.at}
            connection.execute(insert.on_conflict_do_update(index_elements=["org_id", "key"], set_=newest), values)

    def forget_old(self) -> None:
        """Delete what is too old to be found."""
        with self._database.write(every_org=True) as connection:
            connection.execute(sa.delete(replies).where(replies.c.at <= self._clock() - KEPT_FOR))


def _json(reply: ModelReply) -> dict[str, Any]:
    told = {_FALLBACK if i is None else str(i): value for i, value in reply.probabilities.items()}
    usage = {name: getattr(reply.usage, name) for name in _COUNTED}
    return {"entry_id": reply.entry_id, "probabilities": told, "raw": reply.raw, "usage": usage}


def _reply(kept: Mapping[str, Any]) -> ModelReply:
    told = {None if name == _FALLBACK else int(name): value for name, value in kept["probabilities"].items()}
    return ModelReply(entry_id=kept["entry_id"], probabilities=told, raw=kept["raw"], usage=Usage(**kept["usage"]))

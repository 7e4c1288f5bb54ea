"""The chats of the orgs and what is said in them, in SQL."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.audit.event import Event
from core.chat.reasons import Reasons
from core.chat.settings import ChatSettings
from core.chat.small_talk import SmallTalk
from core.chat.store import ChatStore, StoredChat, TalkStore
from core.chat.talk import KEPT_FOR, MESSAGES_KEPT, TALKS_KEPT, Moment, Turn, kept_id
from core.lru_cache import LruCache
from core.runs.ledger import Status
from core.storage.audit import keep as keep_event
from core.storage.database import Database, SqlStore, insert_into
from core.storage.tables import chat_settings, chat_talks, run_rows, runs

_RUNS_COUNTED = 5
_ORGS_KEPT = 64
_MOMENTS = frozenset(moment.value for moment in Moment)
"""Talks of before hold messages that were refused, too."""


class SqlChatStore(SqlStore, ChatStore):
    """The settings, at most one row of each org. What was asked most stays in memory until another run ends."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._asked: LruCache[tuple[str, tuple[Any, ...]], list[int]] = LruCache(_ORGS_KEPT)

    def chat(self, org_id: str) -> StoredChat:
        with self._database.read(org_id) as connection:
            return _chat(connection, org_id)

    def keep(self, org_id: str, chat: StoredChat, event: Event | None) -> bool:
        kept = {"version": chat.version + 1, "settings": chat.settings.as_json()}
        columns = chat_settings.c
        with self._database.write(org_id) as connection:
            statement: sa.Executable
            if chat.version:
                this = sa.and_(columns.org_id == org_id, columns.version == chat.version)
                statement = sa.update(chat_settings).where(this).values(kept).returning(columns.org_id)
            else:
                insert = insert_into(chat_settings, connection.dialect).values(org_id=org_id, **kept)
                statement = insert.on_conflict_do_nothing().returning(columns.org_id)
            done = connection.execute(statement).first() is not None
            if done and event is not None:
                keep_event(connection, event)
        return done

    def asked_most(self, org_id: str, limit: int) -> list[int]:
        newest = (
            sa.select(runs.c.run_id, runs.c.finished, runs.c.ended_at)
            .where(runs.c.org_id == org_id, runs.c.status == Status.DONE.value)
            .order_by(runs.c.created_at.desc())
            .limit(_RUNS_COUNTED)
        )
        with self._database.read(org_id) as connection:
            ended = tuple(tuple(row) for row in connection.execute(newest))
            key = (org_id, ended)
            known = self._asked.get(key)
            if known is None:
                known = _given_most(connection, org_id, [row[0] for row in ended]) if ended else []
                self._asked.put(key, known)
        return known[:limit]


class SqlTalkStore(SqlStore, TalkStore):
    """Talks as one row each; several processes add to the same one without losing a message."""

    def messages(self, org_id: str, talk_id: str, whose: str, at: datetime) -> tuple[Turn, ...]:
        this = sa.and_(_talk(org_id, talk_id, whose), chat_talks.c.at > at - KEPT_FOR)
        with self._database.read(org_id) as connection:
            kept = connection.execute(sa.select(chat_talks.c.messages).where(this)).scalar_one_or_none()
        return tuple(_message(one) for one in kept or () if one["moment"] in _MOMENTS)

    def add(self, org_id: str, talk_id: str, whose: str, message: Turn, at: datetime) -> None:
        with self._database.write(every_org=True) as connection:
            connection.execute(sa.delete(chat_talks).where(chat_talks.c.at <= at - KEPT_FOR))
            new = insert_into(chat_talks, connection.dialect).values(
                org_id=org_id, talk=kept_id(talk_id), whose=whose, messages=[], at=at
            )
            if connection.execute(new.on_conflict_do_nothing().returning(chat_talks.c.talk)).first() is not None:
                _forget_oldest(connection, org_id, whose)
            this = _talk(org_id, talk_id, whose)
            found = sa.select(chat_talks.c.messages).where(this).with_for_update()
            kept = connection.execute(found).scalar_one_or_none()
            if kept is not None:  # else the id is that of another's talk, which nobody gets to by chance
                messages = [*kept, asdict(message)][-MESSAGES_KEPT:]
                connection.execute(sa.update(chat_talks).where(this).values(messages=messages, at=at))

    def forget(self, org_id: str, talk_id: str, whose: str) -> None:
        with self._database.write(org_id) as connection:
            connection.execute(sa.delete(chat_talks).where(_talk(org_id, talk_id, whose)))


def _chat(connection: sa.Connection, org_id: str) -> StoredChat:
    row = connection.execute(sa.select(chat_settings).where(chat_settings.c.org_id == org_id)).one_or_none()
    if row is None:
        return StoredChat(version=0, settings=ChatSettings())
    return StoredChat(version=row.version, settings=ChatSettings.from_json(row.settings))


def _given_most(connection: sa.Connection, org_id: str, run_ids: list[str]) -> list[int]:
    columns = run_rows.c
    often = (
        sa.select(columns.given_id)
        .where(columns.org_id == org_id, columns.run_id.in_(run_ids), columns.given_id.is_not(None))
        .group_by(columns.given_id)
        .order_by(sa.func.count().desc(), columns.given_id)
    )
    return list(connection.execute(often.limit(_ORGS_KEPT)).scalars())


def _talk(org_id: str, talk_id: str, whose: str) -> sa.ColumnElement[bool]:
    columns = chat_talks.c
    return sa.and_(columns.org_id == org_id, columns.talk == kept_id(talk_id), columns.whose == whose)


def _forget_oldest(connection: sa.Connection, org_id: str, whose: str) -> None:
    columns = chat_talks.c
    theirs = sa.and_(columns.org_id == org_id, columns.whose == whose)
    newest = sa.select(columns.talk).where(theirs).order_by(columns.at.desc()).limit(TALKS_KEPT)
    connection.execute(sa.delete(chat_talks).where(theirs, columns.talk.not_in(newest)))


def _message(kept: dict[str, Any]) -> Turn:
    kind, reasons = kept.get("small_talk"), kept.get("reasons")  # messages of before have none
    return Turn(
        question=kept["question"],
        moment=Moment(kept["moment"]),
        text=kept["text"],
        small_talk=SmallTalk(kind) if kind else None,
        reasons=Reasons.from_json(reasons) if reasons else None,
    )

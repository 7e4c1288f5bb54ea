"""A talk of one visitor with the chat: its messages, and the id by which a reload finds it again."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from core.chat.reasons import Reasons
from core.chat.small_talk import SmallTalk
from core.questions.text import ASKED_LIMIT, control_character

KEPT_FOR = timedelta(days=1)
"""How long a talk is kept after its last message."""
MESSAGES_KEPT = 100
"""The newest messages of a talk; older ones go."""
TALKS_KEPT = 1_000
"""The newest talks of one person or link in an org; older ones go, so that nobody fills the database."""


class Moment(StrEnum):
    """What a visitor got; the values are kept, and must not change."""

    ANSWER = "answer"
    HANDOFF = "handoff"
    """A person takes over: what visitors read after a failed call too."""
    SMALL_TALK = "small talk"


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """One message of a visitor, and the text that they got: word for word a stored one.

    ``small_talk`` is what the message was where the text is a stored reply to small talk, and no entry's. ``reasons``
    are kept for who shows the chat to others, and None for visitors.
    """

    question: str
    moment: Moment
    text: str
    small_talk: SmallTalk | None = None
    reasons: Reasons | None = None


def new_talk_id() -> str:
    """An id that nobody can guess; it stands in the address of the visitor's browser."""
    return secrets.token_urlsafe(24)


def kept_id(talk_id: str) -> str:
    """What is stored in place of the id, so that a look into the database opens no talk."""
    return hashlib.sha256(talk_id.encode("utf-8", "replace")).hexdigest()


def presentable(text: str) -> str:
    """A message as it is shown before it was taken: not longer than others, with � for what is no character."""
    cut = text if len(text) <= ASKED_LIMIT else text[:ASKED_LIMIT] + "…"
    return "".join("�" if control_character(c) else c for c in cut) if control_character(cut) else cut

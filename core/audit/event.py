"""One line of an org's log: who did what, and when."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

DETAILS_LIMIT = 300
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class EventKind(StrEnum):
    """What people do that an owner may want to look up later; the values are the words that are shown."""

    SIGNED_IN = "signed in"
    SAVED = "saved the table"
    RESTORED = "restored a revision"
    PUBLISHED = "published"
    CHANGED_PUBLISHING = "changed how publishing works"
    CHANGED_SETTINGS = "changed the settings"
    CHANGED_CHAT = "changed the chat"
    KEY_ENTERED = "entered a key"
    KEY_REMOVED = "removed a key"
    RUN_STARTED = "started an evaluation"
    RUN_PAUSED = "paused an evaluation"
    RUN_RESUMED = "resumed an evaluation"
    RUN_RETRIED = "retried an evaluation"
    RUN_CANCELLED = "cancelled an evaluation"
    TESTS_SAVED = "saved test questions"
    TESTS_CHANGED = "changed test questions"
    EXPORTED = "downloaded"
    SHARED = "shared an example"
    STOPPED_SHARING = "stopped sharing an example"
    LINK_MADE = "made a link to the chat"
    LINK_REVOKED = "revoked a link to the chat"
    REFUSED = "was refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that a person did in an org.

    ``event_id`` begins with the moment, so that the order of the ids is that of time. ``details`` are words of ours,
    with numbers and the names of files and fields: never the text of a question or an answer, and never a key. Where
    the person sat is not kept.
    """

    org_id: str
    event_id: str
    at: datetime
    actor_id: str
    actor: str
    what: EventKind
    details: str = ""


def event_id(at: datetime, *parts: str) -> str:
    """An id for something that happened at this moment; the same for the same moment and parts.

    >>> event_id(datetime(2026, 1, 2, tzinfo=UTC), "a", "b")
    '06475c63f7a00059b271ae1bbcb1d31d'
    """
    microseconds = (at - _BEGINNING) // timedelta(microseconds=1)
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return f"{microseconds:014x}{digest[:18]}"


def in_short(details: str) -> str:
    """Details in one line of at most ``DETAILS_LIMIT`` characters, without what does not print."""
    line = "".join(c for c in " ".join(details.split()) if c.isprintable())
    return line if len(line) <= DETAILS_LIMIT else line[: DETAILS_LIMIT - 1] + "…"

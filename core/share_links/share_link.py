"""A link with which people without an account may ask the bot of an org, and nothing else."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.errors import FrontlineError
from core.plurals import counted

SHARE_LINK = "link"
"""The address's parameter with the token."""
MOST_DAYS = 90
MOST_LINKS = 20
"""Links of an org that work at the same time."""
NAME_LIMIT = 80
QUESTIONS_AN_HOUR = 300
"""Of one link, by whoever has it."""
TOKEN_BYTES = 24
HOUR = timedelta(hours=1)

_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


class LinkOver(FrontlineError):
    """The link was revoked, has ended, or never was one: who has it need not know which."""

    def __init__(self) -> None:
        super().__init__("This link does not work any more: ask whoever sent it to you for a new one.")


class TooManyQuestions(FrontlineError):
    """A link or an address has sent so many messages that the next one has to wait. Nothing was asked."""

    def __init__(self, wait: timedelta) -> None:
        minutes = max(1, -(-wait // timedelta(minutes=1)))
        super().__init__(f"Too many messages just now; try again in {counted(minutes, 'minute')}.")


class NoAnswersNow(FrontlineError):
    """The org's month has no room for another call; its limits are no visitor's business."""

    def __init__(self) -> None:
        super().__init__("No questions can be answered here at the moment. Please try again another day.")


@dataclass(frozen=True, kw_only=True, slots=True)
class ShareLink:
    """One link of an org, for those who manage it. Its token is kept nowhere.

    ``org_name`` is what visitors read above the chat where the chat has no name of its own: as the org was called when
    somebody of it was here last. ``revoked_at`` is None until somebody revokes it. ``asked`` counts all messages, and
    ``asked_in_hour`` those since ``hour_began``.
    """

    org_id: str
    link_id: str
    org_name: str
    name: str
    author_id: str
    author: str
    at: datetime
    ends_at: datetime
    revoked_at: datetime | None = None
    asked: int = 0
    hour_began: datetime | None = None
    asked_in_hour: int = 0

    def works(self, at: datetime) -> bool:
        """Whether it opens the chat at this moment."""
        return self.revoked_at is None and at < self.ends_at

    def asked_once_more(self, at: datetime) -> "ShareLink":
        """The link after another message. Raises TooManyQuestions when its hour has no room for one."""
        began, so_far = self.hour_began, self.asked_in_hour
        if began is None or not began <= at < began + HOUR:
            began, so_far = at, 0
        if so_far >= QUESTIONS_AN_HOUR:
            raise TooManyQuestions(began + HOUR - at)
        return replace(self, asked=self.asked + 1, hour_began=began, asked_in_hour=so_far + 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLink:
    """A link just made, with its token: shown once, since only the token's hash is kept."""

    link: ShareLink
    token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedOrg:
    """What somebody with a good link may know of the org."""

    org_id: str
    org_name: str
    link_id: str


def new_token() -> str:
    """A token that nobody guesses: 192 random bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def looks_like_token(text: str) -> bool:
    """Whether a text has the form of a token at all.

    >>> looks_like_token(new_token()), looks_like_token("x" * 31), looks_like_token("x" * 31 + "é")
    (True, False, False)
    """
    return _TOKEN.fullmatch(text) is not None


def token_hash(token: str) -> str:
    """What is kept of a token. It is random, so that nothing slow or salted is needed."""
    return hashlib.sha256(token.encode()).hexdigest()

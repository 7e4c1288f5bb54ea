"""How the chat of an org looks, and its stored replies to small talk: what an owner decides, and its rules."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from core.chat.small_talk import SmallTalk
from core.errors import InvalidInput, Problem
from core.questions.checks import ANSWER_LIMIT
from core.questions.text import unusable

NAME_LIMIT = 60
INITIALS_LIMIT = 3
GREETING_LIMIT = 300
"""Characters of a text."""
LOGO_BYTES = 200_000
SUGGESTIONS = (3, 5)
"""How many questions are suggested, at least and at most."""
DEFAULT_COLOUR = "#0b6b63"
DEFAULT_GREETING = "Hello! How can we help you?"
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_LOGO = re.compile(r"data:image/(png|jpeg);base64,([A-Za-z0-9+/=]+)")
_BEGINNINGS = {"png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff"}


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredReply:
    """The fixed reply to one kind of small talk; while it is off, such a message is asked like any other."""

    text: str
    is_on: bool = True


def default_replies() -> dict[SmallTalk, StoredReply]:
    """The replies of an org that wrote none. The one about a person is "", which stands for the org's fallback."""
    return {
        SmallTalk.GREETING: StoredReply(text="Hello! What would you like to know?"),
        SmallTalk.THANKS: StoredReply(text="You’re welcome!"),
        SmallTalk.PERSON: StoredReply(text=""),
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatSettings:
    """What an owner decides about the chat.

    ``name`` is shown in place of the org's own where it is not "", ``initials`` in place of those of the name; ``logo``
    is a small picture as a data address, "" for none; ``suggested`` are ids of entries, in the order of the buttons,
    empty to leave the choice to Frontline.
    """

    name: str = ""
    initials: str = ""
    logo: str = ""
    colour: str = DEFAULT_COLOUR
    greeting: str = DEFAULT_GREETING
    suggested: tuple[int, ...] = ()
    replies: Mapping[SmallTalk, StoredReply] = field(default_factory=default_replies)

    def as_json(self) -> dict[str, Any]:
        """As ``from_json`` reads it."""
        plain = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "replies"}
        replies = {kind.value: {"text": one.text, "is_on": one.is_on} for kind, one in self.replies.items()}
        return {**plain, "suggested": list(self.suggested), "replies": replies}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "ChatSettings":
        """What was kept; what was unknown then has its default, and what is unknown now is passed over."""
        names = {each.name for each in fields(cls)} - {"replies"}
        values = {name: value for name, value in kept.items() if name in names}
        written = kept.get("replies") or {}
        replies = default_replies() | {
            kind: StoredReply(text=written[kind]["text"], is_on=written[kind]["is_on"])
            for kind in SmallTalk
            if kind in written
        }
        return cls(**{**values, "suggested": tuple(values.get("suggested", ()))}, replies=replies)


FIELDS = {
    "name": "Name",
    "initials": "Initials",
    "logo": "Logo",
    "colour": "Colour",
    "greeting": "Greeting",
    "suggested": "Suggested questions",
    "replies": "Small talk",
}
"""What the fields are called for people."""
REPLIES = {SmallTalk.GREETING: "“Hi”", SmallTalk.THANKS: "“Thanks”", SmallTalk.PERSON: "“Talk to a human”"}
"""What the kinds of small talk are called for people."""


def logo_of(picture: bytes) -> str:
    """A picture as the settings keep it.

    Raises InvalidInput when it is no PNG or JPEG, or too large.
    """
    kind = next((name for name, beginning in _BEGINNINGS.items() if picture.startswith(beginning)), None)
    reason = None
    if kind is None:
        reason = "is no PNG or JPEG picture: save it as one of these first."
    elif len(picture) > LOGO_BYTES:
        reason = f"has {len(picture) / 1000:,.0f} kB; {LOGO_BYTES / 1000:,.0f} kB is the limit. Make it smaller first."
    if reason:
        raise InvalidInput([Problem(row="Chat", field=FIELDS["logo"], reason=reason)])
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def require_usable(settings: ChatSettings) -> None:
    """Raise InvalidInput with everything that is wrong with them."""
    problems = [Problem(row="Chat", field=name, reason=reason) for name, reason in _problems(settings)]
    if problems:
        raise InvalidInput(problems)


def _problems(settings: ChatSettings) -> Iterator[tuple[str, str]]:
    for name, limit in (("name", NAME_LIMIT), ("initials", INITIALS_LIMIT), ("greeting", GREETING_LIMIT)):
        if reason := unusable(getattr(settings, name), limit):
            yield FIELDS[name], reason
    if not settings.greeting.strip():
        yield FIELDS["greeting"], "is empty: say how the chat begins."
    if not _COLOUR.fullmatch(settings.colour):
        yield FIELDS["colour"], "must be # and six digits of 0–9 and a–f, such as #0b6b63."
    if settings.logo and not _is_logo(settings.logo):
        yield FIELDS["logo"], "must be a PNG or JPEG picture."
    least, most = SUGGESTIONS
    picked = len(settings.suggested)
    if picked != len(set(settings.suggested)) or (picked and not least <= picked <= most):
        yield FIELDS["suggested"], f"choose {least} to {most} different ones, or none to leave the choice to Frontline."
    for kind, name in REPLIES.items():
        reply = settings.replies[kind]
        if reply.is_on and not reply.text.strip() and kind is not SmallTalk.PERSON:
            yield name, "has no reply: write one, or switch it off."
        elif reason := unusable(reply.text, ANSWER_LIMIT):
            yield name, reason


def _is_logo(logo: str) -> bool:
    found = _LOGO.fullmatch(logo)
    if found is None:
        return False
    try:
        picture = base64.b64decode(found[2], validate=True)
    except binascii.Error:
        return False
    return len(picture) <= LOGO_BYTES and picture.startswith(_BEGINNINGS[found[1]])

"""What a prompt is made of, and what a model may reply to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

FALLBACK_CHOICE = "0"
"""The id that stands for "a person should take over"; entry ids begin with 1."""


class Role(StrEnum):
    """Who speaks, in the words of a chat server."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message of a chat."""

    role: Role
    content: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatPrompt:
    """Messages for a chat server, the visitor's question last.

    ``choices`` holds every id that was offered, as the model has to write it, and the entry it stands for; None for
    the fallback. ``stable`` is how many of the first messages are the same for each question on this revision.
    """

    messages: tuple[Message, ...]
    choices: Mapping[str, int | None]
    stable: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CompletionPrompt:
    """A text for a completion server to go on with for one line.

    ``answers`` holds every line that the model may write, verbatim, and the entry it stands for; None for the fallback.
    ``stable`` is how many of the first characters are the same for each question on this revision.
    """

    text: str
    answers: Mapping[str, int | None]
    stable: int
    stop: tuple[str, ...] = ("\n",)
    max_tokens: int = 60

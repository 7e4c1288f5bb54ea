"""Reads what a model server sends, so strictly that nothing but an offered id comes out."""

import json
import re
import unicodedata
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from core.engines.language.server import ServerKey
from core.engines.limiter import ServerStumbles
from core.errors import EngineFailed
from core.usage import NOTHING

RAW_LIMIT = 4_000
"""Characters of a reply that are kept to be shown."""


class Fault(StrEnum):
    """What can be wrong with a reply, in the words that people read."""

    EMPTY_BODY = "The model server sent an empty reply."
    WEB_PAGE = "The model server sent a web page instead of a reply. Check its address."
    NO_REPLY = "The model server sent something that is not a reply."
    CUT_OFF = "The model server's reply broke off in the middle."
    NO_ANSWER = "The model server's reply holds no answer."
    MORE_ANSWERS = "The model server's reply holds more than one answer."
    REFUSED = "The model declined to answer this question."
    FILTERED = "The model server's content filter stopped the answer."
    TOO_SHORT = "The model's answer was cut off before its end."
    EMPTY = "The model's answer was empty."
    THOUGHTS = "The model sent its thoughts, and no answer after them."
    OWN_TEXT = "The model wrote a text of its own instead of choosing an answer."
    SEVERAL = "The model named more than one answer."
    NOT_OFFERED = "The model chose an answer that it was not offered."
    OTHER_DIGITS = "The model wrote the number of an answer in other digits than those it was offered."
    WRONG_FORM = "The model's answer did not have the form that was asked for."


class BadReply(EngineFailed):
    """The server answered, and the answer is none. ``raw`` is what it sent, ``usage`` what that took all the same."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.raw = ""
        self.usage = NOTHING
        super().__init__(fault.value)


class BrokenReply(BadReply, ServerStumbles):
    """The reply broke on its way: a proxy's page, half a body. Asking again may help."""


_FINISHED_BADLY = {
    "length": Fault.TOO_SHORT,
    "content_filter": Fault.FILTERED,
    "tool_calls": Fault.WRONG_FORM,
    "function_call": Fault.WRONG_FORM,
}


def parsed(body: bytes) -> Mapping[str, Any]:
    """The JSON object of a body. Raises BrokenReply for a part of one, a web page or nothing, BadReply for others."""
    text = _decoded(body)
    if text is None:
        raise BadReply(Fault.NO_REPLY)
    if not text:
        raise BrokenReply(Fault.EMPTY_BODY)
    reply = _loaded(text)
    if isinstance(reply, dict):
        return reply
    if text.startswith("<"):
        raise BrokenReply(Fault.WEB_PAGE)
    if reply is None and text.startswith("{"):
        raise BrokenReply(Fault.CUT_OFF)
    raise BadReply(Fault.NO_REPLY)


def only_choice(reply: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one choice of a chat completion or a completion that came to its end. Raises BadReply otherwise."""
    choices = reply.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise BadReply(Fault.NO_ANSWER)
    if len(choices) > 1:
        raise BadReply(Fault.MORE_ANSWERS)
    reason = choices[0].get("finish_reason")
    if isinstance(reason, str) and reason in _FINISHED_BADLY:
        raise BadReply(_FINISHED_BADLY[reason])
    return choices[0]


def message_text(choice: Mapping[str, Any]) -> str:
    """What the model wrote in a chat. Raises BadReply for a refusal and for nothing.

    Mistral and others send a list of parts: those with text are put together, those with thoughts passed over.
    """
    message = choice.get("message")
    if not isinstance(message, dict):
        raise BadReply(Fault.NO_ANSWER)
    if message.get("refusal"):
        raise BadReply(Fault.REFUSED)
    content = message.get("content")
    if isinstance(content, list):
        content = "".join(map(_part_text, content))
    elif content is not None and not isinstance(content, str):
        raise BadReply(Fault.WRONG_FORM)
    if not content or not content.strip():
        thought = any(message.get(name) for name in ("reasoning_content", "reasoning"))
        raise BadReply(Fault.THOUGHTS if thought else Fault.EMPTY)
    return content


_THOUGHTS = {"thinking", "reasoning"}


def _part_text(part: object) -> str:
    kind = part.get("type") if isinstance(part, dict) else None
    if not isinstance(part, dict) or not isinstance(kind, str):
        raise BadReply(Fault.WRONG_FORM)
    if kind == "refusal":
        raise BadReply(Fault.REFUSED)
    if kind in _THOUGHTS:
        return ""
    text = part.get("text")
    if kind not in ("text", "output_text") or not isinstance(text, str):
        raise BadReply(Fault.WRONG_FORM)
    return text


def id_alone(text: str, offered: Collection[str]) -> str:
    """The offered id that a text consists of, white space around it aside. Raises BadReply for anything else."""
    found = text.strip(" \t\r\n")
    if found not in offered:
        raise BadReply(_fault_of(found, offered))
    return found


def id_in_object(text: str, offered: Collection[str]) -> str:
    """The offered id in a text of the form ``{"id": "17"}``. Raises BadReply for anything else."""
    pairs = _loaded(text, _IN_PAIRS)
    if not isinstance(pairs, _Pairs):
        raise BadReply(_fault_of(text.strip(), offered, here=Fault.WRONG_FORM))
    if [name for name, _ in pairs] != ["id"]:
        several = len(pairs) > 1 and all(name == "id" for name, _ in pairs)
        raise BadReply(Fault.SEVERAL if several else Fault.WRONG_FORM)
    value = pairs[0][1]
    if isinstance(value, list) and not isinstance(value, _Pairs) and len(value) > 1:
        raise BadReply(Fault.SEVERAL)
    if not isinstance(value, str):
        raise BadReply(Fault.WRONG_FORM)
    if value not in offered:
        raise BadReply(_fault_of(value, offered))
    return value


class _Pairs(list[tuple[str, Any]]):
    """A JSON object as it was written: a name that stands in it twice is seen twice."""


_PLAIN = json.JSONDecoder()
_IN_PAIRS = json.JSONDecoder(object_pairs_hook=_Pairs)


def _decoded(body: bytes) -> str | None:
    try:
        return body.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return None


def _loaded(text: str, decoder: json.JSONDecoder = _PLAIN) -> object:
    """What a JSON text holds; None for null, and for a text that is no JSON: neither is ever an answer.

    The errors end here. They hold the whole text, and a log that shows what an error came of would show it.
    """
    try:
        return decoder.decode(text)
    except (ValueError, RecursionError):  # also numbers with too many digits, and brackets nested without end
        return None


def _fault_of(text: str, offered: Collection[str], here: Fault = Fault.NOT_OFFERED) -> Fault:
    """What is wrong with a text that is no offered id; ``here`` when it is or holds a single number."""
    if not text:
        return Fault.EMPTY
    if not text.isascii() and _plain_digits(text) in offered:
        return Fault.OTHER_DIGITS
    bare = re.sub(r"\bid\b", " ", text)
    if re.search(r"[^\W\d_]", bare):
        return Fault.OWN_TEXT
    numbers = set(re.findall(r"[0-9]+", bare))
    if len(numbers) > 1:
        return Fault.SEVERAL
    return here if numbers and bare.strip("0123456789") == "" else Fault.WRONG_FORM


def _plain_digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(character, character)) for character in text)


def showable(body: bytes, key: ServerKey) -> str:
    """A body as text that can be shown and stored: its beginning, with ``�`` for what has no sign of its own.

    The ``key`` is hidden in it before it is cut: a part of a key is not shown either.
    """
    text = key.hidden_in(body[: 8 * RAW_LIMIT].decode("utf-8", "replace"))[:RAW_LIMIT]
    if text.replace("\n", "").replace("\t", "").isprintable():  # nearly always, and much faster
        return text
    return "".join(character if character.isprintable() or character in "\n\t" else "�" for character in text)

"""Reads what a server says in the body of an error: why, in its own words, and which parameter it names."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from core.engines.language.server import ServerKey
from core.masking import Masking
from core.questions.text import shortened

WORDS_SHOWN = 240
"""Characters of a server's own words that people read."""

_DEEPEST = 8
_MOST_TEXTS = 20
_LONGEST_TEXT = 20_000
_TELLS = ("message", "msg", "detail", "details", "error", "errors", "reason", "description", "title", "metadata", "raw")
"""The members that hold words, or what holds words, in the bodies of OpenAI, vLLM, FastAPI, Google, Mistral, LiteLLM,
Ollama and OpenRouter; the most telling first."""
_NAMES = ("param", "loc", "field")

_STATUS_OF_CODE = {
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
    "invalid_api_key": 401,
    "model_not_found": 404,
    "server_error": 500,
    "overloaded_error": 503,
}
_UNSAID = 400
_MASKING = Masking()


def words_of(body: object) -> str:
    """All that an error's body says in words, on one line; empty for a web page, and where it says nothing."""
    found = dict.fromkeys(" ".join(text.split()) for text, _ in _texts(body))
    return " ".join(text for text in found if text and not text.startswith("<"))


def names_of(body: object) -> list[str]:
    """The paths that an error's body names as its cause, such as ``temperature`` and ``messages[0].content``."""
    return [name for _, name in _texts(body) if name]


def quoted(body: object, key: ServerKey) -> str:
    """A sentence with the server's own words, shortened and without secrets, to be put behind ours; or nothing."""
    # What is left of a key that was cut is still a part of it: it is hidden before.
    words = _MASKING.masked(key.hidden_in(words_of(body)[:_LONGEST_TEXT]))
    return f" It says: “{shortened(words, WORDS_SHOWN)}”" if words else ""


def status_within(reply: Mapping[str, Any]) -> int | None:
    """The HTTP status that an error inside of a successful reply stands for; None when there is no such error.

    OpenRouter sends the error of the provider behind it with 200, LM Studio that of an unknown route. A number that is
    given is the status; an error without one counts as a bad request.
    """
    error = _error_within(reply)
    if not error:
        return None
    codes = [error.get(name) for name in ("code", "status", "type")] if isinstance(error, dict) else []
    for code in codes:
        number = int(code) if isinstance(code, str) and re.fullmatch(r"[45]\d\d", code) else code
        if isinstance(number, int) and not isinstance(number, bool) and 400 <= number < 600:
            return number
        if isinstance(code, str) and code in _STATUS_OF_CODE:
            return _STATUS_OF_CODE[code]
    return _UNSAID


def _error_within(reply: Mapping[str, Any]) -> object:
    choices, answers = reply.get("choices"), reply.get("answers")
    first = choices[0] if isinstance(choices, list) and choices else None
    if isinstance(first, dict) and first.get("finish_reason") == "error":
        return first.get("error") or reply.get("error")
    return None if first or answers else reply.get("error")


def _texts(body: object, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Pairs of words and the name of a parameter, one of them empty, at most twenty of a body."""
    found = _walk(body, depth)
    for _, pair in zip(range(_MOST_TEXTS), found, strict=False):
        yield pair


def _walk(body: object, depth: int) -> Iterator[tuple[str, str]]:
    if depth > _DEEPEST:
        return
    if isinstance(body, str):
        inner = _loaded(body)
        yield from ((body, ""),) if inner is None else _walk(inner, depth + 1)
    elif isinstance(body, list):
        for item in body[:_MOST_TEXTS]:
            yield from _walk(item, depth + 1)
    elif isinstance(body, dict):
        yield from (("", name) for name in _named(body))
        for member in _TELLS:
            yield from _walk(body.get(member), depth + 1)


def _named(body: Mapping[str, object]) -> Iterator[str]:
    for member in _NAMES:
        path = body.get(member)
        if isinstance(path, list):
            yield from [".".join(str(part) for part in path)] if path else ()
        elif isinstance(path, str) and path not in ("", "None"):
            yield path


def _loaded(text: str) -> object:
    """What is written in a text as JSON: gateways put the whole error of the server behind them into a message."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None

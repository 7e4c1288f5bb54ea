"""Where a model server is and how it is asked, with a key that never shows."""

import re
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urlsplit

from core.errors import InvalidInput, Problem
from core.web_address import wrong_address

MODEL_LIMIT = 200
KEY_LIMIT = 4_000
"""Characters."""

_CACHING_HOSTS = ("openai.com", "openai.azure.com")
_NO_KEY = "none"


class ServerKey:
    """A server's key. Shows as ``•••`` wherever it is printed, logged or put into a text; it cannot be pickled."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The key itself, for the request alone."""
        return self._text

    def hidden_in(self, text: str) -> str:
        """``text`` with ``•••`` in place of the key: servers quote it in what they send."""
        return text.replace(self._text, str(self)) if self._text else text

    def __repr__(self) -> str:
        return "•••" if self._text else ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ServerKey) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is never written anywhere")


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerSettings:
    """An OpenAI-compatible server.

    ``base_url`` is the address that its routes stand behind, ``https://api.openai.com/v1`` for example, with a query
    where each request needs one (Azure's ``?api-version=…``); ``api_key`` is empty for servers without one.
    ``cache_hints`` tells the server where the part of a prompt ends that stays the same; None stands for yes with
    OpenAI and Azure, which alone know these hints, and no elsewhere.

    Raises InvalidInput with a problem for each unusable field; no problem quotes the key.
    """

    base_url: str
    api_key: ServerKey
    model: str
    cache_hints: bool | None = None

    def __post_init__(self) -> None:
        """Check the fields: an address with a password in it would show up in names and versions."""
        reasons = {
            "Server address": wrong_address(self.base_url),
            "Key": wrong_key(self.api_key.reveal()),
            "Model": _wrong_model(self.model),
        }
        problems = [Problem(row="The settings", field=field, reason=why) for field, why in reasons.items() if why]
        if problems:
            raise InvalidInput(problems)

    @property
    def endpoint(self) -> tuple[str, str]:
        """The address and the model: what is learned about a server is remembered under these."""
        return self.base_url.rstrip("/"), self.model

    @property
    def host(self) -> str:
        """The server's name and port, for people."""
        return urlsplit(self.base_url).netloc

    @property
    def sent_key(self) -> str:
        """The key to send. The client insists on one, and servers without keys ignore it."""
        return self.api_key.reveal() or _NO_KEY

    @property
    def sends_cache_hints(self) -> bool:
        """Whether prompts mark the part that stays the same."""
        if self.cache_hints is not None:
            return self.cache_hints
        name = urlsplit(self.base_url).hostname or ""
        return any(name == host or name.endswith(f".{host}") for host in _CACHING_HOSTS)


def wrong_key(text: str) -> str | None:
    """Why a text cannot be a key, in words that do not quote it; None when it can. No text is no key, and can be."""
    if len(text) > KEY_LIMIT or not re.fullmatch(r"[\x21-\x7e]*", text):
        return "holds a space or a sign that no key has: paste it again."
    return None


def _wrong_model(text: str) -> str | None:
    if not text or len(text) > MODEL_LIMIT or not text.isprintable() or text != text.strip():
        return "is empty or holds signs that no model's name has."
    return None

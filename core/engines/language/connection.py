"""Sends one request to a model server and reads one reply."""

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import httpx2
import openai
from pydantic_core import to_json

from core.engines.language import quiet_logs
from core.engines.language.address_guard import AddressGuard, AddressRefused
from core.engines.language.answer_text import answer_within
from core.engines.language.error_bodies import status_within
from core.engines.language.failures import in_our_words, may_be_for_a_parameter, refused_parameter
from core.engines.language.replies import BadReply, message_text, only_choice, parsed, showable
from core.engines.language.request_modes import MODE_HANDLERS, MOST_TOKENS
from core.engines.language.server import ServerSettings
from core.engines.language.server_memory import RequestMode, ServerMemory
from core.engines.language.style import Prompt
from core.engines.language.transport import Transport, certificates
from core.engines.language.usage import usage_of
from core.engines.reply_cache import ModelReply
from core.prompts.prompt import Message
from core.usage import NOTHING, Usage

quiet_logs.begin()

CONNECT_SECONDS = 5.0
MODELS_SHOWN = 500
_AZURE = "api-version"
_CHAT, _BOUND = "/chat/completions", "max_completion_tokens"


class Connection:
    """Open connections to one server, for one event loop. ``timeout`` is for each read, in seconds.

    A ``guard`` looks at each address before it is connected to, for servers that an org's owner named; no proxy is
    used then. Without one, the proxies of the environment (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY) are used:
    a deployment may have no other way out to the server that it names.

    Nothing is tried again here but a request without parameters that the server refused.
    """

    def __init__(
        self, settings: ServerSettings, memory: ServerMemory, timeout: float, guard: AddressGuard | None = None
    ) -> None:
        self.settings = settings
        self.memory = memory
        wait = httpx2.Timeout(timeout, connect=min(timeout, CONNECT_SECONDS))
        self._client = _client(settings, wait, Transport(certificates(), guard))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def exchange(self, mode: RequestMode, prompt: Prompt, cache_key: str | None) -> ModelReply:
        """Ask in one mode and read the reply.

        ``cache_key`` is equal for prompts with the same beginning, None for one that no other shares it with; it is
        sent where the server knows cache hints.
        A parameter that the server refuses is left out, remembered, and the request sent once more without it. When
        it names none that we know, and the mode was never answered, one try is made with only what the mode needs.

        Raises ServerBusy and ServerStumbles for what may be over soon, BadReply and other EngineFailed for this
        question, and ServerRefused or AddressRefused (each an EngineUnavailable) when no question can be asked.
        """
        one, endpoint = MODE_HANDLERS[mode], self.settings.endpoint
        key = cache_key if self.settings.sends_cache_hints else None
        bare: frozenset[str] = frozenset()
        while True:
            body = one.body(prompt, self.settings.model, key, self.memory.refused(endpoint) | bare)
            reply = await self._posted(one.path, body)
            if isinstance(reply, bytes):
                self.memory.settle(endpoint, mode, without=bare)
                return self._read(mode, prompt, reply)
            droppable = one.optional & _names(body)
            if name := refused_parameter(reply, droppable):
                self.memory.refuse(endpoint, [name])
                continue
            extras = droppable - one.constraint
            unnamed = may_be_for_a_parameter(reply) and not self.memory.is_settled(endpoint, mode)
            if not unnamed or bare or not extras:
                if unnamed:  # it is not for a parameter: the next question need not try that again
                    self.memory.settle(endpoint, mode)
                # Raised here, outside of any handler: a chained error of the client holds the request with the key.
                raise in_our_words(reply, self.settings)
            bare = extras

    async def write(self, messages: Sequence[Message]) -> tuple[str, Usage]:
        """What the model writes in a chat, without its thoughts, and what that took.

        Raises as ``exchange`` does.
        """
        asked = [{"role": str(message.role), "content": message.content} for message in messages]
        body: dict[str, Any] = {"model": self.settings.model, "messages": asked}
        if _BOUND not in self.memory.refused(self.settings.endpoint):
            body[_BOUND] = MOST_TOKENS
        reply = await self._posted(_CHAT, body)
        if not isinstance(reply, bytes) and refused_parameter(reply, frozenset({_BOUND}) & body.keys()):
            self.memory.refuse(self.settings.endpoint, [_BOUND])
            reply = await self._posted(_CHAT, {"model": self.settings.model, "messages": asked})
        if not isinstance(reply, bytes):
            raise in_our_words(reply, self.settings)
        raw, usage = showable(reply, self.settings.api_key), NOTHING
        try:
            read = parsed(reply)
            usage = usage_of(read)
            text = message_text(only_choice(read))
            start, end = answer_within(text)
        except BadReply as bad:
            bad.raw, bad.usage = raw, usage
            raise
        return text[start:end], usage

    async def models(self) -> tuple[str, ...]:
        """The names of the server's models, sorted; at most 500.

        Raises as ``exchange`` does.
        """
        body = await self._answered(self._client.get("/models", cast_to=httpx2.Response))
        if isinstance(body, openai.OpenAIError):
            raise in_our_words(body, self.settings)
        listed = parsed(body).get("data")
        names = {item.get("id") for item in listed if isinstance(item, dict)} if isinstance(listed, list) else set()
        usable = (name for name in names if isinstance(name, str) and name.isprintable() and 0 < len(name) <= 200)
        return tuple(sorted(usable)[:MODELS_SHOWN])

    async def _posted(self, path: str, body: dict[str, Any]) -> bytes | openai.APIStatusError:
        """The reply's body, or the error that it stands for.

        Raises what cannot be mended by another request.
        """
        written = to_json(body)  # the client would copy each part first, and a table is long
        reply = await self._answered(self._client.post(path, cast_to=httpx2.Response, content=written))
        if isinstance(reply, bytes):
            return _error_in(reply) or reply
        if isinstance(reply, openai.APIStatusError):
            return reply
        raise in_our_words(reply, self.settings)  # outside of any handler: see exchange

    async def _answered(self, call: Awaitable[httpx2.Response]) -> bytes | openai.OpenAIError:
        try:
            return (await call).content
        except openai.OpenAIError as error:
            return error
        except AddressRefused as error:
            refused = AddressRefused(str(error))
        raise refused  # as above: the frames of the first one hold the request

    def _read(self, mode: RequestMode, prompt: Prompt, body: bytes) -> ModelReply:
        raw, usage = showable(body, self.settings.api_key), NOTHING
        try:
            reply = parsed(body)
            usage = usage_of(reply)
            return replace(MODE_HANDLERS[mode].read(reply, prompt), usage=usage, raw=raw)
        except BadReply as bad:
            bad.raw, bad.usage = raw, usage
            raise


def _client(settings: ServerSettings, wait: httpx2.Timeout, transport: Transport) -> openai.AsyncOpenAI:
    """The openai client for this server: it tries nothing again, keeps no cookies and asks no environment."""
    http = httpx2.AsyncClient(
        transport=transport,
        timeout=wait,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        follow_redirects=False,  # it would carry the key and the org's table to an address that nobody entered
        trust_env=False,
    )
    address = urlsplit(settings.base_url)
    query = dict(parse_qsl(address.query))
    client = openai.AsyncOpenAI(
        base_url=urlunsplit((address.scheme, address.netloc, address.path, "", address.fragment)),
        api_key=settings.sent_key,
        max_retries=0,
        timeout=wait,
        http_client=http,
        default_query=query,
        # Azure's older addresses, and the gateways that imitate them, look for the key here.
        default_headers={"api-key": settings.sent_key} if _AZURE in query else None,
    )
    # The client takes these from its own environment variables, whichever server it speaks to.
    client.organization = client.project = client.admin_api_key = None
    return client


def _error_in(reply: bytes) -> openai.APIStatusError | None:
    """The error inside of a reply that its server called a success."""
    if b'"error"' not in reply:  # nearly always, and much faster
        return None
    try:
        body = parsed(reply)
    except BadReply:
        return None
    status = status_within(body)
    if status is None:
        return None
    response = httpx2.Response(status, content=reply, request=httpx2.Request("POST", "http://the.server"))
    return openai.APIStatusError(f"HTTP {status}", response=response, body=body.get("error", body))


def _names(body: dict[str, Any]) -> frozenset[str]:
    """The parameters in a request, the cache mark within its messages too."""
    inner = [item for part in ("messages", "input") for item in body.get(part, ())]
    parts = [content for item in inner if isinstance(item["content"], list) for content in item["content"]]
    return frozenset(body).union(*parts) if parts else frozenset(body)

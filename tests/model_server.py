"""A loopback server that speaks OpenAI's routes with a predictable model, and misbehaves on demand."""

import asyncio
import contextlib
import json
import math
import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from core.engines.language.probe import SAMPLE_ANSWER, SAMPLE_QUESTION
from core.engines.language.server_memory import RequestMode

Json = dict[str, Any]

PATHS = {
    "/v1/decisions": {RequestMode.DECISIONS},
    "/v1/chat/completions": {RequestMode.SCHEMA, RequestMode.CHOICE},
    "/v1/completions": {RequestMode.COMPLETION},
}
PROBE = re.compile(r'(?:id|number|"id": ")\s*"?(\d+)')


class Fault(Enum):
    """How a reply can go wrong."""

    BUSY = auto()
    BUSY_FOR_A_WHILE = auto()
    BUSY_FOR_A_SECOND = auto()
    BUSY_FOR_AN_HOUR = auto()
    QUOTA = auto()
    KEY = auto()
    FORBIDDEN = auto()
    NO_MODEL = auto()
    NO_MONEY = auto()
    REDIRECT = auto()
    BAD_REQUEST = auto()
    TOO_LONG = auto()
    ERROR = auto()
    OVERLOADED = auto()
    HANG = auto()
    DRIP = auto()
    RESET = auto()
    HALF_A_BODY = auto()
    CUT_JSON = auto()
    EMPTY_BODY = auto()
    WEB_PAGE = auto()
    NO_JSON = auto()
    HUGE = auto()
    NO_CHOICES = auto()
    TWO_CHOICES = auto()
    REFUSAL = auto()
    FILTERED = auto()
    TOO_SHORT = auto()
    EMPTY = auto()
    OWN_TEXT = auto()
    TWO_IDS = auto()
    FOREIGN_ID = auto()
    FULL_WIDTH = auto()
    QUOTES_THE_KEY = auto()


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the server was sent."""

    path: str
    headers: dict[str, str]
    body: Json

    @property
    def asked(self) -> str:
        """The visitor's question, or the whole last message of a probe."""
        if "prompt" in self.body:
            return str(self.body["prompt"]).rpartition("Human: ")[2].partition("\n")[0]
        messages = self.body.get("messages") or self.body["input"]
        return str(messages[-1]["content"]).removeprefix("Question: ").removesuffix("\nId:")

    @property
    def offered(self) -> list[str] | None:
        """The ids that the request holds the model to, None when to none."""
        if "questions" in self.body:
            return [choice["value"] for choice in self.body["questions"][0]["choices"]]
        if "response_format" in self.body:
            return list(self.body["response_format"]["json_schema"]["schema"]["properties"]["id"]["enum"])
        if "structured_outputs" in self.body:
            return list(self.body["structured_outputs"]["choice"])
        return re.findall(r'"(\d+)"', self.body["grammar"]) if "grammar" in self.body else None


class ModelServer:
    """``answers`` are the model's, by question: an id, or for completions a line; it says "0" to all others.

    ``modes`` are those that the server knows, ``held`` those in which it holds the model to what was offered. It
    refuses each parameter in ``refuses``. ``fault(request, number)`` says what goes wrong with the n-th call (from 1),
    if anything: a Fault, or a text that the model writes. ``anything(request)`` is a whole body to send instead, with
    its status where that is not 200, None for a reply. ``sure`` is how likely the model finds its answer.
    """

    def __init__(
        self,
        answers: dict[str, str] | None = None,
        *,
        modes: Iterable[RequestMode] = (RequestMode.SCHEMA,),
        held: Iterable[RequestMode] = tuple(RequestMode),
        refuses: Iterable[str] = (),
        fault: Callable[[Request, int], Fault | str | None] = lambda _request, _number: None,
        anything: Callable[[Request], bytes | tuple[int, bytes] | None] = lambda _request: None,
        key: str | None = None,
        sure: float = 0.9,
        latency: float = 0.0,
    ) -> None:
        self.answers = answers or {}
        self.modes, self.held, self.refuses = set(modes), set(held), set(refuses)
        self.fault, self.anything = fault, anything
        self.key, self.sure, self.latency = key, sure, latency
        self.requests: list[Request] = []
        self.base_url = ""
        self.connected = 0
        self._open: set[asyncio.Task[None]] = set()

    @property
    def connections(self) -> int:
        """How many connections are open; ``connected`` counts all that ever were."""
        return len(self._open)

    @property
    def questions(self) -> list[Request]:
        """The requests that were no probes and no look at the models."""
        return [request for request in self.requests if request.body and not is_probe(request)]

    @contextlib.contextmanager
    def running(self) -> Iterator["ModelServer"]:
        """The server, in a thread of its own, with its ``base_url`` set."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        serving = self.serving()
        try:
            asyncio.run_coroutine_threadsafe(serving.__aenter__(), loop).result()
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(serving.__aexit__(None, None, None), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    @contextlib.asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator["ModelServer"]:
        """The server on the running loop."""
        server = await asyncio.start_server(self._converse, "127.0.0.1", port)
        self.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        try:
            yield self
        finally:
            server.close()
            for task in self._open:
                task.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.connected += 1
        self._open.add(task)
        try:
            while await self._answer(await received(reader), writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client or the test is done
        finally:
            self._open.discard(task)
            writer.transport.abort()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        self.requests.append(request)
        number = len(self.requests)  # now: others come while this one waits
        await asyncio.sleep(self.latency)
        if (body := self.anything(request)) is not None:
            writer.write(response(*body) if isinstance(body, tuple) else response(200, body))
            await writer.drain()
            return True
        fault = self.fault(request, number)
        match fault:
            case Fault.HANG:
                await asyncio.Event().wait()
            case Fault.DRIP:
                await drip(writer)
            case Fault.RESET:
                return False
            case Fault.HALF_A_BODY:
                writer.write(response(200, b'{"choices": [')[:-1])
                await writer.drain()
                return False
            case Fault.HUGE:
                writer.write(response(200, b" " * 5_000_000 + b"{}"))
            case _:
                writer.write(self._response(request, fault))
        await writer.drain()
        return True

    def _response(self, request: Request, fault: Fault | str | None) -> bytes:
        if isinstance(fault, Fault) and (plain := self._plain(request, fault)):
            return plain
        if self.key is not None and request.headers.get("authorization") != f"Bearer {self.key}":
            return error(401, "Incorrect API key provided.", code="invalid_api_key")
        if request.path == "/v1/models":
            return response(200, {"object": "list", "data": [{"id": name} for name in ("small", "large")]})
        mode = mode_of(request)
        if mode not in self.modes:
            known = self.modes & PATHS.get(request.path, set())
            wrong = "response_format" if mode is RequestMode.SCHEMA else "structured_outputs"
            return error(400, "Not here.", code="unsupported_parameter", param=wrong) if known else error(404, "No.")
        for name in sorted(self.refuses & set(names(request.body))):
            message = f"Unsupported parameter: '{name}' is not supported with this model."
            return error(400, message, code="unsupported_parameter", param=name)
        return response(200, self._reply(request, mode, fault))

    def _reply(self, request: Request, mode: RequestMode, fault: Fault | str | None) -> Json:
        chosen = self._chosen(request, mode)
        if mode is RequestMode.DECISIONS:
            return self._decision(chosen, request.offered or [], fault)
        end = END.get(fault, "stop") if isinstance(fault, Fault) else "stop"
        text = written(fault, mode, json.dumps({"id": chosen}) if mode is RequestMode.SCHEMA else chosen)
        if mode is RequestMode.COMPLETION:
            return completion({"text": text}, end)
        refused = fault is Fault.REFUSAL
        message = {"role": "assistant", "content": None if refused else text, "refusal": "No." if refused else None}
        choice: Json = {"message": message}
        if request.body.get("logprobs") and fault is None:
            choice["logprobs"] = self._logprobs(text, chosen, request.offered or [])
        return completion(choice, end)

    def _chosen(self, request: Request, mode: RequestMode) -> str:
        if request.asked == SAMPLE_QUESTION:
            return SAMPLE_ANSWER if mode is RequestMode.COMPLETION else "1"
        wanted = PROBE.search(request.asked) if is_probe(request) else None
        chosen = wanted.group(1) if wanted else self.answers.get(request.asked, "0")
        offered = request.offered
        return offered[0] if mode in self.held and offered is not None and chosen not in offered else chosen

    def _logprobs(self, text: str, chosen: str, offered: list[str]) -> Json:
        other = next((one for one in reversed(offered) if one != chosen), None)
        before, _, after = text.partition(chosen)
        pieces = [(before, 1.0), (chosen, self.sure), (after, 1.0)]
        content = [{"token": piece, "logprob": math.log(sure), "top_logprobs": []} for piece, sure in pieces if piece]
        for token in content:
            if token["token"] == chosen:
                likely = [(chosen, self.sure), *([(other, 1 - self.sure)] if other else [])]
                token["top_logprobs"] = [{"token": one, "logprob": math.log(sure)} for one, sure in likely if sure]
        return {"content": content}

    def _decision(self, chosen: str, offered: list[str], fault: Fault | str | None) -> Json:
        usage = {"input_tokens": 900, "output_tokens": 3, "input_tokens_details": {"cached_tokens": 800}}
        if fault is Fault.NO_CHOICES:
            return {"answers": None, "usage": usage}
        chosen = written(fault, RequestMode.DECISIONS, chosen)
        rest = (1 - self.sure) / max(1, len(offered) - 1)
        likely = [{"value": one, "probability": self.sure if one == chosen else rest} for one in offered]
        answer: Json = {"type": "choice", "choice": chosen, "confidence": self.sure, "probabilities": likely}
        if fault is Fault.REFUSAL:
            answer = {"type": "refusal"}
        return {"answers": [{"name": "id", **answer}], "model": "m", "usage": usage}

    def _plain(self, request: Request, fault: Fault) -> bytes | None:
        """The faults that are the same on every route."""
        if fault is Fault.QUOTES_THE_KEY:
            return error(400, f"Not with {request.headers.get('authorization')}!")
        if fault is Fault.NO_CHOICES and "questions" not in request.body:
            return response(200, {"choices": None})
        if fault is Fault.TWO_CHOICES:
            choice = {"message": {"content": '{"id": "1"}'}, "finish_reason": "stop"}
            return response(200, {"choices": [choice, choice]})
        return PLAIN.get(fault)


def response(status: int, content: object, *headers: str) -> bytes:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    lines = [f"HTTP/1.1 {status} X", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def error(status: int, message: str, *headers: str, code: str | None = None, param: str | None = None) -> bytes:
    return response(status, {"error": {"message": message, "type": "error", "code": code, "param": param}}, *headers)


def completion(choice: Json, reason: str) -> Json:
    """A chat completion or a completion with one choice."""
    usage = {"prompt_tokens": 1200, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 1024}}
    return {"id": "c", "model": "m", "choices": [{"index": 0, "finish_reason": reason, **choice}], "usage": usage}


PLAIN = {
    Fault.BUSY: error(429, "Slow down."),
    Fault.BUSY_FOR_A_WHILE: error(429, "Slow down.", "Retry-After: 0.05"),
    Fault.BUSY_FOR_A_SECOND: error(429, "Slow down.", "Retry-After: 1"),
    Fault.BUSY_FOR_AN_HOUR: error(429, "Slow down.", "Retry-After: 3600"),
    Fault.QUOTA: error(429, "You exceeded your current quota.", code="insufficient_quota"),
    Fault.KEY: error(401, "Incorrect API key provided.", code="invalid_api_key"),
    Fault.FORBIDDEN: error(403, "Not for you."),
    Fault.NO_MODEL: error(404, "The model does not exist.", code="model_not_found"),
    Fault.NO_MONEY: error(402, "Pay first."),
    Fault.REDIRECT: response(307, {}, "Location: http://127.0.0.1:9/v1/elsewhere"),
    Fault.BAD_REQUEST: error(400, "Something about it is wrong."),
    Fault.TOO_LONG: error(400, "Too many tokens.", code="context_length_exceeded"),
    Fault.ERROR: error(500, "Oops."),
    Fault.OVERLOADED: error(503, "Overloaded."),
    Fault.CUT_JSON: response(200, b'{"id": "c", "choices": [{"index": 0, "mess'),
    Fault.EMPTY_BODY: response(200, b""),
    Fault.WEB_PAGE: response(200, b"<!doctype html><html><body>Welcome</body></html>"),
    Fault.NO_JSON: response(200, b"OK"),
}
WRITES = {
    Fault.EMPTY: "",
    Fault.OWN_TEXT: "We are open all night, just come over!",
    Fault.TWO_IDS: "1, 2",
    Fault.FOREIGN_ID: "999",
    Fault.FULL_WIDTH: "１",
}
WRITES_IN_JSON = {
    Fault.TWO_IDS: '{"id": "1", "id": "2"}',
    Fault.FOREIGN_ID: '{"id": "999"}',
    Fault.FULL_WIDTH: '{"id": "１"}',
}
END = {Fault.TOO_SHORT: "length", Fault.FILTERED: "content_filter"}


def written(fault: Fault | str | None, mode: RequestMode, text: str) -> str:
    """What the model writes instead of ``text``."""
    if isinstance(fault, str):
        return fault
    if fault is None:
        return text
    return (WRITES_IN_JSON if mode is RequestMode.SCHEMA else {}).get(fault, WRITES.get(fault, text))


def is_probe(request: Request) -> bool:
    """Whether the engine only wants to know what the server can do."""
    if "prompt" in request.body:
        return request.asked in ("hello", SAMPLE_QUESTION)
    if request.asked == SAMPLE_QUESTION:
        return True
    messages = request.body.get("messages") or request.body["input"]
    return not str(messages[-1]["content"]).startswith("Question: ")


def mode_of(request: Request) -> RequestMode:
    """The way in which a request asks; a chat without a schema counts as a choice."""
    if request.path == "/v1/decisions":
        return RequestMode.DECISIONS
    if request.path == "/v1/completions":
        return RequestMode.COMPLETION
    return RequestMode.SCHEMA if "response_format" in request.body else RequestMode.CHOICE


def names(body: Json) -> set[str]:
    """The parameters of a request, the cache mark within its messages too."""
    parts = [message["content"] for message in (body.get("messages") or body.get("input") or ())]
    return set(body) | {name for part in parts if isinstance(part, list) for item in part for name in item}


async def received(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(path=head[0].split(" ")[1], headers=headers, body=json.loads(body) if body else {})


async def drip(writer: asyncio.StreamWriter) -> None:
    """One byte of a long reply now and then: no read of the client ever takes long."""
    writer.write(b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


def wait_for(condition: Callable[[], bool]) -> None:
    """Within ten seconds: a server hears of the end of a connection after the client."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)

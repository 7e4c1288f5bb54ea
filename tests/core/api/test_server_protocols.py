"""The server's protocols against a real uvicorn and raw sockets."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from streamlit.web.server.starlette import starlette_server
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from core.api import server_protocols

HEAD = b"GET /quick HTTP/1.1\r\nHost: here\r\n"
SECONDS = 0.3


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers at once or, at /slow, after the time for a head is over; sends websockets their messages' lengths."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": str(len(message["text"]))})
    elif scope["type"] == "http":
        await asyncio.sleep(3 * SECONDS if scope["path"] == "/slow" else 0)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"OK"})


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="error", ws="websockets-sansio"))
        task = asyncio.create_task(server.serve([listening]))
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            await task


@pytest.fixture(autouse=True)
def bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("connection_made", "data_received", "connection_lost"):
        monkeypatch.setattr(AutoHTTPProtocol, name, getattr(AutoHTTPProtocol, name))
    monkeypatch.setattr(WebSocketsSansIOProtocol, "__init__", WebSocketsSansIOProtocol.__init__)
    monkeypatch.setattr(server_protocols, "HEAD_SECONDS", SECONDS)
    monkeypatch.setattr(server_protocols, "MESSAGE_BYTES", 1_000)
    server_protocols.bound_connections()


async def told(port: int, *parts: bytes, until: float = 10.0) -> tuple[bytes, float]:
    """All that the server says to these bytes until it ends the connection, and after how many seconds it does."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.monotonic()
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0.05)
    try:
        return await asyncio.wait_for(reader.read(), until), time.monotonic() - began
    finally:
        writer.close()


@pytest.mark.parametrize(
    "parts",
    [(), (b"G",), (HEAD,), (HEAD + b"\r\n", HEAD), (HEAD, b"A: b\r\n", b"B: c\r\n")],
    ids=["nothing", "a letter", "half a head", "half a second head", "a head without end"],
)
def test_a_connection_that_asks_nothing_whole_ends(parts: tuple[bytes, ...]) -> None:
    async def play() -> tuple[bytes, float]:
        async with serving() as port:
            return await told(port, *parts)

    said, seconds = asyncio.run(play())

    assert said.count(b"200 OK") == sum(b"\r\n\r\n" in part for part in parts)
    assert seconds >= SECONDS


def test_two_hundred_silent_connections_end_and_others_are_answered_meanwhile() -> None:
    async def play() -> tuple[bytes, list[tuple[bytes, float]]]:
        async with serving() as port:
            silent = [asyncio.create_task(told(port, HEAD)) for _ in range(200)]
            asked = await told(port, HEAD + b"Connection: close\r\n\r\n")
            return asked[0], await asyncio.gather(*silent)

    said, silent = asyncio.run(play())

    assert b"200 OK" in said
    assert {one for one, _ in silent} == {b""}


def test_an_answer_that_takes_longer_than_a_head_may_arrives() -> None:
    async def play() -> tuple[bytes, float]:
        async with serving() as port:
            return await told(port, b"GET /slow HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")

    said, _ = asyncio.run(play())

    assert said.endswith(b"OK")


def test_a_websocket_stays_and_takes_no_message_beyond_the_limit() -> None:
    async def play() -> list[Any]:
        async with serving() as port, connect(f"ws://127.0.0.1:{port}/") as websocket:
            await asyncio.sleep(3 * SECONDS)
            await websocket.send("x" * 1_000)
            heard: list[Any] = [await websocket.recv()]
            with contextlib.suppress(ConnectionClosed):
                await websocket.send(iter(["x" * 600, "y" * 600]))  # in fragments: the last one never needs to come
                await websocket.recv()
            return [*heard, websocket.close_code]

    assert asyncio.run(play()) == ["1000", 1009]


def test_what_the_server_takes_by_itself_is_what_is_bounded() -> None:
    config = uvicorn.Config(app, lifespan="off", ws=starlette_server._get_websocket_protocol())
    config.load()

    assert config.http_protocol_class is AutoHTTPProtocol
    assert config.ws_protocol_class is WebSocketsSansIOProtocol

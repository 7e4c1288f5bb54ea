"""Connections whose request or message does not become whole, at a real server."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from core.api.connection_limits import ConnectionLimits, TcpConnection, current_connection, watched
from tests.conftest import free_port

SECONDS = 0.3
MOST_UNREAD = 1_000
HEAD = b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"
PATIENCE_SECONDS = 30


async def slow(request: Request) -> PlainTextResponse:
    await asyncio.sleep(2 * SECONDS)
    return PlainTextResponse("answered")


async def early(request: Request) -> PlainTextResponse:
    return PlainTextResponse("answered")


async def echo(websocket: WebSocket) -> None:
    connection = current_connection()
    assert connection is not None
    connection.most_unread = MOST_UNREAD
    await websocket.accept()
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            message = await websocket.receive_bytes()
            connection.whole()
            await websocket.send_bytes(message)


@dataclass(frozen=True)
class Server:
    port: int

    def connection(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)


@contextlib.contextmanager
def served(**options: Any) -> Iterator[Server]:
    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        with watched(SECONDS):
            yield

    routes = [Route("/slow", slow), Route("/early", early, methods=["POST"]), WebSocketRoute("/echo", echo)]
    app = Starlette(routes=routes, middleware=[Middleware(ConnectionLimits)], lifespan=lifespan)
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", **options))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
        assert thread.is_alive()
    yield Server(port)
    server.should_exit = True
    thread.join(PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with served() as server, server.connection() as first:
        first.sendall(HEAD)
        assert first.recv(1_000)  # from now on requests are known to find their connection
        yield server


def all_of(connection: socket.socket) -> bytes:
    """What comes until the server ends the connection."""
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65_536):
            found += part
    return found


def test_connections_that_say_nothing_are_ended(server: Server) -> None:
    with contextlib.ExitStack() as opened:
        silent = [opened.enter_context(server.connection()) for _ in range(100)]

        assert {all_of(each) for each in silent} == {b""}


@pytest.mark.parametrize("part", [b"G", b"GET /slow HTTP/1.1\r\nHost: localhost\r\nX-A: "])
def test_half_a_head_is_answered_with_408(server: Server, part: bytes) -> None:
    with server.connection() as half:
        half.sendall(part)

        assert all_of(half).startswith(b"HTTP/1.1 408 ")


def test_a_head_that_comes_in_drops_is_cut_off_all_the_same(server: Server) -> None:
    with server.connection() as drops:
        drops.settimeout(SECONDS / 10)
        answer = b""
        drops.sendall(b"GET /slow HTTP/1.1\r\nX-A: ")
        for _ in range(10 * PATIENCE_SECONDS):
            with contextlib.suppress(TimeoutError):
                answer = drops.recv(1_000)
                break
            drops.sendall(b"a")

        assert answer.startswith(b"HTTP/1.1 408 ")


def test_the_half_head_of_a_second_request_is_cut_off_too(server: Server) -> None:
    with server.connection() as second:
        second.sendall(HEAD)
        assert second.recv(1_000).startswith(b"HTTP/1.1 200 ")
        second.sendall(b"GET /slow HTTP/1.1\r\nX-A: ")

        assert b"HTTP/1.1 408 " in all_of(second)


def test_an_answer_takes_its_time_and_the_next_request_finds_the_connection(server: Server) -> None:
    with server.connection() as kept:
        for _ in range(2):
            kept.sendall(HEAD)
            answer = b""
            while not answer.endswith(b"answered"):
                answer += kept.recv(1_000)
            assert answer.startswith(b"HTTP/1.1 200 ")


def test_what_follows_an_early_answer_comes_in_time_or_is_cut_off(server: Server) -> None:
    with server.connection() as early:
        early.sendall(b"POST /early HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx")
        assert early.recv(1_000).startswith(b"HTTP/1.1 200 ")
        early.sendall(b"x")

        assert b"HTTP/1.1 408 " in all_of(early)


def test_a_websocket_may_be_silent_and_say_much_bit_by_bit(server: Server) -> None:
    with connect(f"ws://127.0.0.1:{server.port}/echo") as websocket:
        for _ in range(3):
            with pytest.raises(TimeoutError):
                websocket.recv(timeout=SECONDS)
            websocket.send(b"x" * (MOST_UNREAD // 2))
            assert websocket.recv(timeout=PATIENCE_SECONDS) == b"x" * (MOST_UNREAD // 2)


def test_a_message_that_grows_beyond_its_bound_ends_the_websocket(server: Server) -> None:
    def parts() -> Iterator[bytes]:
        while True:
            yield b"x" * (MOST_UNREAD // 2)

    with connect(f"ws://127.0.0.1:{server.port}/echo") as websocket, pytest.raises(ConnectionClosed):
        websocket.send(parts())


def test_where_requests_do_not_find_their_connection_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TcpConnection, "linked", False)

    with served(reset_contextvars=True) as server, server.connection() as kept:
        kept.sendall(HEAD)

        assert kept.recv(1_000).startswith(b"HTTP/1.1 200 ")


def test_what_was_wrapped_is_itself_again_afterwards() -> None:
    before = AutoHTTPProtocol.data_received
    with watched():
        assert AutoHTTPProtocol.data_received is not before

    assert AutoHTTPProtocol.data_received is before

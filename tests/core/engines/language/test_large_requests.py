"""Requests larger than a connection takes at once, at a server in a thread of its own that reads them slowly."""

import asyncio
import contextlib
import hashlib
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import BinaryIO

import aiohttp
import httpx2
import pytest

from core.engines.language.transport import Transport

LARGE = b"0123456789" * 100_000
"""More than both ends of a connection hold together."""


class SlowServer:
    """Reads a request only after ``waits`` seconds, each time, and replies with the hash of its body."""

    def __init__(self, waits: float = 0.0, *, hangs_up: bool = False) -> None:
        self.waits = waits
        self.hangs_up = hangs_up
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 20_000)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                with connection, connection.makefile("rb") as read, contextlib.suppress(OSError):
                    while self._answered(connection, read):
                        pass

    def _answered(self, connection: socket.socket, read: BinaryIO) -> bool:
        time.sleep(self.waits)
        if self.hangs_up or not (line := read.readline()):
            return False
        length = 0
        while line != b"\r\n":
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
            line = read.readline()
        body = read.read(length) or b""
        said = hashlib.sha256(body).hexdigest()
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(said)}\r\n\r\n{said}".encode())
        return True


@pytest.fixture
def server() -> Iterator[SlowServer]:
    server = SlowServer()
    yield server
    server.close()


@contextlib.asynccontextmanager
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    def small(target: aiohttp.AddrInfoType) -> socket.socket:
        made = socket.socket(*target[:3])
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 20_000)
        return made

    transport = Transport(httpx2.create_ssl_context(), socket_factory=small)
    async with httpx2.AsyncClient(transport=transport, timeout=30) as http:
        yield http


def test_what_the_connection_does_not_take_at_once_follows_whole(server: SlowServer) -> None:
    server.waits = 0.3

    async def replies() -> list[str]:
        async with client() as http:
            return [(await http.post(server.url, content=content)).text for content in (LARGE, b"small", LARGE)]

    assert asyncio.run(replies()) == [hashlib.sha256(content).hexdigest() for content in (LARGE, b"small", LARGE)]


def test_a_large_request_that_is_given_up_leaves_nothing_behind(server: SlowServer) -> None:
    server.waits = 0.6

    async def given_up() -> int:
        async with client() as http:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(http.post(server.url, content=LARGE), 0.2)
            await asyncio.sleep(1)  # what was given to the system is still sent
            return len(asyncio.all_tasks())

    assert asyncio.run(given_up()) == 1


def test_a_server_that_hangs_up_amid_a_large_request_is_a_failure_of_the_call(server: SlowServer) -> None:
    server.hangs_up, server.waits = True, 0.2

    async def ask() -> None:
        async with client() as http:
            with pytest.raises(httpx2.TransportError):
                await http.post(server.url, content=LARGE)

    asyncio.run(ask())

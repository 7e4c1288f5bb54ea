"""Bounds what a connection may hold while its request, or a message of its websocket, is not whole.

ASGI hears of a request once its head is complete, and of a message once that is: what never gets so far would keep its
connection for ever. So ``watched`` looks at what the server's protocols are told (``uvicorn_protocols``).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from typing import ClassVar
from weakref import WeakKeyDictionary

from starlette.types import ASGIApp, Receive, Scope, Send

from core.api import uvicorn_protocols

SECONDS = 20.0
"""To the end of a request’s head: from the opening of its connection, or the end of the answer before it."""
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class TcpConnection:
    """One TCP connection, whose requests run inside ``request``."""

    linked: ClassVar[bool] = False
    """Whether requests find their connection; if a server keeps the context from them, nothing is cut off."""

    def __init__(self, transport: asyncio.Transport, seconds: float) -> None:
        self.most_unread: int | None = None
        """How many bytes may come while no message is whole; None is as many as the server takes."""
        self._transport = transport
        self._seconds = seconds
        self._unread = 0
        self._requests = 0
        self._timer: asyncio.TimerHandle | None = None
        self._wait()

    def takes(self, size: int) -> bool:
        """Whether the server may have these bytes that came; if not, the connection has ended."""
        self._unread += size
        if self.most_unread is not None and self._unread > self.most_unread:
            self._transport.abort()
            return False
        self._wait()
        return True

    def whole(self) -> None:
        """What came so far has been understood."""
        self._unread = 0

    async def request(self, answered: Awaitable[None]) -> None:
        """Answer a request, or a websocket until its end: its head is complete."""
        TcpConnection.linked = True
        self._requests += 1
        self.whole()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        try:
            await answered
        finally:
            self._requests -= 1
            self.whole()
            self._wait()

    def _wait(self) -> None:
        if not self._requests and self._timer is None and not self._transport.is_closing():
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._cut_off)

    def _cut_off(self) -> None:
        self._timer = None
        if TcpConnection.linked and not self._transport.is_closing():
            if self._unread:
                self._transport.write(TOO_SLOW)
            self._transport.close()


_CONNECTION: ContextVar[TcpConnection | None] = ContextVar("connection", default=None)


def current_connection() -> TcpConnection | None:
    """That of the request being answered; None where no server of ``watched`` brought it."""
    return _CONNECTION.get()


class ConnectionLimits:
    """Pure ASGI middleware, outside all others, that tells a connection when its request has come and is answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        connection = None if scope["type"] == "lifespan" else current_connection()
        answered = self._app(scope, receive, send)
        await (answered if connection is None else connection.request(answered))


@contextlib.contextmanager
def watched(seconds: float = SECONDS) -> Iterator[None]:
    """Bound the connections that uvicorn accepts inside this block: those of its protocols that "auto" means."""
    connections: WeakKeyDictionary[asyncio.Protocol, TcpConnection] = WeakKeyDictionary()

    def made_of(made: Callable[..., None]) -> Callable[..., None]:
        def connection_made(self: asyncio.Protocol, transport: asyncio.Transport) -> None:
            # A websocket takes over the connection of the request that asked for it.
            connections[self] = current_connection() or TcpConnection(transport, seconds)
            made(self, transport)

        return connection_made

    def received_of(received: Callable[..., None]) -> Callable[..., None]:
        def data_received(self: asyncio.Protocol, data: bytes) -> None:
            connection = connections.get(self)
            if connection is not None and not connection.takes(len(data)):
                return
            before = _CONNECTION.set(connection)
            try:
                received(self, data)  # starts the task of a request, in this context
            finally:
                _CONNECTION.reset(before)

        return data_received

    with uvicorn_protocols.wrapped(made_of, received_of):
        yield

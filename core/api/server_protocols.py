"""What has to be bounded below ASGI: connections that never ask anything, and messages that never end.

uvicorn waits for the head of a request, and collects a websocket's message, for as long as it takes: no middleware sees
either before it is whole, and there is no setting. It has chosen its protocols before it loads the app, so their
methods are extended here. This is the one file that knows uvicorn's classes; its test holds what it needs of them.
"""

import asyncio
import copy
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

HEAD_SECONDS = 20.0
"""From the opening of a connection, or the first byte of a further request, to the end of the request's head."""
MESSAGE_BYTES = 25 * 1024**2
"""Of a browser's message. A table of 10,000 pasted rows of 500 characters takes 6 MB."""


class HeadTimer:
    """Ends a connection that asks nothing, or only half of it, for HEAD_SECONDS."""

    def __init__(self, protocol: Any) -> None:  # noqa: ANN401 - one of uvicorn's
        self._protocol = protocol
        self._timer: asyncio.TimerHandle | None = None

    def look(self) -> None:
        """Begin to wait for the rest of a head, or stop where it came."""
        if not self._is_waiting():
            self.stop()
        elif self._timer is None:
            self._timer = self._protocol.loop.call_later(HEAD_SECONDS, self._end)

    def stop(self) -> None:
        """Wait for nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _is_waiting(self) -> bool:
        """Whether no request is being answered here, and none became a websocket."""
        cycle, transport = self._protocol.cycle, self._protocol.transport
        answering = cycle is not None and not cycle.response_complete
        return not answering and not transport.is_closing() and transport.get_protocol() is self._protocol

    def _end(self) -> None:
        self._timer = None
        if self._is_waiting():
            self._protocol.transport.close()


def bound_connections(http: Any = AutoHTTPProtocol, websocket: Any = WebSocketsSansIOProtocol) -> None:  # noqa: ANN401
    """Bound the connections of uvicorn's ``http`` and ``websocket`` protocols in this process; once for each class."""
    made, received, lost, begun = http.connection_made, http.data_received, http.connection_lost, websocket.__init__

    def connection_made(self: Any, transport: asyncio.Transport) -> None:  # noqa: ANN401
        made(self, transport)
        self.head_timer = HeadTimer(self)
        self.head_timer.look()

    def data_received(self: Any, data: bytes) -> None:  # noqa: ANN401
        received(self, data)
        self.head_timer.look()

    def connection_lost(self: Any, error: Exception | None) -> None:  # noqa: ANN401
        self.head_timer.stop()
        lost(self, error)

    def init(self: Any, config: Config, *given: Any, **named: Any) -> None:  # noqa: ANN401
        smaller = copy.copy(config)  # what is sent to browsers may be longer
        smaller.ws_max_size = min(config.ws_max_size, MESSAGE_BYTES)
        begun(self, smaller, *given, **named)

    http.connection_made, http.data_received, http.connection_lost = connection_made, data_received, connection_lost
    websocket.__init__ = init

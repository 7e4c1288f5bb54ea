"""Gives each request a number that stands in its log lines and in its answer."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.operation.logs import begin_request

HEADER = "X-Request-ID"


class RequestIds:
    """Pure ASGI middleware that takes the number from a proxy's ``X-Request-ID``, or makes one, and sends it back."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        number = begin_request(Headers(scope=scope).get(HEADER))

        async def send_with_number(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                MutableHeaders(scope=message)[HEADER] = number
            await send(message)

        await self._app(scope, receive, send_with_number)

"""Cuts off requests whose body does not come: each would hold its connection, and what waits for it, for ever."""

import asyncio
from http import HTTPStatus

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECONDS_BETWEEN = 20.0
"""Without any byte."""
SECONDS_IN_ALL = 300.0
"""For 25 MB that is 0.7 Mbit/s."""
TOO_SLOW = "The request did not come in time. Send it again."


class SlowBodies:
    """Pure ASGI middleware that answers 408 when a request's body stops coming, or takes too long."""

    def __init__(self, app: ASGIApp, *, between: float = SECONDS_BETWEEN, in_all: float = SECONDS_IN_ALL) -> None:
        self._app = app
        self._between = between
        self._in_all = in_all

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, as long as it comes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ends_at = asyncio.get_running_loop().time() + self._in_all
        whole = late = started = False

        async def receive_in_time() -> Message:
            nonlocal whole, late
            if whole:
                return await receive()
            if not late:
                now = asyncio.get_running_loop().time()
                try:
                    async with asyncio.timeout_at(min(now + self._between, ends_at)):
                        message = await receive()
                except TimeoutError:
                    late = True
                else:
                    whole = not message.get("more_body", False)
                    return message
            return {"type": "http.disconnect"}

        async def send_unless_late(message: Message) -> None:
            nonlocal started
            if late and not started:
                return  # whatever is said of a browser that seems gone
            started = True
            await send(message)

        try:
            await self._app(scope, receive_in_time, send_unless_late)
        except Exception:
            if not late:
                raise
        if late and not started:
            headers = {"Cache-Control": "no-store", "Connection": "close"}
            await PlainTextResponse(TOO_SLOW + "\n", HTTPStatus.REQUEST_TIMEOUT, headers)(scope, receive, send)

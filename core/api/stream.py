"""The websockets of the pages: each has a place, and what Streamlit keeps of it goes when it has ended."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.api.connection_limits import current_connection
from core.api.connection_slots import HEADER, ConnectionSlot, ConnectionSlots
from core.api.uploads import UploadRoom

STRANGER_BYTES = 64 * 1024
STRANGER_UNREAD_BYTES = 4 * STRANGER_BYTES
"""Of messages that are not whole yet, or not read: the server would hold up to Streamlit's server.maxMessageSize."""
STRANGER_MESSAGES = 50
BACK_WITHIN_SECONDS = 100.0
"""How long a browser that lost its connection finds everything again. Streamlit would keep it for 120 s, but frees what
is older only when another connection ends."""
POLICY, TOO_BIG, LATER = 1008, 1009, 1013


class BrowserTabs(Protocol):
    """What Streamlit keeps for each browser tab."""

    def find(self, place_id: str) -> str | None:
        """The id of the tab whose websocket has this place."""

    def end(self, session_id: str) -> None:
        """Forget the tab, its uploads included; nothing happens when it is not there."""


class Stream:
    """Pure ASGI middleware around the websockets.

    ``sign_in_of`` says from a request's headers which sign-in it has, None when it has none. The messages and the time
    of who has none are bounded, and their tab is forgotten at once; every other tab when it is not back in time. A
    page may let who has none stay as the guest of a link: then only the messages are bounded.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        places: ConnectionSlots,
        tabs: BrowserTabs,
        room: UploadRoom,
        sign_in_of: Callable[[Headers], str | None],
        back_within: float = BACK_WITHIN_SECONDS,
    ) -> None:
        self._app = app
        self._places = places
        self._tabs = tabs
        self._room = room
        self._sign_in_of = sign_in_of
        self._back_within = back_within

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give the websocket a place, and take it back at its end."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        client = scope.get("client")
        place = self._places.take(client[0] if client else "", self._sign_in_of(Headers(scope=scope)))
        if place is None:
            await send({"type": "websocket.close", "code": LATER})
            return
        connection = current_connection()
        if connection is not None and place.sign_in is None:
            connection.most_unread = STRANGER_UNREAD_BYTES
        bounded = _Bounded(place, receive, send, tabs=self._tabs, places=self._places)
        try:
            await self._app(_placed(scope, place), bounded.receive, bounded.send)
        finally:
            self._places.leave(place)
            self._left(place)

    def _left(self, place: ConnectionSlot) -> None:
        if place.session_id is None:
            return
        if place.is_strangers:
            self._forget(place.session_id)
        else:
            asyncio.get_running_loop().call_later(self._back_within, self._forget, place.session_id)

    def _forget(self, session_id: str) -> None:
        if self._places.of_session(session_id) is None:
            self._tabs.end(session_id)
            self._room.forget(session_id)


class _Bounded:
    """What goes to and fro, until its place ends."""

    def __init__(
        self, place: ConnectionSlot, receive: Receive, send: Send, *, tabs: BrowserTabs, places: ConnectionSlots
    ) -> None:
        self._place = place
        self._places = places
        self._receive = receive
        self._send = send
        self._tabs = tabs
        self._connection = current_connection()
        self._calls = 0
        self._closed = False

    async def send(self, message: Message) -> None:
        """To the browser."""
        if self._closed:
            raise OSError("the websocket is closed")
        await self._send(message)

    async def receive(self) -> Message:
        """From the browser."""
        self._calls += 1
        if self._calls > 1 and self._place.session_id is None:
            self._place.session_id = self._tabs.find(self._place.id)
        message = await self._next()
        if message is None:
            return await self._ended(LATER)
        if self._connection is not None:
            self._connection.whole()
        if self._place.sign_in is None and message["type"] == "websocket.receive":
            if len(message.get("bytes") or message.get("text") or b"") > STRANGER_BYTES:
                return await self._ended(TOO_BIG)
            if self._place.is_strangers and self._calls > STRANGER_MESSAGES:
                return await self._ended(POLICY)
            await asyncio.sleep(self._places.turn(self._place.address))
        return message

    async def _next(self) -> Message | None:
        """The next message; None when the time of a stranger is over. Who became a guest meanwhile is waited for."""
        while True:
            try:
                async with asyncio.timeout_at(self._when()) as self._place.waiting:
                    return await self._receive()
            except TimeoutError:
                if self._when() is not None:
                    return None
            finally:
                self._place.waiting = None

    def _when(self) -> float | None:
        handshake = self._calls == 1
        return self._place.ends_at if self._place.is_strangers and not handshake else None

    async def _ended(self, code: int) -> Message:
        if not self._closed:
            self._closed = True
            await self._send({"type": "websocket.close", "code": code})
        return {"type": "websocket.disconnect", "code": code}


def _placed(scope: Scope, place: ConnectionSlot) -> Scope:
    name = HEADER.encode()
    others = [(key, value) for key, value in scope["headers"] if key.lower() != name]
    return {**scope, "headers": [*others, (name, place.id.encode())]}

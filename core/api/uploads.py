"""Uploads only from tabs that may, and no more than there is room for: Streamlit keeps each in memory for its tab."""

import re
import threading
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.api.connection_slots import ConnectionSlots
from core.api.streamlit_http import UPLOAD

BYTES_OF_A_TAB = 80 * 1024**2
"""Three files of the largest size, and a little for what is around them."""
BYTES_IN_ALL = 400 * 1024**2
NOT_YOURS = "Sign in to upload files, and open the page to upload them from."
NO_LENGTH = "Send the file with its length."
TAB_IS_FULL = "There are too many files in this browser tab. Remove one, or reload the page."
NO_ROOM = "Too many files are being uploaded at the moment. Try again in a minute."
_PATH = re.compile(UPLOAD)


class UploadRoom:
    """How many bytes of uploads each browser tab holds; safe from any thread."""

    def __init__(self) -> None:
        self._held: dict[str, dict[str, int]] = {}
        self._lock = threading.Lock()

    def take(self, session_id: str, file_id: str, size: int) -> str | None:
        """Make room for a file; in words why there is none."""
        with self._lock:
            own = self._held.get(session_id, {})
            before = own.get(file_id, 0)
            if sum(own.values()) - before + size > BYTES_OF_A_TAB:
                return TAB_IS_FULL
            if sum(sum(files.values()) for files in self._held.values()) - before + size > BYTES_IN_ALL:
                return NO_ROOM
            self._held.setdefault(session_id, {})[file_id] = size
            return None

    def free(self, session_id: str, file_id: str) -> None:
        """The file is gone."""
        with self._lock:
            self._held.get(session_id, {}).pop(file_id, None)

    def forget(self, session_id: str) -> None:
        """The tab is gone, and all its files with it."""
        with self._lock:
            self._held.pop(session_id, None)


class Uploads:
    """Pure ASGI middleware around Streamlit's route for uploads."""

    def __init__(self, app: ASGIApp, *, places: ConnectionSlots, room: UploadRoom) -> None:
        self._app = app
        self._places = places
        self._room = room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the upload on, or say why not, before any of it is read."""
        found = _PATH.search(scope["path"]) if scope["type"] == "http" else None
        if found is None or scope["method"] not in ("PUT", "DELETE"):
            await self._app(scope, receive, send)
        elif scope["method"] == "DELETE":
            await self._app(scope, receive, send)
            self._room.free(found["session"], found["file"])
        elif refusal := self._refusal(scope, found["session"], found["file"]):
            status, words = refusal
            headers = {"Cache-Control": "no-store", "Connection": "close"}
            await PlainTextResponse(words + "\n", status, headers)(scope, receive, send)
        else:
            await self._kept_if_taken(scope, receive, send, found)

    def _refusal(self, scope: Scope, session_id: str, file_id: str) -> tuple[int, str] | None:
        place = self._places.of_session(session_id)
        if place is None or not place.may_upload:
            return HTTPStatus.FORBIDDEN, NOT_YOURS
        length = Headers(scope=scope).get("content-length", "")
        if not (length.isascii() and length.isdecimal()):
            return HTTPStatus.LENGTH_REQUIRED, NO_LENGTH
        words = self._room.take(session_id, file_id, int(length))
        return (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, words) if words else None

    async def _kept_if_taken(self, scope: Scope, receive: Receive, send: Send, found: re.Match[str]) -> None:
        taken = False

        async def while_connected() -> Message:
            message = await receive()
            gone = self._places.of_session(found["session"]) is None  # then nobody would ever free the file
            return {"type": "http.disconnect"} if gone else message

        async def watch(message: Message) -> None:
            nonlocal taken
            if message["type"] == "http.response.start":
                taken = message["status"] < HTTPStatus.BAD_REQUEST
            await send(message)

        try:
            await self._app(scope, while_connected, watch)
        finally:
            if not taken or self._places.of_session(found["session"]) is None:
                self._room.free(found["session"], found["file"])

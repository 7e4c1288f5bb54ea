"""Keeps what was prepared for a download until the browser has fetched it: Streamlit drops it when others click."""

import functools
import secrets
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.lru_cache import LruCache

BYTES_IN_ALL = 256 * 1024**2
SECONDS_AFTER_FETCH = 60.0
"""A browser asks whether the file is there, fetches it, and may begin anew after a lost connection."""


@dataclass(frozen=True, kw_only=True)
class PreparedFile:
    """A file as a browser gets it."""

    data: bytes
    media_type: str
    name: str


class Session:
    """Stands for one browser tab, with an id that nobody guesses: its files are kept as long as this lives."""

    def __init__(self) -> None:
        self.id = secrets.token_hex(16)


@dataclass(kw_only=True)
class _Kept:
    file: PreparedFile
    session: "weakref.ref[Session]"
    fetched_at: float | None = None


class PreparedFiles:
    """The files that wait for being fetched, by the path that the browser was told.

    One goes a minute after it was fetched, when its session has ended, or when there are more than ``limit`` bytes
    and it was made or fetched longest ago.
    """

    def __init__(self, limit: int = BYTES_IN_ALL, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept: LruCache[str, _Kept] = LruCache(weigh=lambda kept: len(kept.file.data), most_weight=limit)
        self._clock = clock
        self._lock = threading.Lock()

    def keep(self, path: str, file: PreparedFile, session: Session) -> None:
        """Keep a file for a session, in place of what waited at this path before."""
        with self._lock:
            self._forget()
            self._kept.put(path, _Kept(file=file, session=weakref.ref(session)))

    def fetch(self, path: str) -> PreparedFile | None:
        """The file that waits at this path, else None."""
        with self._lock:
            self._forget()
            kept = self._kept.get(path)
            if kept is None:
                return None
            kept.fetched_at = self._clock()
            return kept.file

    def _forget(self) -> None:
        ended = self._clock() - SECONDS_AFTER_FETCH
        for path, kept in self._kept.items():
            if kept.session() is None or (kept.fetched_at is not None and kept.fetched_at < ended):
                self._kept.forget(path)


@functools.cache
def prepared_files() -> PreparedFiles:
    """Those of this process."""
    return PreparedFiles()


class PreparedDownloads:
    """Pure ASGI middleware that hands out prepared files; what is none of them goes on to Streamlit."""

    def __init__(self, app: ASGIApp, *, files: PreparedFiles) -> None:
        self._app = app
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the file, or pass the request on."""
        asks = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        file = self._files.fetch(scope["path"]) if asks else None
        if file is None:
            await self._app(scope, receive, send)
            return
        disposition = f"attachment; filename*=utf-8''{quote(file.name, safe='')}"
        response = Response(file.data, 200, {"Content-Disposition": disposition}, file.media_type)
        await response(scope, receive, send)

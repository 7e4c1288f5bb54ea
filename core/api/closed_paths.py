"""Answers 404 for what leads nowhere, and for what Streamlit would serve beside the pages."""

import re
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.api.streamlit_http import INTERNAL, MEDIA, NEEDED_INTERNAL

_INTERNAL = re.compile(rf"(?:^|/){INTERNAL}(?:/(?P<rest>.*))?$", re.DOTALL)


class ClosedPaths:
    """Pure ASGI middleware that answers 404 below /_stcore/ for all that the pages do not need.

    So /_stcore/metrics (sessions, memory, without sign-in) and /_stcore/agent/ are closed, and whatever a later
    Streamlit adds. There is no exception for requests from this computer: a proxy on it, set up without forwarding
    headers, would make everybody look so.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer that there is nothing."""
        if scope["type"] == "http" and is_closed(scope["path"]):
            headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
            await PlainTextResponse("Not found\n", 404, headers)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def is_closed(path: str) -> bool:
    """Whether a path, decoded as a server gets it, is one of Streamlit's own that the pages do not need.

    >>> is_closed("/_stcore/metrics"), is_closed("/_stcore/health"), is_closed("/ask")
    (True, False, False)
    """
    found = _INTERNAL.search(path)
    if found is None:
        return False
    rest = found["rest"] or ""
    return not any(rest.startswith(name) if name.endswith("/") else rest == name for name in NEEDED_INTERNAL)


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/favicon.png"><title>There is no such page · Frontline</title><style>
:root { color-scheme: light dark; font-family: "Source Sans", "Source Sans Pro", system-ui, sans-serif }
body { margin: 20vh auto 0; max-width: 34rem; padding: 0 1.5rem; line-height: 1.5;
  color: light-dark(#0a1413, #e4ecea); background: light-dark(#ffffff, #121817) }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 1rem }
a { color: light-dark(#0b6b63, #5fc7ba) }
</style></head><body><main><h1>There is no such page</h1>
<p>This address leads nowhere in Frontline. It may be mistyped, or be an old link.</p>
<p><a href="/">Go to the start page</a></p></main></body></html>
"""


class UnknownPaths:
    """Pure ASGI middleware that answers 404 where Streamlit falls back to its page although it has no page there.

    ``pages`` are the paths of the pages, without a slash; the start page needs no name.
    """

    def __init__(self, app: ASGIApp, *, pages: Collection[str]) -> None:
        self._app = app
        self._pages = frozenset(("/", "/index.html", *(f"/{page}" for page in pages)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer that there is nothing."""
        if scope["type"] != "http" or scope["path"] in self._pages or scope["path"].startswith(MEDIA):
            await self._app(scope, receive, send)
            return
        fell_back = False

        async def send_unless_page(message: Message) -> None:
            nonlocal fell_back
            if message["type"] == "http.response.start":
                fell_back = _is_page(message)
            if not fell_back:
                await send(message)

        await self._app(scope, receive, send_unless_page)
        if fell_back:
            await _nothing_here(scope)(scope, receive, send)


def _is_page(start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return start["status"] in (200, 206, 304) and kind.startswith("text/html")


def _nothing_here(scope: Scope) -> Response:
    """For people a page with the way home, for programs a line."""
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if "text/html" in Headers(scope=scope).get("accept", ""):
        return HTMLResponse(_PAGE, 404, headers)
    return PlainTextResponse("There is no such page\n", 404, headers)

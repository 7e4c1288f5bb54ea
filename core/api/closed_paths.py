"""Keeps closed what Streamlit would serve beside the pages: figures about all users, and ways in that nobody uses."""

import re

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from core.api.streamlit_http import INTERNAL, NEEDED_INTERNAL

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

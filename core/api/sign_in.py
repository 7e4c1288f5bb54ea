"""What Streamlit's own sign-in with an OpenID provider leaves open: the way back, an end to waiting, safe cookies."""

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.api.demo_sign_in import safe_path
from core.api.streamlit_http import LOGIN, LOGOUT, USER_COOKIE
from core.auth_settings import CALLBACK, AuthSettings
from core.identity.sessions import LONGEST

NEXT = "frontline_next"
NEXT_SECONDS = 600
PATIENCE_SECONDS = 4.5
PROVIDER_SECONDS = 3.0
NOT_NOW = (
    "Frontline cannot reach the sign-in service now. Nothing is lost: go back, and try again in a moment. If this "
    "stays so, tell the person who runs Frontline."
)
_MAX_AGE = re.compile(r"max-age=\d+", re.IGNORECASE)


def sign_in_secrets(auth: AuthSettings) -> dict[str, Any]:
    """The settings under the names by which ``st.login`` looks for them."""
    return {
        "auth": {
            "redirect_uri": auth.public_url + CALLBACK,
            "cookie_secret": auth.cookie_secret,
            "client_id": auth.client_id,
            "client_secret": auth.client_secret,
            "server_metadata_url": auth.auth_url + "/.well-known/openid-configuration",
            "client_kwargs": {"scope": "openid email profile", "timeout": PROVIDER_SECONDS},
        }
    }


class SignIn:
    """Pure ASGI middleware around Streamlit's routes for signing in and out.

    The page on which a person signs in is kept in a cookie and opened again afterwards, since Streamlit would lead to
    the start page. A sign-in service that hangs or fails is told in words after PATIENCE_SECONDS at most. The cookies
    of a sign-in last no longer than it counts, and behind https every cookie is sent over https only.
    """

    def __init__(self, app: ASGIApp, *, public_url: str) -> None:
        self._app = app
        self._secure = public_url.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and change what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, headers = scope["path"], Headers(scope=scope)
        changes: list[Callable[[MutableHeaders], None]] = []
        if path == LOGIN:
            changes.append(_keeps(_left_page(headers)))
        elif path == CALLBACK:
            changes.append(_leads_to(_kept_page(scope)))
        changes.append(self._guard_cookies)
        if path in (LOGIN, LOGOUT, CALLBACK):
            await self._bounded(scope, receive, send, changes)
        else:
            await self._app(scope, receive, _changed(send, changes))

    async def _bounded(
        self, scope: Scope, receive: Receive, send: Send, changes: list[Callable[[MutableHeaders], None]]
    ) -> None:
        """One small answer, held back until it is known to be one that a person can use."""
        messages: list[Message] = []

        async def hold(message: Message) -> None:
            messages.append(message)

        with anyio.move_on_after(PATIENCE_SECONDS):
            await self._app(scope, receive, _changed(hold, changes))
        if not messages or messages[0].get("status", 500) >= 400 or messages[-1].get("more_body", False):
            await PlainTextResponse(NOT_NOW + "\n", 503, {"Cache-Control": "no-store", "Retry-After": "5"})(
                scope, receive, send
            )
            return
        for message in messages:
            await send(message)

    def _guard_cookies(self, headers: MutableHeaders) -> None:
        cookies = headers.getlist("set-cookie")
        if not cookies:
            return
        del headers["set-cookie"]
        for cookie in cookies:
            headers.append("set-cookie", self._guarded(cookie))

    def _guarded(self, cookie: str) -> str:
        if cookie.startswith(USER_COOKIE):
            cookie = _MAX_AGE.sub(_at_most_a_session, cookie)
        if self._secure and not re.search(r";\s*secure\s*(;|$)", cookie, re.IGNORECASE):
            cookie += "; Secure"
        return cookie


def _changed(send: Send, changes: Iterable[Callable[[MutableHeaders], None]]) -> Send:
    async def change_and_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for change in changes:
                change(headers)
        await send(message)

    return change_and_send


def _left_page(headers: Headers) -> str:
    """The path of this site on which a person went to sign in; the start page when it is not known."""
    try:
        parts = urlsplit(headers.get("referer", ""))
    except ValueError:
        return "/"
    if parts.netloc.lower() != headers.get("host", "").lower():
        return "/"
    return safe_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def _kept_page(scope: Scope) -> str:
    return safe_path(unquote(HTTPConnection(scope).cookies.get(NEXT, "")))


def _keeps(page: str) -> Callable[[MutableHeaders], None]:
    def change(headers: MutableHeaders) -> None:
        headers.append("set-cookie", _next_cookie(quote(page, safe=""), NEXT_SECONDS))

    return change


def _leads_to(page: str) -> Callable[[MutableHeaders], None]:
    def change(headers: MutableHeaders) -> None:
        if headers.get("location") == "/":
            headers["location"] = page
        headers.append("set-cookie", _next_cookie("", 0))

    return change


def _next_cookie(value: str, seconds: int) -> str:
    return f"{NEXT}={value}; Max-Age={seconds}; Path={CALLBACK}; HttpOnly; SameSite=Lax"


def _at_most_a_session(found: re.Match[str]) -> str:
    seconds = int(found.group().partition("=")[2])
    return f"Max-Age={min(seconds, int(LONGEST.total_seconds()))}"

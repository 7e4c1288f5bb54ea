"""The demo sign-in: its signed cookie, and the two routes that set it, since a page could not hide it from scripts."""

import functools
import hashlib
import secrets
import threading
import uuid
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from core.api.doorkeeper import ANOTHER_SITE, same_origin
from core.identity.access import Directory
from core.identity.principal import Principal
from core.local_secret import local_secret

LIFETIME_SECONDS = 7 * 24 * 3600


class DemoSessions:
    """Makes and reads the cookies of one installation, whose secret they are signed with.

    A cookie that was signed out counts no longer, also in a browser tab that still holds it, until the server
    restarts.
    """

    def __init__(self, secret: bytes) -> None:
        self._signed_out: set[str] = set()
        self._lock = threading.Lock()
        self._serializer = URLSafeTimedSerializer(secret, salt="frontline demo sign-in")
        # Cookies are shared between ports: a second installation on this computer must not sign the first one out.
        self.cookie_name = f"frontline_demo_{hashlib.sha256(secret).hexdigest()[:8]}"

    def cookie_for(self, user_id: str) -> str:
        """A new cookie's value for a person."""
        return self._serializer.dumps([user_id, secrets.token_hex(8)])

    def user_id(self, cookie: object) -> str | None:
        """Whose cookie this is; None when it was not signed here, is too old, or was signed out."""
        found = self._read(cookie)
        if found is None:
            return None
        with self._lock:
            return None if found[1] in self._signed_out else found[0]

    def sign_out(self, cookie: object) -> None:
        """Let this cookie count no longer."""
        if found := self._read(cookie):
            with self._lock:
                self._signed_out.add(found[1])

    def _read(self, cookie: object) -> tuple[str, str] | None:
        if not isinstance(cookie, str):
            return None
        try:
            value = self._serializer.loads(cookie, max_age=LIFETIME_SECONDS)
        except BadData:
            return None
        match value:
            case [str(user_id), str(session_id)]:
                return user_id, session_id
        return None


@functools.cache
def demo_sessions(data_dir: Path) -> DemoSessions:
    """The demo sessions of the installation that keeps its data here; its secret is made at the first call."""
    path = data_dir / "demo_sign_in_secret"
    return DemoSessions(local_secret(path, without_it="everybody then signs in anew"))


SIGN_IN = "/demo-sign-in"
SIGN_OUT = "/demo-sign-out"
FORM_LIMIT = 8_192
"""Bytes of a form; ours have some hundred."""
PATH_LIMIT = 2_000


def demo_routes(
    sessions: DemoSessions,
    directory: Directory,
    *,
    signed_in: Callable[[Principal, str], None] = lambda _person, _session: None,
) -> list[BaseRoute]:
    """POST ``person`` (a user id) and ``next`` to SIGN_IN, ``next`` to SIGN_OUT; both go on to ``next``.

    ``signed_in`` is told who signed in, and an id of this sign-in that nobody can sign in with.

    Only a form of Frontline's own pages may do that: without an Origin header of the same origin the answer is 403.
    A GET, as after a reload, leads to the start page and changes nothing.
    """

    async def sign_in(request: Request) -> Response:
        form = await _own_form(request)
        if isinstance(form, Response):
            return form
        person = directory.principal(form.get("person", ""))
        if person is None:
            return PlainTextResponse("There is no such demo person.\n", HTTPStatus.BAD_REQUEST)
        sessions.sign_out(request.cookies.get(sessions.cookie_name))
        response = _go_on(form)
        value = sessions.cookie_for(person.user_id)
        await run_in_threadpool(signed_in, person, uuid.uuid4().hex)
        response.set_cookie(sessions.cookie_name, value, max_age=LIFETIME_SECONDS, httponly=True, samesite="lax")
        return response

    async def sign_out(request: Request) -> Response:
        form = await _own_form(request)
        if isinstance(form, Response):
            return form
        sessions.sign_out(request.cookies.get(sessions.cookie_name))
        response = _go_on(form)
        response.delete_cookie(sessions.cookie_name, httponly=True, samesite="lax")
        return response

    return [Route(SIGN_IN, sign_in, methods=["GET", "POST"]), Route(SIGN_OUT, sign_out, methods=["GET", "POST"])]


def safe_path(path: str | None) -> str:
    """A path of this site to go on to, its query included; the start page for anything that could lead elsewhere.

    >>> safe_path("/ask?org=1"), safe_path("//evil.example"), safe_path("https://evil.example"), safe_path(None)
    ('/ask?org=1', '/', '/', '/')
    """
    if not path or not path.startswith("/") or path.startswith("//") or len(path) > PATH_LIMIT:
        return "/"
    # Browsers read a backslash as a slash and drop tabs and line breaks, so "/\evil" would leave this site.
    if "\\" in path or not path.isascii() or not path.isprintable():
        return "/"
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc else path


async def _own_form(request: Request) -> Mapping[str, str] | Response:
    """The fields of a small form that a page of this very origin sent; else what to answer."""
    if request.method != "POST":
        return RedirectResponse("/", HTTPStatus.SEE_OTHER)
    if not same_origin(request.headers.get("origin", ""), request.headers.get("host", "")):
        return PlainTextResponse(ANOTHER_SITE + "\n", HTTPStatus.FORBIDDEN)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_LIMIT:
            return PlainTextResponse("The form is too large.\n", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        fields = parse_qs(body.decode(), max_num_fields=10)
    except ValueError:
        return PlainTextResponse("The form cannot be read.\n", HTTPStatus.BAD_REQUEST)
    return {name: values[-1] for name, values in fields.items()}


def _go_on(form: Mapping[str, str]) -> RedirectResponse:
    return RedirectResponse(safe_path(form.get("next")), HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})

"""The two routes that sign a demo person in and out: a page cannot set a cookie that scripts cannot read."""

import uuid
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from core.api.demo_session import LIFETIME_SECONDS, DemoSessions
from core.api.doorkeeper import ANOTHER_SITE, same_origin
from core.identity.access import Directory
from core.identity.principal import Principal

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

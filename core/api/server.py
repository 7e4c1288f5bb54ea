"""What the web server has beside the pages: its routes, its middleware, and what starts and stops with it."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Collection, Iterator
from typing import Any

import anyio.to_thread
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Route

from core.api import watching
from core.api.closed_paths import ClosedPaths, UnknownPaths
from core.api.connection_limits import ConnectionLimits, watched
from core.api.connection_slots import places
from core.api.demo_sign_in import demo_routes, demo_sessions
from core.api.doorkeeper import Doorkeeper
from core.api.headers import SecurityHeaders, content_security_policy
from core.api.prepared_files import PreparedDownloads, prepared_files
from core.api.request_ids import RequestIds
from core.api.sign_in import SignIn, sign_in_secrets
from core.api.sign_in_cookies import SignInOf, demo_sign_in_of, real_sign_in_of
from core.api.slow_bodies import SlowBodies
from core.api.stream import BrowserTabs, Stream
from core.api.uploads import UploadRoom, Uploads
from core.api.v1 import app as api
from core.api.v1.limits import PLACES
from core.api.v1.services import ApiServices
from core.bootstrap import Frontline
from core.errors import ConfigurationError
from core.operation.logs import write_json
from core.settings import Settings

ANOTHER_SERVER = (
    "Another Frontline works on this SQLite file. Stop it first, or give this one a data folder of its own "
    "(FRONTLINE_DATA_DIR). Several servers at once need PostgreSQL (DATABASE_URL)."
)


def routes(frontline: Frontline) -> list[BaseRoute]:
    """The HTTP routes; everything else is Streamlit's."""
    found: list[BaseRoute] = [Route("/overview", _start_page), Route("/demo", _chat), *_watched(frontline)]
    if frontline.settings.auth is None:
        sessions = demo_sessions(frontline.settings.data_dir)
        found += demo_routes(sessions, frontline.directory, signed_in=frontline.audit.signed_in)
    return found + api.routes(_parts(frontline), frontline.settings.api_origins)


def _watched(frontline: Frontline) -> list[Route]:
    token = frontline.settings.metrics_token
    found = watching.routes(frontline.readiness)
    return [*found, watching.metrics_route(frontline.metrics, token)] if token else found


def middleware(frontline: Frontline, index_html: str, pages: Collection[str], tabs: BrowserTabs) -> list[Middleware]:
    """What wraps every request, websockets included.

    ``index_html`` is the page that Streamlit serves, and the pages' own inline scripts; ``pages`` are the paths at
    which it is one of Frontline's, and ``tabs`` is what Streamlit keeps for those who look at them.
    """
    settings, room = frontline.settings, UploadRoom()
    signs_in = [Middleware(SignIn, public_url=settings.auth.public_url)] if settings.auth else []
    return [
        Middleware(ConnectionLimits),
        Middleware(RequestIds),
        Middleware(
            SecurityHeaders,
            content_security_policy=content_security_policy(index_html),
            public_url=settings.auth.public_url if settings.auth else None,
        ),
        Middleware(Doorkeeper, trusted_hosts=settings.trusted_hosts, demo=settings.auth is None),
        Middleware(SlowBodies),
        Middleware(ClosedPaths),
        Middleware(Stream, places=places(), tabs=tabs, room=room, sign_in_of=_sign_in_of(settings)),
        Middleware(Uploads, places=places(), room=room),
        Middleware(UnknownPaths, pages=pages),
        Middleware(PreparedDownloads, files=prepared_files()),
        *signs_in,
    ]


def _sign_in_of(settings: Settings) -> SignInOf:
    return real_sign_in_of(settings.auth) if settings.auth else demo_sign_in_of(demo_sessions(settings.data_dir))


def secrets(frontline: Frontline) -> dict[str, Any] | None:
    """What ``st.login`` needs to know; None with the demo sign-in."""
    return sign_in_secrets(frontline.settings.auth) if frontline.settings.auth else None


def _parts(frontline: Frontline) -> ApiServices:
    return ApiServices(
        access=frontline.access,
        bearers=frontline.bearers,
        questions=frontline.questions,
        transfer=frontline.transfer,
        publishing=frontline.publishing,
        checks=frontline.checks,
        answering=frontline.answering,
        runs=frontline.runs,
        recalibrations=frontline.recalibrations,
        intake=frontline.intake,
        idempotency=frontline.idempotency,
        audit=frontline.audit,
    )


def refuse_to_be_second(frontline: Frontline) -> None:
    """Raise ConfigurationError when another server works on the same SQLite file."""
    if not frontline.worker.may_work():
        raise ConfigurationError(ANOTHER_SERVER)


@contextlib.asynccontextmanager
async def running(frontline: Frontline) -> AsyncIterator[None]:
    """The background work of this process goes on inside this block."""
    # Those that answer the API's requests are not to be missed by anything else that the server does in a thread.
    anyio.to_thread.current_default_thread_limiter().total_tokens += PLACES
    if frontline.settings.json_logs:
        write_json()  # again, for the loggers that the server itself has set up since
    await asyncio.to_thread(frontline.start)
    with _program_kept(), watched():
        try:
            yield
        finally:
            await asyncio.to_thread(frontline.stop)


@contextlib.contextmanager
def _program_kept() -> Iterator[None]:
    """Leaves what is loaded by now out of all garbage collections: the program itself, no visitor's data yet.

    Nothing else of this process goes on while one takes place: with the whole program in it that took 0.1 to 0.2 s.
    """
    gc.collect()
    gc.freeze()
    gc.collect()  # how much is kept decides when Python next looks through all of it: from here on, little
    try:
        yield
    finally:
        gc.unfreeze()


async def _start_page(request: Request) -> RedirectResponse:
    """Streamlit serves its first page only at "/": a link by the page's name has to lead there too."""
    return RedirectResponse(f"/?{request.url.query}" if request.url.query else "/")


async def _chat(request: Request) -> RedirectResponse:
    """Where the demo chat was before."""
    return RedirectResponse(f"/chat?{request.url.query}" if request.url.query else "/chat")

"""What the web server has beside the pages: its routes, its middleware, and what starts and stops with it."""

import contextlib
from collections.abc import AsyncIterator

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Route

from core.api.demo_session import demo_sessions
from core.api.demo_sign_in import demo_routes
from core.api.doorkeeper import Doorkeeper
from core.api.headers import SecurityHeaders, content_security_policy
from core.bootstrap import Frontline


def routes(frontline: Frontline) -> list[BaseRoute]:
    """The HTTP routes; everything else is Streamlit's."""
    found: list[BaseRoute] = [Route("/questions", _start_page)]
    if frontline.settings.auth is None:
        found += demo_routes(demo_sessions(frontline.settings.data_dir), frontline.directory)
    return found


def middleware(frontline: Frontline, index_html: str) -> list[Middleware]:
    """What wraps every request, websockets included; ``index_html`` is the page that Streamlit serves."""
    settings = frontline.settings
    return [
        Middleware(SecurityHeaders, content_security_policy=content_security_policy(index_html)),
        Middleware(Doorkeeper, trusted_hosts=settings.trusted_hosts, demo=settings.auth is None),
    ]


@contextlib.asynccontextmanager
async def running(frontline: Frontline) -> AsyncIterator[None]:
    """The background work of this process goes on inside this block."""
    frontline.start()
    try:
        yield
    finally:
        frontline.stop()


async def _start_page(request: Request) -> RedirectResponse:
    """Streamlit serves its first page only at "/": a link by the page's name has to lead there too."""
    return RedirectResponse(f"/?{request.url.query}" if request.url.query else "/")

"""The HTTP API put together: its operations, its OpenAPI document, and its place beside Streamlit's routes."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.datastructures import URLPath
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import ASGIApp, Receive, Scope, Send

from core.api.v1 import answers, entries, publications, revisions, runs, table_files, tutorial
from core.api.v1.documented import problem_schemas
from core.api.v1.gate import Gate
from core.api.v1.problems import answer_to
from core.api.v1.services import ApiServices
from core.rate_limits import RateLimiter

PREFIXES = ("/api", "/org")
OPENAPI = "/api/v1/openapi.json"
ROUTERS = (
    answers.router,
    entries.router,
    revisions.router,
    publications.router,
    runs.router,
    table_files.router,
    tutorial.router,
)
_ABOUT = """Ask, edit and evaluate an organisation's fixed answers.

Send `Authorization: Bearer` with a PropelAuth access token or API key. Every error is
[problem details](https://www.rfc-editor.org/rfc/rfc9457). Reads have an `ETag`, the revision of the table; writes name
it in `If-Match`. How often you may ask is told in `RateLimit`."""
_SENT = ["Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key"]
_SEEN = ["ETag", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "WWW-Authenticate"]


class Api(FastAPI):
    """FastAPI, with the shape of problem details in its document."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        made_before = self.openapi_schema is not None
        document = super().openapi()
        if not made_before:
            document["components"]["schemas"].update(problem_schemas())
            document["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
            document["security"] = [{"bearer": []}]
            _require_if_match(document)
        return document


def api(parts: ApiServices, limiter: RateLimiter | None = None) -> Api:
    """The API on these parts."""
    made = Api(
        title="Frontline",
        version="1",
        description=_ABOUT,
        openapi_url=OPENAPI,
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    made.state.gate = Gate(parts, limiter or RateLimiter())
    for router in ROUTERS:
        made.include_router(router)
    made.add_exception_handler(HTTPException, _nothing_here)
    return made


def routes(parts: ApiServices, origins: Sequence[str] = ()) -> list[BaseRoute]:
    """The API for a server's routes. Pages of ``origins`` may call it from a browser, without cookies."""
    return [_Under(PREFIXES, _Origins(api(parts), origins))]


async def _nothing_here(request: Request, error: Exception) -> Response:
    """A path or a method that there is not."""
    response = answer_to(error)
    if response.status_code == 405:
        response.headers["Allow"] = ", ".join(sorted(_methods(request.scope["path"])))
    return response


def _methods(path: str) -> set[str]:
    """Every method of a path: Starlette names only those of the first route that has it."""
    found = {"GET"} if path == OPENAPI else set()
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.path_regex.match(path):
                found |= route.methods or set()
    return found


def _require_if_match(document: dict[str, Any]) -> None:
    """Say so where a write needs If-Match; the code asks for it itself, since its absence is 428 and not 422."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation["parameters"]:
                if parameter["name"] == "if-match" and "428" in operation["responses"]:
                    parameter["required"] = True


class _Origins:
    """CORS for the pages of some origins. Others get what a program gets, and browsers withhold that from them."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._origins = frozenset(origin.encode() for origin in origins)
        self._allowing = CORSMiddleware(
            app,
            allow_origins=list(origins),
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=_SENT,
            expose_headers=_SEEN,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        allowed = any(name == b"origin" and value in self._origins for name, value in scope["headers"])
        await (self._allowing if allowed else self._app)(scope, receive, send)


class _Under(BaseRoute):
    """Hands every path below some prefixes to an app, whole: a Mount would cut the prefix, and there are two.

    Nothing below them reaches Streamlit, which would answer any path with its page.
    """

    def __init__(self, prefixes: Sequence[str], app: ASGIApp) -> None:
        self._prefixes = tuple(prefixes)
        self._app = app

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether this request is for the app."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        below = path in self._prefixes or path.startswith(tuple(f"{prefix}/" for prefix in self._prefixes))
        return (Match.FULL if below and scope["type"] == "http" else Match.NONE), {}

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:  # noqa: ANN401 - as Starlette has it
        """No path of the API is looked up by name."""
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app answer."""
        await self._app(scope, receive, send)

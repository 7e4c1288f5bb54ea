"""What of Streamlit's own routes the outside does not reach."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket
from streamlit.web.server.starlette import starlette_routes

from core.api.closed_paths import ClosedPaths, is_closed


async def anything(_: Request) -> PlainTextResponse:
    return PlainTextResponse("inside")


async def stream(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("inside")


def client(address: str = "127.0.0.1") -> TestClient:
    routes = [WebSocketRoute("/_stcore/stream", stream), Route("/{path:path}", anything, methods=["GET", "POST"])]
    return TestClient(ClosedPaths(Starlette(routes=routes)), client=(address, 1))


@pytest.mark.parametrize(
    "path",
    [
        "/" + starlette_routes.ROUTE_METRICS,
        "/_stcore/metrics/",
        "/_stcore/%6detrics",
        "/base/_stcore/metrics",
        "/_stcore/metrics?families=session_events",
        "/_stcore/agent/interact",
        "/_stcore/agent/mcp",
        "/_stcore/agent/openapi.json",
        "/_stcore/health/metrics",
        "/_stcore/something-new",
        "/_stcore",
    ],
)
@pytest.mark.parametrize("address", ["127.0.0.1", "192.168.0.7"])
def test_figures_about_users_and_unused_ways_in_are_closed_to_everybody(path: str, address: str) -> None:
    for method in ("GET", "POST", "OPTIONS", "HEAD"):
        response = client(address).request(method, path)

        assert response.status_code == 404
        assert "inside" not in response.text


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/ask?org=_stcore/metrics",
        "/static/js/main.js",
        "/media/x.csv",
        "/" + starlette_routes.ROUTE_HEALTH,
        "/" + starlette_routes.ROUTE_HOST_CONFIG,
        f"/{starlette_routes.BASE_ROUTE_UPLOAD_FILE}/session/file",
        "/_stcore/bidi-components/x/y.js",
    ],
)
def test_what_the_pages_need_is_open(path: str) -> None:
    assert client().get(path).text == "inside"


def test_the_websocket_of_the_pages_is_open() -> None:
    with client().websocket_connect("/_stcore/stream") as websocket:
        assert websocket.receive_text() == "inside"


@pytest.mark.parametrize(
    "path", ["/_stcore/metrics\n", "/_stcore/\nmetrics", "//_stcore/metrics", "/a//_stcore/metrics"]
)
def test_no_odd_spelling_opens_them(path: str) -> None:
    assert is_closed(path)

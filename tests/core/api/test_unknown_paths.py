"""Which addresses lead somewhere."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from core.api.closed_paths import UnknownPaths


async def streamlit(request: Request) -> Response:
    """Any path leads to the page, but for the files that there are."""
    if request.url.path in ("/favicon.png", "/_stcore/health"):
        return PlainTextResponse("a file")
    return HTMLResponse("<title>the page</title>")


@pytest.fixture
def client() -> TestClient:
    app = Starlette(routes=[Route("/{path:path}", streamlit, methods=["GET", "POST"])])
    return TestClient(UnknownPaths(app, pages=["ask", "demo"]))


@pytest.mark.parametrize("path", ["/", "/ask", "/demo?org=x", "/media/report.html", "/favicon.png", "/_stcore/health"])
def test_what_is_there_is_answered(client: TestClient, path: str) -> None:
    response = client.get(path, headers={"Accept": "text/html"})

    assert response.status_code == 200
    assert response.text in ("<title>the page</title>", "a file")


@pytest.mark.parametrize(
    "path", ["/healthz", "/metrics", "/v1/x", "/Ask", "/ask/x", "/x.html", "/favicon.ico", "/x/media/a"]
)
def test_what_is_not_there_is_404_in_words(client: TestClient, path: str) -> None:
    program, person = client.get(path), client.get(path, headers={"Accept": "text/html,*/*;q=0.8"})

    assert (program.status_code, program.text) == (404, "There is no such page\n")
    assert person.status_code == 404
    assert "<h1>There is no such page</h1>" in person.text
    assert '<a href="/">' in person.text
    assert "the page</title>" not in person.text
    assert client.head(path).status_code == 404

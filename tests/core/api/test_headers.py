"""What browsers are told that pages may load."""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from core.api.headers import SecurityHeaders, content_security_policy

POLICY = "default-src 'self'"


async def page(_: Request) -> Response:
    return PlainTextResponse("page")


async def own_policy(_: Request) -> Response:
    return PlainTextResponse("page", headers={"Referrer-Policy": "no-referrer"})


def client() -> TestClient:
    routes = [Route("/", page), Route("/own", own_policy)]
    return TestClient(SecurityHeaders(Starlette(routes=routes), content_security_policy=POLICY))


def test_every_response_has_the_headers_also_an_error() -> None:
    for path, status in (("/", 200), ("/unknown", 404)):
        response = client().get(path)

        assert response.status_code == status
        assert response.headers["content-security-policy"] == POLICY
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "same-origin"


def test_a_route_may_be_stricter() -> None:
    assert client().get("/own").headers["referrer-policy"] == "no-referrer"


def test_only_the_scripts_written_in_the_page_run_inline() -> None:
    digest = base64.b64encode(hashlib.sha256(b" run() ").digest()).decode()

    policy = content_security_policy('<script> run() </script><script type="module" src="./static/a.js"></script>')

    assert f"script-src 'self' 'wasm-unsafe-eval' 'sha256-{digest}';" in policy
    assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self' 'wasm-unsafe-eval';" in content_security_policy("")


def test_streamlits_own_page_has_an_inline_script_that_the_policy_allows() -> None:
    index = (Path(streamlit.__file__).parent / "static/index.html").read_text("utf-8")

    assert content_security_policy(index).count("'sha256-") == index.count("<script>") > 0


def of(public_url: str | None, path: str = "/", **headers: str) -> Mapping[str, str]:
    routes = [Route("/{path:path}", page)]
    app = SecurityHeaders(Starlette(routes=routes), content_security_policy=POLICY, public_url=public_url)
    return TestClient(app, base_url="http://internal").get(path, headers=headers).headers


def test_no_page_may_use_the_camera_or_share_its_window_or_its_files_with_another_site() -> None:
    headers = of(None)

    assert "camera=()" in headers["permissions-policy"]
    assert "clipboard" not in headers["permissions-policy"]
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("forwarded", ["https", "HTTPS", "https, http"])
def test_behind_https_browsers_are_told_to_stay_with_it(forwarded: str) -> None:
    headers = of("https://frontline.example", **{"X-Forwarded-Proto": forwarded})

    assert headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("public_url", "forwarded"),
    [
        (None, "https"),
        ("http://localhost:8501", "https"),
        ("https://frontline.example", "http"),
        ("https://frontline.example", "http, https"),
        ("https://frontline.example", ""),
    ],
)
def test_where_the_browser_did_not_use_https_it_is_not_told_to(public_url: str | None, forwarded: str) -> None:
    assert "strict-transport-security" not in of(public_url, **{"X-Forwarded-Proto": forwarded})


def test_no_cache_keeps_a_download() -> None:
    assert of(None, "/media/abc.csv")["cache-control"] == "private, no-store"
    assert "cache-control" not in of(None, "/static/x.js")


def test_the_address_of_a_share_link_is_told_to_nobody() -> None:
    assert of(None, "/chat?link=abc")["referrer-policy"] == "no-referrer"
    assert of(None, "/chat?link=abc")["x-robots-tag"] == "noindex"
    assert of(None, "/chat")["referrer-policy"] == "same-origin"

"""What is added to Streamlit's own sign-in."""

import time

import anyio
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from core.api import sign_in
from core.api.sign_in import NEXT, NOT_NOW, SignIn

HERE = "https://frontline.example"
PROVIDER = "https://auth.example/authorize?state=x"


async def login(request: Request) -> Response:
    match request.query_params.get("then"):
        case "fail":
            return Response("Authentication error", 400)
        case "hang":
            await anyio.sleep(30)
        case "break":
            raise OSError
    return RedirectResponse(PROVIDER, 302)


async def callback(request: Request) -> Response:
    response = RedirectResponse(request.query_params.get("to", "/"), 302)
    response.set_cookie("_streamlit_user", "x", max_age=30 * 24 * 3600, httponly=True, samesite="lax")
    response.set_cookie("_streamlit_user_tokens_1", "x", max_age=60)
    return response


async def page(_: Request) -> Response:
    response = PlainTextResponse("page")
    response.set_cookie("_streamlit_xsrf", "x", max_age=30 * 24 * 3600)
    response.set_cookie("b", "securely", secure=True)
    return response


def client(public_url: str = HERE) -> TestClient:
    routes = [Route("/auth/login", login), Route("/oauth2callback", callback), Route("/", page)]
    app = SignIn(Starlette(routes=routes), public_url=public_url)
    return TestClient(app, base_url=public_url, follow_redirects=False, raise_server_exceptions=False)


def after_sign_in(referer: str | None) -> str:
    browser = client()
    assert browser.get("/auth/login", headers={"Referer": referer} if referer else {}).headers["location"] == PROVIDER
    return browser.get("/oauth2callback").headers["location"]


@pytest.mark.parametrize("path", ["/", "/ask?org=1", "/ask?org=1&x=a%20b%3B%22c%22&y=%C3%A4"])
def test_the_page_on_which_a_person_signs_in_opens_again_afterwards(path: str) -> None:
    assert after_sign_in(HERE + path) == path


@pytest.mark.parametrize(
    "referer", [None, "", "https://evil.example/ask", "http://[", HERE + "//evil.example", HERE + "/" + "x" * 5_000]
)
def test_no_other_page_opens(referer: str | None) -> None:
    assert after_sign_in(referer) == "/"


@pytest.mark.parametrize("value", ["//evil.example", "https%3A%2F%2Fevil.example", "%2F%2Fevil.example", '"', "%", "é"])
def test_a_cookie_that_was_tampered_with_leads_to_the_start_page(value: str) -> None:
    response = client().get("/oauth2callback", headers={"Cookie": f"{NEXT}={value}".encode()})

    assert response.headers["location"] == "/"


def test_where_streamlit_leads_elsewhere_it_stays_so_and_the_kept_page_is_used_once() -> None:
    browser = client()
    browser.get("/auth/login", headers={"Referer": HERE + "/ask"})

    assert browser.get("/oauth2callback?to=/else").headers["location"] == "/else"
    assert browser.get("/oauth2callback").headers["location"] == "/"


def cookies(response: object) -> dict[str, str]:
    return {line.partition("=")[0]: line for line in response.headers.get_list("set-cookie")}  # type: ignore[attr-defined]


def test_behind_https_every_cookie_is_sent_over_https_only() -> None:
    browser = client()
    found = cookies(browser.get("/auth/login")) | cookies(browser.get("/oauth2callback")) | cookies(browser.get("/"))

    assert set(found) == {NEXT, "_streamlit_user", "_streamlit_user_tokens_1", "_streamlit_xsrf", "b"}
    for line in found.values():
        assert line.lower().count("; secure") == 1


def test_on_this_computer_without_https_cookies_stay_as_they_are() -> None:
    found = cookies(client("http://localhost:8501").get("/oauth2callback"))

    assert "secure" not in found["_streamlit_user"].lower()
    assert "httponly" in found["_streamlit_user"].lower()


def test_the_cookies_of_a_sign_in_last_no_longer_than_it_counts() -> None:
    browser = client()
    found = cookies(browser.get("/oauth2callback")) | cookies(browser.get("/"))

    assert "Max-Age=43200;" in found["_streamlit_user"]
    assert "Max-Age=60;" in found["_streamlit_user_tokens_1"]
    assert "Max-Age=2592000;" in found["_streamlit_xsrf"]


@pytest.mark.parametrize("then", ["fail", "hang"])
def test_a_sign_in_service_that_fails_or_hangs_is_told_in_words_and_soon(
    then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "PATIENCE_SECONDS", 0.3)
    began = time.monotonic()

    response = client().get(f"/auth/login?then={then}")

    assert (response.status_code, response.text.strip()) == (503, NOT_NOW)
    assert response.headers["retry-after"] == "5"
    assert time.monotonic() - began < 3

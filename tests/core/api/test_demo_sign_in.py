"""The routes that sign a demo person in and out."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.api.demo_sign_in import FORM_LIMIT, SIGN_IN, SIGN_OUT, DemoSessions, demo_routes, safe_path
from core.identity.demo import ADMIN, OWNER, DemoDirectory
from core.identity.principal import Principal

HERE = "http://localhost:8501"
DEEP_LINK = "/ask?org=6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01&x=a%20b"
SESSIONS = DemoSessions(b"a" * 32)


@pytest.fixture
def browser() -> TestClient:
    routes = demo_routes(SESSIONS, DemoDirectory())
    return TestClient(Starlette(routes=routes), base_url=HERE, headers={"Origin": HERE}, follow_redirects=False)


def cookie_of(browser: TestClient) -> str | None:
    value: str | None = browser.cookies.get(SESSIONS.cookie_name)
    return value


def test_signing_in_sets_a_cookie_and_leads_back_to_the_deep_link(browser: TestClient) -> None:
    response = browser.post(SIGN_IN, data={"person": OWNER.user_id, "next": DEEP_LINK})

    assert (response.status_code, response.headers["location"]) == (303, DEEP_LINK)
    assert SESSIONS.user_id(cookie_of(browser)) == OWNER.user_id


def test_scripts_and_other_sites_do_not_get_the_cookie(browser: TestClient) -> None:
    response = browser.post(SIGN_IN, data={"person": OWNER.user_id})

    attributes = {part.strip().lower() for part in response.headers["set-cookie"].split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= attributes
    assert not any(attribute.startswith("domain") for attribute in attributes)


def test_signing_out_clears_the_cookie_and_ends_its_copies(browser: TestClient) -> None:
    browser.post(SIGN_IN, data={"person": OWNER.user_id})
    copy = cookie_of(browser)

    response = browser.post(SIGN_OUT, data={"next": "/"})

    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert cookie_of(browser) is None
    assert SESSIONS.user_id(copy) is None


def test_becoming_somebody_else_ends_the_first_cookie(browser: TestClient) -> None:
    browser.post(SIGN_IN, data={"person": OWNER.user_id})
    first = cookie_of(browser)

    browser.post(SIGN_IN, data={"person": ADMIN.user_id})

    assert SESSIONS.user_id(first) is None
    assert SESSIONS.user_id(cookie_of(browser)) == ADMIN.user_id


@pytest.mark.parametrize("person", ["", "nobody", "0b8f3f3e-6a0d-4a51-9d7c-3b6f0c1d2a12"])
def test_an_unknown_person_is_refused(browser: TestClient, person: str) -> None:
    response = browser.post(SIGN_IN, data={"person": person})

    assert response.status_code == 400
    assert cookie_of(browser) is None


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null", "http://localhost:3000", "https://localhost"])
@pytest.mark.parametrize("route", [SIGN_IN, SIGN_OUT])
def test_a_form_of_another_site_is_refused(route: str, origin: str | None) -> None:
    browser = TestClient(Starlette(routes=demo_routes(SESSIONS, DemoDirectory())), base_url=HERE)
    cookie = SESSIONS.cookie_for(OWNER.user_id)
    headers = {"Cookie": f"{SESSIONS.cookie_name}={cookie}"} | ({"Origin": origin} if origin else {})

    response = browser.post(route, data={"person": ADMIN.user_id}, headers=headers)

    assert response.status_code == 403
    assert "set-cookie" not in response.headers
    assert SESSIONS.user_id(cookie) == OWNER.user_id


@pytest.mark.parametrize("route", [SIGN_IN, SIGN_OUT])
def test_a_link_or_an_image_signs_nobody_in_or_out(browser: TestClient, route: str) -> None:
    browser.post(SIGN_IN, data={"person": OWNER.user_id})

    response = browser.get(route, params={"person": ADMIN.user_id, "next": "//evil.example"})

    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert SESSIONS.user_id(cookie_of(browser)) == OWNER.user_id


ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "evil.example",
    "ask",
    " /ask",
    "/ask\r\nSet-Cookie: a=b",
    "/\u2028",
    "/" + "a" * 3_000,
    "",
    None,
]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_signing_in_never_leads_to_another_site(browser: TestClient, path: str | None) -> None:
    form = {"person": OWNER.user_id} | ({"next": path} if path is not None else {})

    response = browser.post(SIGN_IN, data=form)

    assert response.headers["location"] == "/"
    assert safe_path(path) == "/"


@pytest.mark.parametrize(
    "path", ["/", "/ask", DEEP_LINK, "/demo?x=//evil.example", "/a//b", "/?next=https://x.example"]
)
def test_a_path_of_this_site_is_kept(path: str) -> None:
    assert safe_path(path) == path


def test_a_huge_form_is_refused_before_it_is_read(browser: TestClient) -> None:
    response = browser.post(SIGN_IN, content=b"a" * (FORM_LIMIT + 1))

    assert response.status_code == 413


@pytest.mark.parametrize("body", [b"\xff\xfe=1", b"&".join(b"a=1" for _ in range(50))])
def test_a_form_that_makes_no_sense_is_refused(browser: TestClient, body: bytes) -> None:
    assert browser.post(SIGN_IN, content=body).status_code == 400


def test_a_sign_in_is_told_with_an_id_that_is_not_the_cookies() -> None:
    told: list[tuple[Principal, str]] = []
    routes = demo_routes(SESSIONS, DemoDirectory(), signed_in=lambda *sign_in: told.append(sign_in))
    browser = TestClient(Starlette(routes=routes), base_url=HERE, headers={"Origin": HERE}, follow_redirects=False)

    browser.post(SIGN_IN, data={"person": OWNER.user_id})
    browser.post(SIGN_IN, data={"person": OWNER.user_id})
    browser.post(SIGN_IN, data={"person": "nobody"})
    browser.get(SIGN_IN)

    assert [person for person, _ in told] == [OWNER, OWNER]
    assert len({session for _, session in told}) == 2
    assert told[1][1] not in str(cookie_of(browser))

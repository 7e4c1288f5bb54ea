"""Sign-in with PropelAuth in a real browser: the real st.login and library, against a stand-in of PropelAuth."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.api.sign_in import NOT_NOW
from pages.shell.sign_in import BANNER
from tests.browser.conftest import (
    PATIENCE_SECONDS,
    Server,
    menu,
    pick_org,
    running,
    settled,
    streamlit_command,
    title,
)
from tests.conftest import free_port
from tests.propelauth_server import BadToken, Fault, PropelAuthServer, User, propelauth_server

pytestmark = pytest.mark.browser

GONE_SECONDS = 30
"""How soon access that was taken away must be gone from an open page."""
DOUBT = "cannot confirm your access now"
FAULTS = pytest.mark.parametrize(
    "fault", [Fault.HANG, *(pytest.param(fault, marks=pytest.mark.slow) for fault in (Fault.ERROR, Fault.BUSY))]
)


def command(propelauth: PropelAuthServer, port: int) -> list[str]:
    pairs = propelauth.environment(f"http://localhost:{port}")
    return ["env", *(f"{name}={value}" for name, value in pairs.items()), *streamlit_command(port)]


@pytest.fixture(scope="module")
def propelauth() -> Iterator[PropelAuthServer]:
    with propelauth_server() as server:
        yield server


@pytest.fixture(scope="module")
def frontline(propelauth: PropelAuthServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    port = free_port()
    with running(command(propelauth, port), port, tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(autouse=True)
def whole_again(propelauth: PropelAuthServer) -> Iterator[None]:
    yield
    propelauth.mends()
    propelauth.id_token_fault = None


@pytest.fixture(scope="module")
def acme(propelauth: PropelAuthServer) -> str:
    return propelauth.org("Acme")


@pytest.fixture(scope="module")
def beta(propelauth: PropelAuthServer) -> str:
    return propelauth.org("Beta")


def one_of_each_kind() -> list[object]:
    """Tokens with a wrong signature, a wrong claim, and of another sign-in; their siblings in the long versions."""
    quick = (BadToken.FORGED, BadToken.AUDIENCE, BadToken.NONCE)
    siblings = [bad for bad in BadToken if bad not in (*quick, BadToken.FUTURE)]
    return [*quick, *(pytest.param(bad, marks=pytest.mark.slow) for bad in siblings)]


def new_tab(chromium: Browser) -> Page:
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    return context.new_page()


def press_sign_in(page: Page) -> None:
    settled(page)
    page.get_by_role("button", name="Sign in").click()


def sign_in(page: Page, url: str, user: User) -> None:
    page.goto(url)
    title(page, "Welcome to Frontline")
    press_sign_in(page)
    page.get_by_role("link", name=user.email).click()


def role_shown(page: Page) -> str:
    return page.locator(".st-key-person").inner_text()


def org_of(page: Page) -> str:
    return page.get_by_role("combobox", name="Organisation").input_value()


def test_the_deep_link_survives_the_sign_in(
    page: Page, frontline: Server, propelauth: PropelAuthServer, acme: str, beta: str
) -> None:
    user = propelauth.user("Deep", {acme: "Admin", beta: "Member"})
    link = f"{frontline.url}/ask?org={beta}&x=a+b"

    sign_in(page, link, user)

    title(page, "Ask")
    assert page.url == link
    assert org_of(page) == "Beta"
    assert "Deep" in role_shown(page)
    assert "Member" in role_shown(page)
    assert BANNER not in page.inner_text("body")


def test_nothing_but_the_sign_in_page_is_there_without_one(page: Page, frontline: Server, acme: str) -> None:
    for path in ("", "/overview", "/questions", "/ask", "/evaluations", "/settings", "/chat"):
        page.goto(f"{frontline.url}{path}?org={acme}")
        title(page, "Welcome to Frontline")
        expect(page.get_by_role("combobox")).to_have_count(0)
    assert page.request.post(f"{frontline.url}/demo-sign-in").status in (403, 404, 405)


def test_the_org_that_was_used_last_opens_the_next_time_in_another_browser_too(
    page: Page, chromium: Browser, frontline: Server, propelauth: PropelAuthServer
) -> None:
    acme, beta = propelauth.org("Acme"), propelauth.org("Beta")
    user = propelauth.user("Picks", {acme: "Admin", beta: "Owner"})
    sign_in(page, frontline.url, user)
    title(page, "Overview")
    assert org_of(page) == "Acme"
    pick_org(page, "Beta")
    expect(page.locator(".st-key-person")).to_contain_text("Owner")
    menu(page, "Ask")
    assert org_of(page) == "Beta"

    other = new_tab(chromium)
    sign_in(other, f"{frontline.url}/ask", user)
    title(other, "Ask")
    assert org_of(other) == "Beta"
    assert other.url == f"{frontline.url}/ask?org={beta}"
    other.context.close()


def test_who_signed_in_with_an_account_uploads(
    page: Page, frontline: Server, propelauth: PropelAuthServer, acme: str, tmp_path: Path
) -> None:
    file = tmp_path / "asked.csv"
    file.write_text("question\nwhen are you open\n")
    sign_in(page, f"{frontline.url}/evaluations?org={acme}", propelauth.user("Uploads", {acme: "Admin"}))
    title(page, "Evaluations")

    with page.expect_response(lambda answer: answer.request.method == "PUT") as answer:
        page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(file)

    assert answer.value.status == 204
    expect(page.get_by_role("button", name="Run 1 question")).to_be_visible()


def test_an_org_of_others_shows_no_access_and_the_way_home(
    page: Page, frontline: Server, propelauth: PropelAuthServer, acme: str, beta: str
) -> None:
    sign_in(page, f"{frontline.url}/ask?org={acme}", propelauth.user("Otto", {beta: "Owner"}))

    title(page, "No access")
    assert "Acme" not in page.inner_text("body")
    page.get_by_role("button", name="Go to Beta").click()
    title(page, "Ask")
    assert org_of(page) == "Beta"


def test_a_sign_out_ends_every_tab_and_a_copy_of_the_cookie_too(
    page: Page, chromium: Browser, frontline: Server, propelauth: PropelAuthServer, acme: str
) -> None:
    user = propelauth.user("Leaves", {acme: "Admin"})
    sign_in(page, f"{frontline.url}/ask", user)
    title(page, "Ask")
    other = page.context.new_page()
    other.goto(f"{frontline.url}/chat")
    title(other, "Acme")
    stolen = page.context.storage_state()
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert cookies["_streamlit_user"]["httpOnly"]
    assert cookies["_streamlit_user"]["expires"] - time.time() <= 12 * 3600

    page.get_by_role("button", name="Sign out").click()
    title(page, "Welcome to Frontline")

    title(other, "Welcome to Frontline")  # within some seconds, without a click
    assert "_streamlit_user" not in {cookie["name"] for cookie in page.context.cookies()}
    thief = chromium.new_context(storage_state=stolen)
    tab = thief.new_page()
    tab.goto(f"{frontline.url}/ask")
    title(tab, "Welcome to Frontline")
    expect(tab.get_by_text("Your sign-in has ended")).to_be_visible()
    thief.close()

    sign_in(page, f"{frontline.url}/ask", user)
    title(page, "Ask")


def test_removal_downgrade_and_disabling_reach_open_pages_that_nobody_touches(
    chromium: Browser, frontline: Server, propelauth: PropelAuthServer, acme: str
) -> None:
    names = ("Removed", "Downgraded", "Disabled")
    users = {name: propelauth.user(name, {acme: "Owner"}) for name in names}
    tabs = {name: new_tab(chromium) for name in names}
    for name, tab in tabs.items():
        sign_in(tab, f"{frontline.url}/ask?org={acme}", users[name])
        title(tab, "Ask")
    users["Removed"].orgs.clear()
    users["Downgraded"].orgs[acme] = "Member"
    users["Disabled"].enabled = False
    began = time.monotonic()

    title(tabs["Removed"], "You are not in an organisation yet")
    tabs["Downgraded"].locator(".st-key-person").get_by_text("Member").wait_for()
    title(tabs["Disabled"], "Welcome to Frontline")

    took = time.monotonic() - began
    print(f"gone from open pages after {took:.1f} s")
    assert took < GONE_SECONDS
    for tab in tabs.values():
        tab.context.close()


def test_a_person_in_no_org_is_told_how_to_join_one_and_gets_in(
    page: Page, frontline: Server, propelauth: PropelAuthServer, acme: str, shot: Callable[[Page, str], Path]
) -> None:
    user = propelauth.user("Newcomer")
    sign_in(page, f"{frontline.url}/ask", user)
    title(page, "You are not in an organisation yet")
    expect(page.get_by_text("newcomer@acme.example")).to_be_visible()
    shot(page, "no_organisation")
    link = page.get_by_role("link", name="Create an organisation")
    assert link.get_attribute("href") == f"{propelauth.url}/org"

    user.orgs[acme] = "Member"
    page.get_by_role("button", name="Check again").click()

    title(page, "Ask")
    assert org_of(page) == "Acme"


@pytest.mark.parametrize("bad", one_of_each_kind())
def test_a_wrong_id_token_signs_nobody_in(
    page: Page, frontline: Server, propelauth: PropelAuthServer, acme: str, bad: BadToken
) -> None:
    propelauth.id_token_fault = bad

    sign_in(page, f"{frontline.url}/ask", propelauth.user(f"Bad{bad.name}", {acme: "Owner"}))

    page.wait_for_url(f"{frontline.url}/ask")
    title(page, "Welcome to Frontline")
    assert "_streamlit_user" not in {cookie["name"] for cookie in page.context.cookies()}


def test_a_rotated_key_of_the_sign_in_service_is_taken_up(
    page: Page, frontline: Server, propelauth: PropelAuthServer, acme: str, shot: Callable[[Page, str], Path]
) -> None:
    propelauth.key_number += 1

    sign_in(page, f"{frontline.url}/ask", propelauth.user("Rotated", {acme: "Owner"}))

    title(page, "Ask")
    shot(page, "signed_in")


@FAULTS
def test_a_sign_in_service_that_is_down_is_told_in_words_and_the_sign_in_works_later(
    page: Page, frontline: Server, propelauth: PropelAuthServer, acme: str, fault: Fault
) -> None:
    user = propelauth.user(f"Later{fault.name}", {acme: "Owner"})
    page.goto(f"{frontline.url}/ask")
    title(page, "Welcome to Frontline")
    propelauth.breaks(fault)

    press_sign_in(page)
    began = time.monotonic()
    page.get_by_text(NOT_NOW[:40]).wait_for()
    assert time.monotonic() - began < 5

    propelauth.mends()
    sign_in(page, f"{frontline.url}/ask", user)
    title(page, "Ask")


@FAULTS
def test_frontline_starts_without_propelauth_fails_closed_and_recovers_by_itself(
    page: Page, propelauth: PropelAuthServer, acme: str, tmp_path: Path, fault: Fault
) -> None:
    user = propelauth.user(f"Patient{fault.name}", {acme: "Owner"})
    port = free_port()
    with running(command(propelauth, port), port, tmp_path) as first:
        sign_in(page, f"{first.url}/ask", user)
        title(page, "Ask")
    propelauth.breaks(fault)
    with running(command(propelauth, port), port, tmp_path) as again:
        began = time.monotonic()
        page.goto(f"{again.url}/ask?org={acme}")
        page.get_by_text(re.compile(DOUBT)).wait_for()
        took = time.monotonic() - began
        expect(page.get_by_role("combobox")).to_have_count(0)
        assert "Acme" not in page.inner_text("body")

        propelauth.mends()
        began = time.monotonic()
        title(page, "Ask")
        print(f"{fault.name}: said so after {took:.1f} s, back after {time.monotonic() - began:.1f} s")
        assert took < 6  # with the loading of the page in a busy machine's browser
        assert org_of(page) == "Acme"


def test_no_secret_stands_in_the_log(frontline: Server, propelauth: PropelAuthServer) -> None:
    words = frontline.log.read_text()

    settings = propelauth.settings()
    for secret in (settings.api_key, settings.client_secret, settings.cookie_secret):
        assert secret not in words
    assert "Unexpected error" not in words

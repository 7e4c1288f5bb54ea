"""Signing in and out, the organisation and the pages, in a real browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.identity.demo import CLOTHING_ORG, PHONE_ORG
from pages.shell.navigation import PLACES, PageAddress
from pages.shell.sign_in import BANNER
from tests.browser.conftest import Server, open_as, pick_org, sign_in, title

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path]


@pytest.fixture(autouse=True)
def quiet(page: Page, server: Server) -> Iterator[None]:
    """No test may end with a blocked or foreign request, or with an error in the page."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda m: wrong.append(m.text) if "Content Security Policy" in m.text else None)
    page.on("request", lambda r: None if r.url.startswith((server.url, "data:", "blob:")) else wrong.append(r.url))
    yield
    assert wrong == []


def org_of(page: Page) -> str:
    return page.get_by_role("combobox", name="Organisation").input_value()


def heading(place: PageAddress) -> str:
    """What a page is headed with: the chat, which has the whole screen, by its org."""
    return "Northwind Clothing" if place.full_screen else place.title


def test_the_deep_link_survives_the_sign_in(page: Page, server: Server) -> None:
    link = f"{server.url}/ask?org={CLOTHING_ORG}&x=a+b"

    sign_in(page, link, "Olivia")

    title(page, "Ask")
    assert page.url == link
    assert org_of(page) == "Northwind Clothing"


@pytest.mark.parametrize(
    "place",
    [PLACES[0], *(pytest.param(place, marks=pytest.mark.slow) for place in PLACES[1:])],
    ids=lambda place: place.url_path,
)
def test_every_page_is_found_by_its_name_before_and_after_sign_in(
    page: Page, server: Server, place: PageAddress
) -> None:
    link = f"{server.url}/{place.url_path}?org={CLOTHING_ORG}"

    sign_in(page, link, "Adam")
    title(page, heading(place))
    page.goto(link)

    title(page, heading(place))
    expect(page).to_have_title(f"{place.title} · Frontline")
    expect(page.get_by_text(BANNER)).to_be_visible(visible=not place.full_screen)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_sign_in_lasts_over_a_reload_and_in_a_new_tab_and_ends_in_all_of_them(page: Page, server: Server) -> None:
    sign_in(page, f"{server.url}/chat?org={CLOTHING_ORG}", "Mia")
    page.reload()
    title(page, "Northwind Clothing")
    other = page.context.new_page()
    other.goto(f"{server.url}/ask?org={CLOTHING_ORG}")
    title(other, "Ask")

    other.get_by_role("button", name="Sign out").click()
    title(other, "Welcome to Frontline")
    page.get_by_role("button", name="Presenter").click()

    title(page, "Welcome to Frontline")
    assert [cookie for cookie in page.context.cookies() if cookie["name"].startswith("frontline")] == []


def test_scripts_of_the_page_cannot_read_the_cookie(page: Page, server: Server) -> None:
    sign_in(page, server.url, "Olivia")

    (cookie,) = [cookie for cookie in page.context.cookies() if cookie["name"].startswith("frontline")]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert "frontline" not in page.evaluate("document.cookie")


def test_the_org_stays_from_page_to_page_over_a_reload_and_back_and_forward(page: Page, server: Server) -> None:
    open_as(page, f"{server.url}/ask?org={CLOTHING_ORG}", "Olivia")
    pick_org(page, "Beacon Phones")
    assert page.url == f"{server.url}/ask?org={PHONE_ORG}"

    page.get_by_test_id("stSidebarNavLink").filter(has_text="Demo chat").click()
    title(page, "Beacon Phones")
    assert page.url == f"{server.url}/chat?org={PHONE_ORG}"
    page.reload()
    title(page, "Beacon Phones")

    page.go_back()
    title(page, "Ask")
    assert org_of(page) == "Beacon Phones"
    page.go_back()
    expect(page.get_by_role("combobox", name="Organisation")).to_have_value("Northwind Clothing")
    assert page.url == f"{server.url}/ask?org={CLOTHING_ORG}"
    page.go_forward()
    expect(page.get_by_role("combobox", name="Organisation")).to_have_value("Beacon Phones")
    assert page.url == f"{server.url}/ask?org={PHONE_ORG}"


def test_going_back_to_the_bare_address_and_on_from_there_works(page: Page, server: Server) -> None:
    earlier = page.context.new_page()
    open_as(earlier, f"{server.url}/ask?org={PHONE_ORG}", "Olivia")
    page.goto(f"{server.url}/ask")
    expect(page).to_have_url(f"{server.url}/ask?org={PHONE_ORG}")

    page.go_back()
    title(page, "Ask")
    page.get_by_role("textbox", name="Question", exact=True).fill("What do you sell?")
    page.get_by_role("textbox", name="Question", exact=True).press("Enter")

    expect(page.get_by_test_id("stChatMessage")).to_have_count(1)  # the answer: the field above says the question
    expect(page.get_by_role("textbox", name="Question", exact=True)).to_have_value("What do you sell?")
    expect(page).to_have_url(f"{server.url}/ask?org={PHONE_ORG}")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


@pytest.mark.parametrize(
    "org", [CLOTHING_ORG, pytest.param("4a1d0f3c-0000-4000-8000-000000000000", marks=pytest.mark.slow), "<b>x</b>"]
)
def test_an_org_of_others_shows_no_access_and_the_way_home(page: Page, server: Server, org: str, shot: Shot) -> None:
    open_as(page, f"{server.url}/questions?org={org}", "Otto")

    title(page, "No access")
    expect(page.get_by_text("You have no access to this organisation.")).to_be_visible()
    assert "Northwind" not in page.inner_text("body")
    expect(page.get_by_role("combobox")).to_have_count(0)
    shot(page, "no_access")
    page.get_by_role("button", name="Go to Beacon Phones").click()
    title(page, "Questions & answers")
    assert org_of(page) == "Beacon Phones"


def test_an_address_that_leads_nowhere_says_so_and_leads_home(page: Page, server: Server) -> None:
    for path in ("/metrics", "/healthz", "/api/nothing", "/nowhere", "/ask/nowhere"):
        assert page.request.get(server.url + path).status == 404

    page.goto(f"{server.url}/nowhere")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("There is no such page")
    page.get_by_role("link", name="Go to the start page").click()
    expect(heading).to_have_text("Welcome to Frontline")


def test_a_form_on_another_site_signs_nobody_in(page: Page, server: Server) -> None:
    page.goto("data:text/html,<p>another site</p>")
    page.set_content(f'<form method="post" action="{server.url}/demo-sign-in"><button>Win a prize</button></form>')

    page.get_by_role("button").click()

    page.get_by_text("This request was sent by another web site").wait_for()
    assert page.context.cookies() == []


def test_no_other_page_can_frame_frontline(page: Page, server: Server) -> None:
    response = page.goto(server.url)

    assert response is not None
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
@pytest.mark.parametrize("width", [pytest.param(1280, marks=pytest.mark.slow), 420])
def test_every_page_fits_its_window(chromium: Browser, server: Server, width: int, scheme: str, shot: Shot) -> None:
    """Nothing is wider than the window: no page scrolls sideways."""
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(server.url)
    title(page, "Welcome to Frontline")
    shot(page, f"sign_in_{width}_{scheme}")
    open_as(page, server.url, "Olivia")
    wide = {}
    for place in PLACES:
        page.goto(f"{server.url}/{place.url_path}?org={CLOTHING_ORG}")
        title(page, heading(place))
        shot(page, f"{place.url_path}_{width}_{scheme}")
        wide[place.title] = page.evaluate("document.documentElement.scrollWidth") - width
    context.close()

    assert {words: more for words, more in wide.items() if more > 0} == {}

"""The pages as axe judges them, in both themes, and the order of their headings as they are drawn."""

from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from core.identity.demo import CLOTHING_ORG
from pages.shell.navigation import PLACES
from tests.browser.conftest import Server, menu, open_as, settled, title

pytestmark = pytest.mark.browser

GRAVE = ("serious", "critical")
SHOWN = """scheme => {
    const app = document.querySelector('[data-testid="stApp"]');
    const [red, green, blue] = getComputedStyle(app).backgroundColor.match(/\\d+/g).map(Number);
    return (red + green + blue < 3 * 128) === (scheme === "dark");
}"""
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
    .filter(each => each.checkVisibility())
    .map(each => Number(each.tagName[1]))"""


def wrong(page: Page) -> list[str]:
    """What axe finds grave in each theme, with the place of each, and gaps in the order of headings."""
    faults = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(SHOWN, arg=scheme)
        settled(page)
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        grave = (one for one in found if one["impact"] in GRAVE)
        faults += [f"{scheme}: {one['id']} {node['html'][:200]}" for one in grave for node in one["nodes"]]
    levels = [0, *page.evaluate(HEADINGS)]
    return faults + [f"h{after} follows h{before}" for before, after in pairwise(levels) if after > before + 1]


def test_no_page_has_a_grave_fault_or_a_gap_in_its_headings(chromium: Browser, server: Server) -> None:
    """Segments are looked at with the pointer and the focus on them, as a click leaves them."""
    # axe comes as an inline script, which our own headers refuse.
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True)
    page, found = context.new_page(), {}
    page.goto(server.url)
    title(page, "Welcome to Frontline")
    found["Sign in"] = wrong(page)
    open_as(page, f"{server.url}/questions?org={CLOTHING_ORG}", "Olivia")
    for place in PLACES:
        menu(page, place.title)
        found[place.title] = wrong(page)

    menu(page, "Questions & answers")
    page.get_by_role("radio", name="History").click()
    settled(page)
    found["History"] = wrong(page)

    menu(page, "Evaluations")
    page.get_by_role("button", name="Use the sample questions").click()
    page.get_by_role("button", name="Run 24 questions").click()
    page.get_by_text("labelled questions").first.wait_for()
    title(page, "Sample questions.csv")
    for section in ("Compare", "Figures"):
        page.get_by_role("radio", name=section, exact=True).click()
        settled(page)
        found[section] = wrong(page)
    context.close()

    assert {where: faults for where, faults in found.items() if faults} == {}

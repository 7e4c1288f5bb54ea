"""The menu of a narrow screen, which covers the page: it is out of the way once something was chosen."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from core.identity.demo import CLOTHING_ORG
from tests.browser.conftest import CONTEXTS_OF_PHONES, Server, menu, open_as, pick_org, settled

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "options",
    [CONTEXTS_OF_PHONES["phone"], pytest.param(CONTEXTS_OF_PHONES["narrow window"], marks=pytest.mark.slow)],
    ids=["phone", "narrow window"],
)
def test_the_menu_closes_after_a_page_and_after_an_organisation_was_chosen(
    chromium: Browser, server: Server, options: dict[str, Any]
) -> None:
    context = chromium.new_context(**options)
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda m: refused.append(m.text) if "Content Security Policy" in m.text else None)
    sidebar, opens = page.get_by_test_id("stSidebar"), page.get_by_test_id("stExpandSidebarButton")
    open_as(page, f"{server.url}/questions?org={CLOTHING_ORG}", "Olivia")
    expect(sidebar).to_have_attribute("data-collapsed", "true")

    for place in ("Settings", "Ask"):
        opens.click()
        expect(sidebar).to_have_attribute("data-collapsed", "false")
        settled(page)
        menu(page, place)
        expect(sidebar).to_have_attribute("data-collapsed", "true")

    for org in ("Beacon Phones", "Northwind Clothing"):
        opens.click()
        expect(sidebar).to_have_attribute("data-collapsed", "false")
        settled(page)
        pick_org(page, org)
        expect(sidebar).to_have_attribute("data-collapsed", "true")

    opens.click()
    settled(page)
    page.reload()
    settled(page)
    expect(sidebar).to_have_attribute("data-collapsed", "true")
    context.close()
    assert refused == []


def test_the_menu_of_a_wide_window_stays(chromium: Browser, server: Server) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    open_as(page, f"{server.url}/questions?org={CLOTHING_ORG}", "Olivia")

    menu(page, "Settings")
    pick_org(page, "Beacon Phones")

    expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "false")
    context.close()

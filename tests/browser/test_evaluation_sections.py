"""The charts and tables of an ended run in a real browser, under our own headers."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.identity.demo import CLOTHING_ORG
from pages.evaluations.page import SECTIONS
from tests.browser.conftest import Server, menu, new_evaluation, open_as, settled, title
from tests.tutorial import QUESTIONS

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path]


@pytest.fixture(autouse=True)
def quiet(page: Page, server: Server) -> Iterator[None]:
    """No chart may need what our headers forbid, and none may end with an error in the page."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
    yield
    assert wrong == []


def test_every_section_of_a_run_is_drawn(page: Page, server: Server, shot: Shot) -> None:
    open_as(page, f"{server.url}/?org={CLOTHING_ORG}", "Adam")
    menu(page, "Evaluations")
    new_evaluation(page)
    page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(QUESTIONS)
    page.get_by_role("button", name="Run 24 questions").click()
    expect(page.get_by_text("labelled questions").first).to_be_visible()
    title(page, QUESTIONS.name)

    charts = {"Confidence": 3, "Threshold": 1}
    for name in SECTIONS:
        page.get_by_role("radio", name=name, exact=True).click()
        settled(page)
        expect(page.get_by_test_id("stVegaLiteChart").locator("canvas, svg")).to_have_count(charts.get(name, 0))
        expect(page.get_by_test_id("stException")).to_have_count(0)
        shot(page, f"section_{name.replace(' ', '_').lower()}")

    page.get_by_role("radio", name="Threshold", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile(r"^Of (100 visitors|\d+ questions): "))).to_be_visible()
    handle = page.get_by_role("slider", name="Answer from this confidence on")
    handle.press("Home")
    expect(page.get_by_role("heading", name=", 0 to a person")).to_be_visible()

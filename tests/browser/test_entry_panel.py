"""An entry's panel in a real browser: a click on its number, writing without leaving the field, and back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from core.identity.demo import CLOTHING_ORG
from pages.questions.editor.table_look import ROW_HEIGHT
from tests.browser.conftest import Server, open_as, settled
from tests.browser.grid import FIRST_ROW

pytestmark = pytest.mark.browser

ROW = ROW_HEIGHT
IN_THE_NUMBER = 60
"""Pixels from a table's left edge into the column of the numbers."""


def test_what_is_written_in_the_panel_is_in_the_table_however_one_leaves_it(
    page: Page, own_server: Server, shot: Callable[[Page, str], Path]
) -> None:
    open_as(page, f"{own_server.url}/questions?org={CLOTHING_ORG}", "Adam")
    panel = page.get_by_role("dialog")
    open_row(page, 1)
    expect(field(panel, "Question")).to_have_value("Are you currently hiring?")
    shot(page, "panel")

    field(panel, "Answer").fill("We hire cooks.")
    panel.get_by_role("button", name="arrow_forward").click()  # with the cursor still in the answer
    expect(field(panel, "Question")).to_have_value("What do you sell?")
    field(panel, "Other phrasings").fill("which clothes\ndo you have hats")
    panel.get_by_role("button", name="Done").click()

    expect(panel).to_be_hidden()
    expect(page.get_by_text("2 edited, not saved yet")).to_be_visible()
    settled(page)
    page.keyboard.press("Escape")
    open_row(page, 1)
    expect(field(panel, "Answer")).to_have_value("We hire cooks.")
    panel.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("Saved as revision 2")).to_be_visible()
    expect(panel).to_be_hidden()
    expect(page.get_by_text("not saved yet")).to_be_hidden()


def field(panel: Locator, name: str) -> Locator:
    return panel.get_by_role("textbox", name=name, exact=True)


def open_row(page: Page, row: int) -> None:
    """Click the number of a row until its panel opens: a table just drawn does not hear it yet."""
    canvas = page.get_by_test_id("data-grid-canvas").first
    canvas.scroll_into_view_if_needed()
    for _ in range(20):
        box = canvas.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + IN_THE_NUMBER, box["y"] + FIRST_ROW + ROW * row)
        page.wait_for_timeout(1_000)
        if page.get_by_role("dialog").count():
            return
    raise AssertionError("the table did not hear the click")

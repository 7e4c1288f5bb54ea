"""Drives Streamlit's tables, which are drawn on a canvas, by mouse and keyboard as a person does."""

import contextlib
from collections.abc import Callable

from playwright.sync_api import Page, TimeoutError, expect

FIRST_ROW = 54
"""Pixels from a table's top to the middle of its first row."""
HEARD = """([nth, url]) => {
    if (window.location.href !== url) return true;
    const canvas = document.querySelectorAll('[data-testid="data-grid-canvas"]')[nth];
    return !canvas || canvas.querySelector('[data-testid^="glide-cell-"][aria-selected="true"]');
}"""


def focus(page: Page, column: int, row: int, nth: int = 0) -> None:
    """Select a cell; columns count from 0 with the first that is shown, rows from 0 below the header."""
    _click(page, nth, x=120, y=FIRST_ROW)
    page.keyboard.press("Control+Home")
    first = 1  # the marker of the row comes before the cells
    expect(page.get_by_test_id(f"glide-cell-{first}-0")).to_have_attribute("aria-selected", "true")
    for down in range(1, row + 1):
        page.keyboard.press("ArrowDown")
        expect(page.get_by_test_id(f"glide-cell-{first}-{down}")).to_have_attribute("aria-selected", "true")
    for right in range(1, column + 1):
        page.keyboard.press("ArrowRight")
        expect(page.get_by_test_id(f"glide-cell-{first + right}-{row}")).to_have_attribute("aria-selected", "true")


def write(page: Page, column: int, row: int, text: str, before_enter: Callable[[], None] = lambda: None) -> None:
    """Replace a cell's text."""
    focus(page, column, row)
    page.keyboard.press("Enter")
    field = page.locator("#portal").locator("textarea, input").first
    field.fill(text)
    before_enter()
    page.keyboard.press("Enter")


def paste_below(page: Page, column: int, row: int, text: str) -> None:
    """Paste text from a spreadsheet (tabs and line breaks) into the line for new rows, below the last row."""
    focus(page, column, row)
    page.keyboard.press("ArrowDown")  # the line for new rows is no cell to assistive technology
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+V")


def click_row(page: Page, row: int, nth: int = 0, x: float = 40) -> None:
    """Click into a row of a table that is only shown, so many pixels from its left."""
    _click(page, nth, x=x, y=FIRST_ROW + 35 * row)


def _click(page: Page, nth: int, x: float, y: float) -> None:
    """Click into a table until a cell is selected, or the click led away: one just drawn does not hear it yet.

    The table of the page to which it led is another one, and gets no click.
    """
    url = page.url
    canvas = page.get_by_test_id("data-grid-canvas").nth(nth)
    canvas.scroll_into_view_if_needed()
    for _ in range(20):
        box = canvas.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + x, box["y"] + y)
        with contextlib.suppress(TimeoutError):
            page.wait_for_function(HEARD, arg=[nth, url], timeout=1_000)
            return
    raise AssertionError("the table did not hear the click")

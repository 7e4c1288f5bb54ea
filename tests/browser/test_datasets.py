"""From a file to kept test questions, a run, and what mends a wrong row."""

import contextlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.identity.demo import CLOTHING_ORG
from tests.browser.conftest import Server, menu, new_evaluation, open_as, settled, title
from tests.browser.grid import FIRST_ROW

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path]
FILE = """question,expected_question,also_accept,tags
what are your HOURS,What are your hours?,,times
where do you keep the llamas,What are your hours?,What do you sell?,odd
llamas please,Are you currently hiring?,,odd
"""


@pytest.fixture(scope="module")
def server(own_server: Server) -> Server:
    """Its tables and settings change."""
    return own_server


def test_a_file_is_kept_run_and_its_wrong_rows_are_mended(page: Page, server: Server, shot: Shot) -> None:
    open_as(page, f"{server.url}/questions?org={CLOTHING_ORG}", "Adam")
    menu(page, "Evaluations")
    page.locator('input[type="file"]').set_input_files(
        {"name": "llamas.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    expect(page.get_by_text("1 test question is in the table already")).to_be_visible()
    settled(page)
    shot(page, "datasets_upload")
    page.get_by_role("button", name="Run 3 questions").click()
    title(page, "llamas.csv")
    page.get_by_role("button", name="Details").click()
    expect(page.get_by_text("“llamas”, version 1")).to_be_visible()
    page.keyboard.press("Escape")
    settled(page)

    pick(page, 1, "llamas please")  # the mistakes stand first
    shot(page, "datasets_wrong_row")
    page.get_by_role("button", name="The label is wrong").click()
    page.get_by_role("combobox", name="Right is").click()
    page.get_by_role("option", name="a person", exact=True).click()
    shot(page, "datasets_label")
    page.get_by_role("button", name="Save the label").click()
    expect(page.get_by_text("Its label was corrected (Adam")).to_be_visible()
    page.keyboard.press("Escape")
    settled(page)

    pick(page, 0, "where do you keep the llamas")
    page.get_by_role("button", name="Add this phrasing").click()
    expect(page.get_by_text("Its phrasing is in the table")).to_be_visible()
    settled(page)
    shot(page, "datasets_mended")
    page.get_by_role("button", name="Open the right entry").click()
    entry = page.get_by_role("dialog")
    expect(entry.get_by_role("textbox", name="Question", exact=True)).to_have_value("What are your hours?")
    expect(entry.get_by_role("textbox", name="Other phrasings", exact=True)).to_have_value(
        re.compile("where do you keep the llamas")
    )
    shot(page, "datasets_entry")
    entry.get_by_role("button", name="Done").click()
    expect(entry.get_by_role("heading", name="where do you keep the llamas")).to_be_visible()  # the row again
    settled(page)
    page.keyboard.press("Escape")
    expect(entry).to_be_hidden()

    page.get_by_role("button", name="All evaluations").click()
    title(page, "Evaluations")
    settled(page)  # a click within the first tenth of a second hits what is still being drawn
    new_evaluation(page)
    page.get_by_text("Use saved test questions").click()
    expect(page.get_by_text("1 question is left out")).to_be_visible()
    settled(page)
    shot(page, "datasets_saved")
    page.get_by_role("button", name="More").click()
    shot(page, "datasets_more")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Run 2 questions").click()
    title(page, "llamas, version 3")


def pick(page: Page, row: int, question: str) -> None:
    """Click a row of the results until it is shown in full: a table just drawn does not hear it yet."""
    canvas = page.get_by_test_id("data-grid-canvas").first
    for _ in range(20):
        canvas.evaluate("element => element.scrollIntoView({block: 'center'})")  # the banner would lie over its top
        box = canvas.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 200, box["y"] + FIRST_ROW + 44 * row)
        with contextlib.suppress(AssertionError):
            expect(page.get_by_role("dialog").get_by_role("heading", name=question)).to_be_visible(timeout=3_000)
            settled(page)
            return
    raise AssertionError("the table did not hear the click")

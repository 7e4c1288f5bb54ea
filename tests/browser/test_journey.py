"""The main job as people do it: sign in, pick an org, edit and save, ask, upload, run, look, download."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from core.identity.demo import CLOTHING_ORG, PHONE_ORG
from tests.browser.conftest import (
    PATIENCE_SECONDS,
    Server,
    menu,
    new_evaluation,
    open_as,
    pick_org,
    settled,
    sign_in,
    title,
)
from tests.browser.grid import FIRST_ROW, click_row, paste_below, write

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path]
QUESTION, ANSWER = 1, 2
FILE = """question;expected_answer
What are your hours?;We are open every day.
Do you gift wrap?;=1+1 is free
do you like cheese;__fallback__
are you from mars;No such answer
"""


@pytest.fixture(scope="module")
def server(own_server: Server) -> Server:
    """Its tables and settings change."""
    return own_server


@pytest.fixture
def second_page(chromium: Browser) -> Iterator[Page]:
    """Another person's browser."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    yield context.new_page()
    context.close()


def bar(page: Page, words: str) -> None:
    """Wait until the bar counts the unsaved changes so."""
    expect(page.get_by_test_id("stBottomBlockContainer")).to_contain_text(f"{words}, not saved yet")
    settled(page)


def save(page: Page, revision: int) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(f"Saved as revision {revision}")).to_be_visible()
    settled(page)


def take_the_results_away(page: Page) -> None:
    """Download the rows in both forms and read them as a spreadsheet does."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Download all rows as CSV").click()
    assert download.value.suggested_filename == "autumn-tests-results.csv"
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    assert [row["Outcome"] for row in rows] == ["Right"] * 3
    assert rows[1]["Answer given"] == "'=1+1 is free"
    with page.expect_download() as download:
        page.get_by_role("button", name="Download all rows as XLSX").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert book.sheetnames == ["Rows", "Metrics", "Settings"]
    cell = next(cell for row in book["Rows"].iter_rows() for cell in row if cell.value == "=1+1 is free")
    assert cell.data_type == "s"


def test_from_sign_in_to_a_download(page: Page, server: Server, shot: Shot, tmp_path: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, f"{server.url}/questions", "Olivia")
    title(page, "Questions & answers")
    pick_org(page, "Northwind Clothing")
    assert CLOTHING_ORG in page.url

    write(page, ANSWER, 0, "We are open every day.")
    bar(page, "1 edited")
    paste_below(page, QUESTION, 2, "Do you gift wrap?\t=1+1 is free\nDo you ship?\tNo, sorry")
    bar(page, "1 edited, 2 new")
    shot(page, "journey_unsaved")
    page.get_by_placeholder("What changed and why (optional)").fill("Autumn")
    save(page, 2)
    expect(page.get_by_text("Revision 2 · 5 entries, 5 on")).to_be_visible()

    menu(page, "Ask")
    field = page.get_by_role("textbox", name="Question", exact=True)
    field.fill("Are you open on Sundays?")
    field.press("Enter")
    expect(page.get_by_test_id("stChatMessage").nth(0)).to_contain_text("We are open every day.")

    menu(page, "Evaluations")
    upload = tmp_path / "autumn tests.csv"
    upload.write_bytes(FILE.encode("utf-16"))
    new_evaluation(page)
    page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(upload)
    expect(page.get_by_text("4 rows: 3 ready, 1 left out")).to_be_visible()
    settled(page)
    page.get_by_test_id("stExpander").filter(has_text="cannot be run").get_by_text("Details", exact=True).click()
    expect(page.get_by_text("1 row cannot be run and will be left out")).to_be_visible()
    settled(page)
    shot(page, "journey_preview")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download these rows").click()
    left_out = Path(download.value.path()).read_text("utf-8-sig")
    assert left_out.splitlines()[1].startswith("5,are you from mars,No stored answer reads")
    page.get_by_role("button", name="Run 3 questions").click()
    title(page, "autumn tests.csv")
    expect(page.get_by_text("3 of 3 labelled questions")).to_be_visible()
    settled(page)
    shot(page, "journey_results")
    address = page.url

    take_the_results_away(page)

    page.reload()
    expect(page.get_by_text("3 of 3 labelled questions")).to_be_visible()
    page.get_by_role("button", name="All evaluations").click()
    title(page, "Evaluations")
    click_row(page, 0)
    title(page, "autumn tests.csv")
    assert page.url == address


def test_unsaved_edits_come_back_after_a_reload_and_can_be_discarded(page: Page, server: Server, shot: Shot) -> None:
    open_as(page, f"{server.url}/questions?org={CLOTHING_ORG}", "Adam")
    write(page, ANSWER, 1, "Not at the moment")
    bar(page, "1 edited")

    page.reload()
    bar(page, "1 edited")
    expect(page.get_by_text("are back in the table")).to_be_visible()
    shot(page, "journey_draft")
    menu(page, "Ask")
    menu(page, "Questions & answers")
    bar(page, "1 edited")

    page.get_by_role("button", name="Discard").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("will be lost: 1 edited")
    dialog.get_by_role("button", name="Keep editing").click()
    expect(dialog).to_have_count(0)
    bar(page, "1 edited")
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    expect(page.get_by_text("not saved yet")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("Click a cell to change it")).to_be_visible()
    assert page.get_by_text("not saved yet").count() == 0


def test_two_people_who_change_one_row_see_both_texts(
    page: Page, second_page: Page, server: Server, shot: Shot
) -> None:
    for tab, person in ((page, "Olivia"), (second_page, "Adam")):
        open_as(tab, f"{server.url}/questions?org={CLOTHING_ORG}", person)
    write(page, ANSWER, 2, "Olivia's text")
    bar(page, "1 edited")
    write(second_page, ANSWER, 2, "Adam's text")
    bar(second_page, "1 edited")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as revision")).to_be_visible()

    second_page.get_by_role("button", name="Save", exact=True).click()
    texts = second_page.get_by_test_id("stText")
    expect(texts.filter(has_text="Olivia's text")).to_be_visible()
    expect(texts.filter(has_text="Adam's text")).to_be_visible()
    settled(second_page)
    shot(second_page, "journey_conflict")
    second_page.get_by_text("Use mine").click()
    second_page.get_by_role("button", name="Save with these choices").click()
    expect(second_page.get_by_text("Saved as revision")).to_be_visible()

    menu(page, "Ask")
    field = page.get_by_role("textbox", name="Question", exact=True)
    field.fill("What do you sell?")
    field.press("Enter")
    expect(page.get_by_test_id("stChatMessage").nth(0)).to_contain_text("Adam's text")


def test_an_earlier_revision_is_looked_at_and_restored(page: Page, server: Server, shot: Shot) -> None:
    open_as(page, f"{server.url}/questions?org={PHONE_ORG}", "Olivia")
    write(page, ANSWER, 0, "Call 555-0000")
    bar(page, "1 edited")
    save(page, 2)

    page.get_by_text("History", exact=True).click()
    expect(page.get_by_text("Every save is kept:")).to_be_visible()
    expect(page.get_by_placeholder("Find in questions")).to_have_count(0)
    settled(page)
    box = page.get_by_test_id("data-grid-canvas").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 16, box["y"] + FIRST_ROW + 35)  # the mark of the second save
    page.get_by_role("button", name="Restore revision 1").click()
    shot(page, "journey_restore")
    page.get_by_role("dialog").get_by_role("button", name="Restore", exact=True).click()
    expect(page.get_by_text("Restored as revision 3")).to_be_visible()


def test_a_run_goes_on_without_a_browser_and_can_be_cancelled(
    page: Page, second_page: Page, server: Server, tmp_path: Path, shot: Shot
) -> None:
    open_as(page, f"{server.url}/evaluations?org={CLOTHING_ORG}", "Adam")
    upload = tmp_path / "many.csv"
    upload.write_text("question\n" + "".join(f"is number {i} open on sundays\n" for i in range(20_000)))
    new_evaluation(page)
    page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(upload)
    page.get_by_role("button", name="Run 20,000 questions").click()
    expect(page.get_by_text("a second · about")).to_be_visible()
    shot(page, "journey_progress")
    address = page.url
    page.close()

    open_as(second_page, address, "Olivia")
    progress = second_page.get_by_test_id("stProgress")
    before = progress.inner_text()
    expect(progress).not_to_have_text(before)
    second_page.get_by_role("button", name="Cancel").click()
    expect(second_page.get_by_text("Cancelled:")).to_be_visible()
    settled(second_page)
    shot(second_page, "journey_cancelled")


def test_the_only_downloads_of_a_table_are_those_safe_for_spreadsheets(page: Page, server: Server) -> None:
    open_as(page, f"{server.url}/questions?org={CLOTHING_ORG}", "Mia")
    click_row(page, 0, x=200)  # a number opens its entry

    expect(page.get_by_role("button", name="Search")).to_be_visible()
    expect(page.get_by_role("button", name="Download as CSV")).to_be_hidden()
    page.get_by_role("button", name="More").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the table").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert [cell.value for cell in book.active[1]] == ["id", "question", "answer", "alternates", "tags", "enabled"]
    assert re.fullmatch(r"Northwind-Clothing-revision-\d+\.xlsx", download.value.suggested_filename)

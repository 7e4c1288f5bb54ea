"""A file of questions and answers comes into the table, and goes out of it, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.identity.demo import CLOTHING_ORG
from tests.browser.conftest import Server, open_as, settled

pytestmark = pytest.mark.browser


def test_thirty_rows_are_seen_imported_as_one_save_and_taken_away_again(
    page: Page, own_server: Server, tmp_path: Path
) -> None:
    rows = [f"Is thing number {i} in stock?,Thing {i} is in stock." for i in range(30)]
    (tmp_path / "things.csv").write_text("\n".join(["question,answer", *rows, ",Nothing"]))
    open_as(page, f"{own_server.url}/questions?org={CLOTHING_ORG}", "Olivia")

    page.get_by_test_id("stButtonGroup").get_by_text("Import", exact=True).click()
    page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(tmp_path / "things.csv")
    button = page.get_by_role("button", name="Import 30 entries as one save")
    button.wait_for()
    settled(page)
    expect(page.get_by_role("button", name="Download the 1 row that cannot be used")).to_be_visible()
    button.click()
    expect(page.get_by_text("30 entries were imported as revision 2.")).to_be_visible()

    page.get_by_test_id("stButtonGroup").get_by_text("Table", exact=True).click()
    settled(page)
    page.get_by_role("button", name="More").click()
    page.get_by_role("combobox", name="Format").click()
    page.get_by_role("option", name="Dialogflow ES").click()
    expect(page.get_by_text("Each phrasing is a row.")).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download this file").click()
    assert "Is thing number 29 in stock?" in Path(taken.value.path()).read_text()

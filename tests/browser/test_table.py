"""The grid, what the foot announces, the draft and the saved table, as people fill a table of each size."""

import pytest
from playwright.sync_api import Page, expect

from core.identity.demo import PHONE_ORG
from tests.browser.conftest import Server, open_as, settled
from tests.browser.grid import paste_below

pytestmark = pytest.mark.browser

QUESTION = 1


@pytest.mark.parametrize("rows", [9, 30])
def test_rows_pasted_below_a_short_table_stay_in_it_and_are_saved(page: Page, server: Server, rows: int) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_as(page, f"{server.url}/questions?org={PHONE_ORG}", "Olivia")
    before = int(page.get_by_text("entries,").or_(page.get_by_text("entry,")).inner_text().split()[3])

    paste_below(page, QUESTION, before - 1, "\n".join(f"{rows}: is it {n}?\tAnswer {n}" for n in range(rows)))

    foot = page.get_by_test_id("stBottomBlockContainer")
    expect(foot).to_contain_text(f"{rows} new, not saved yet")
    settled(page)
    grid = page.get_by_test_id("data-grid-canvas").locator("table")
    expect(grid).to_have_attribute("aria-rowcount", str(before + rows + 2))  # the headings, and the line for new rows
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(f"{before + rows} entries, {before + rows} on")).to_be_visible()

"""Sharing entries as an example, and the training files, in a real browser."""

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, open_as, settled, title
from tests.browser.grid import FIRST_ROW

pytestmark = pytest.mark.browser
CLOTHING = "org=6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01"
Shot = Callable[[Page, str], Path]


def tick(page: Page, row: int) -> None:
    """Tick the box of a row; a table just drawn does not hear the first click."""
    table = page.get_by_role("region", name="Entries to share")
    cell = table.get_by_test_id(f"glide-cell-0-{row}")
    canvas = table.get_by_test_id("data-grid-canvas")
    canvas.evaluate("canvas => canvas.scrollIntoView({block: 'center'})")  # not below the bar at the foot
    for _ in range(20):
        box = canvas.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 40, box["y"] + FIRST_ROW + 36 * row)
        with contextlib.suppress(AssertionError):
            expect(cell).to_have_text("true", timeout=1_000)
            return
    raise AssertionError("the box was not ticked")


def test_an_owner_shares_entries_and_stops(server: Server, page: Page, shot: Shot) -> None:
    open_as(page, f"{server.url}/settings?{CLOTHING}&show=engine", "Olivia")
    title(page, "Settings")
    shot(page, "sharing_nothing")
    page.get_by_role("button", name="Choose entries to share").click()
    share = page.get_by_role("button", name="Share", exact=True)
    expect(share).to_be_disabled()

    tick(page, 0)
    expect(page.get_by_text("1 entry:")).to_be_visible()
    tick(page, 1)
    expect(page.get_by_text("2 entries:")).to_be_visible()
    settled(page)  # while it changes, the page shows the old box below the new one
    shot(page, "sharing_preview")
    page.get_by_text("I have read it.").click()
    expect(share).to_be_enabled()
    shot(page, "sharing_sure")
    share.click()

    expect(page.get_by_text("Every organisation here can use")).to_be_visible()
    settled(page)
    page.get_by_text("What the others see").click()
    expect(page.get_by_text("We're hiring for cashiers")).to_be_visible()
    settled(page)  # the box opens for half a second and takes the button below it along
    shot(page, "sharing_shared")

    page.get_by_role("button", name="Stop sharing").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("is gone for everybody at once")).to_be_visible()
    shot(page, "sharing_stop")
    dialog.get_by_role("button", name="Stop sharing").click()

    expect(page.get_by_role("button", name="Choose entries to share")).to_be_visible()


def test_the_training_files_are_made_and_fetched(server: Server, page: Page, shot: Shot) -> None:
    open_as(page, f"{server.url}/questions?{CLOTHING}", "Adam")
    shot(page, "training_button")
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Training files").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("starts no training")).to_be_visible()
    shot(page, "training_dialog")

    dialog.get_by_role("button", name="Make the files").click()
    fetch = dialog.get_by_role("button", name="Download the training file")
    expect(fetch).to_be_visible()
    shot(page, "training_made")
    with page.expect_download() as training:
        fetch.click()
    with page.expect_download() as validation:
        dialog.get_by_role("button", name="Download the validation file").click()

    assert training.value.suggested_filename == "Northwind-Clothing-revision-1-training.jsonl"
    lines = [
        json.loads(line)
        for download in (training.value, validation.value)
        for line in Path(download.path()).read_text(encoding="utf-8").splitlines()
    ]
    assert len(lines) == 20  # three entries asked in six ways each, and the two standard examples for a person
    assert {message["role"] for line in lines for message in line["messages"]} == {"system", "user", "assistant"}
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="More")).to_be_visible()

"""The grid, what the foot announces, the draft and the saved table, as people fill a table of each size."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from core.identity.access import Access
from core.identity.demo import OWNER, PHONE_ORG, DemoDirectory
from core.questions.changes import Changes
from core.questions.service import Questions
from core.storage.database import Database
from core.storage.questions import SqlQuestionStore
from pages.questions.editor.table_look import ROW_HEIGHT
from tests.browser.conftest import Server, open_as, settled, slow_line
from tests.browser.grid import FIRST_ROW, focus, paste_below, write
from tests.browser.table_play import Play

pytestmark = pytest.mark.browser

QUESTION = 1


@pytest.fixture(scope="module")
def server(own_server: Server) -> Server:
    """Its tables and settings change."""
    return own_server


@pytest.fixture(scope="module")
def questions(server: Server) -> Iterator[Questions]:
    """The use cases on the server's own database, beside it."""
    database = Database(f"sqlite:///{server.data_dir / 'demo.db'}")
    yield Questions(Access(DemoDirectory()), SqlQuestionStore(database))
    database.close()


def fill(questions: Questions, size: int) -> None:
    """Make the table of this many entries, with nothing unsaved."""
    table = questions.table(OWNER, PHONE_ORG)
    for draft in questions.drafts(OWNER, PHONE_ORG):
        questions.keep_draft(OWNER, PHONE_ORG, base_revision=0, changes=Changes(), tab=draft.tab)
    fruit = ("apple", "pear", "plum")
    changes = Changes(
        deleted=frozenset(entry.id for entry in table.entries),
        added=[{"question": f"What of {fruit[n % 3]} {n}?", "answer": f"Answer {n}"} for n in range(size)],
    )
    questions.save(OWNER, PHONE_ORG, base_revision=table.revision, changes=changes)


def opened(page: Page, server: Server) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_as(page, f"{server.url}/questions?org={PHONE_ORG}", "Olivia")


@pytest.mark.parametrize(("size", "rows"), [pytest.param(1, 9, marks=pytest.mark.slow), (6, 30)])
def test_rows_pasted_below_a_short_table_stay_in_it_and_are_saved(
    page: Page, server: Server, questions: Questions, size: int, rows: int
) -> None:
    fill(questions, size)
    opened(page, server)

    paste_below(page, QUESTION, size - 1, "\n".join(f"{rows}: is it {n}?\tAnswer {n}" for n in range(rows)))

    foot = page.get_by_test_id("stBottomBlockContainer")
    expect(foot).to_contain_text(f"{rows} new, not saved yet")
    settled(page)
    grid = page.get_by_test_id("data-grid-canvas").locator("table")
    expect(grid).to_have_attribute("aria-rowcount", str(size + rows + 2))  # the headings, and the line for new rows
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(f"{size + rows} entries, {size + rows} on")).to_be_visible()


@pytest.mark.parametrize("wait", [0, pytest.param(300, marks=pytest.mark.slow), 900])
def test_what_is_typed_into_a_cell_right_after_save_is_kept(
    page: Page, server: Server, questions: Questions, wait: int
) -> None:
    fill(questions, 30)
    opened(page, server)
    write(page, QUESTION, 1, "What of figs?")
    canvas = page.get_by_test_id("data-grid-canvas").first.bounding_box()
    assert canvas is not None
    save = page.get_by_role("button", name="Save", exact=True)
    expect(save).to_be_enabled()
    settled(page)
    saved = questions.newest_revision(OWNER, PHONE_ORG) + 1

    save.click()
    page.wait_for_timeout(wait)
    page.mouse.dblclick(canvas["x"] + 200, canvas["y"] + FIRST_ROW + ROW_HEIGHT * 3)
    page.locator("#portal textarea").wait_for()  # on a busy machine the grid drops a letter before it is there
    page.keyboard.type("what of figs again, and of dates", delay=60)
    page.keyboard.press("Enter")

    # What says "Saved as revision" is gone after four seconds, and typing may take longer.
    expect(page.get_by_text(f"Revision {saved} · 30 entries")).to_be_visible()
    settled(page)
    foot = page.get_by_test_id("stBottomBlockContainer")
    expect(foot).to_contain_text("1 edited, not saved yet")
    ((row, changed),) = questions.drafts(OWNER, PHONE_ORG)[0].changes.edited.items()
    assert changed["question"].endswith("what of figs again, and of dates")
    table = questions.table(OWNER, PHONE_ORG)
    assert (table.revision, row) == (saved, table.entries[3].id)
    assert table.entries[1].question == "What of figs?"
    assert table.entries[3].question.startswith("What of apple")


HELD_UNTIL_REPLACED = """() => {
    const look = new MutationObserver(() => {
        if (document.querySelector(".st-key-save-bar")) return;
        look.disconnect();
        window.held = document.querySelector(".st-key-editable-table").inert;
    });
    look.observe(document.body, { childList: true, subtree: true });
}"""
"""Notes whether the table took nothing at the moment when nothing was unsaved any more: another one is there then."""


@pytest.mark.parametrize(("press", "line"), [("Undo", 0), ("Save", 0), ("Undo", 900)])
def test_nobody_can_write_into_a_table_that_another_one_is_about_to_replace(
    page: Page, server: Server, questions: Questions, press: str, line: int
) -> None:
    """Undo shows other texts, and a new row gets a number when it is saved."""
    fill(questions, 6)
    opened(page, server)
    if press == "Save":
        paste_below(page, QUESTION, 5, "Is it new?\tYes")
    else:
        write(page, QUESTION, 1, "What of figs?")
    expect(page.get_by_test_id("stBottomBlockContainer")).to_contain_text("not saved yet")
    settled(page)
    canvas = page.get_by_test_id("data-grid-canvas").first.bounding_box()
    assert canvas is not None
    page.evaluate(HELD_UNTIL_REPLACED)
    slow_line(page, line)

    page.get_by_role("button", name=press, exact=True).click()
    page.wait_for_timeout(line * 2 / 3)
    page.mouse.dblclick(canvas["x"] + 200, canvas["y"] + FIRST_ROW + ROW_HEIGHT * 3)
    page.keyboard.type("nothing of this")

    expect(page.get_by_text("not saved yet")).to_have_count(0)
    assert page.evaluate("() => window.held") is True
    expect(page.locator("#portal textarea")).to_have_count(0)
    expect(page.locator(".st-key-editable-table[inert]")).to_have_count(0)
    write(page, QUESTION, 3, "What of dates?")
    expect(page.get_by_test_id("stBottomBlockContainer")).to_contain_text("1 edited, not saved yet")


def test_the_keys_still_move_through_a_table_that_was_filled_quickly(
    page: Page, server: Server, questions: Questions
) -> None:
    """The table drew the cell no more that had the cursor, and heard no key until the next click."""
    fill(questions, 30)
    opened(page, server)
    focus(page, QUESTION, 0)
    page.keyboard.press("Control+ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_test_id("glide-cell-2-28")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("figs")  # before the table has told that the next cell is selected
    expect(page.get_by_test_id("glide-cell-2-29")).to_have_attribute("aria-selected", "true")

    page.keyboard.press("Tab")
    page.locator("#portal textarea").wait_for(state="detached")
    page.keyboard.press("Control+Home")
    expect(page.get_by_test_id("glide-cell-1-0")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_test_id("glide-cell-2-28")).to_have_count(0)
    page.keyboard.press("ArrowDown")

    expect(page.get_by_test_id("glide-cell-1-1")).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize(
    "game",
    [
        (3, 1, 8),
        pytest.param((300, 2, 5), marks=pytest.mark.slow),
        *(pytest.param((size, seed, 40), marks=pytest.mark.slow) for size in (0, 1, 6, 14, 30, 300) for seed in (3, 4)),
    ],
    ids=lambda game: "{} entries, seed {}, {} steps".format(*game),
)
def test_grid_foot_draft_and_saved_table_agree_after_every_step(
    page: Page, server: Server, questions: Questions, game: tuple[int, int, int]
) -> None:
    size, seed, steps = game
    fill(questions, size)
    opened(page, server)
    play = Play(page, questions, PHONE_ORG, seed)

    for _ in range(steps):
        play.step()

"""A table kept in a real browser: find, select, undo and redo, what is open in a cell, and the keyboard alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from core.identity.access import Access
from core.identity.demo import ADMIN, OWNER, PHONE_ORG, DemoDirectory
from core.questions.changes import Changes
from core.questions.entry import Entry
from core.questions.service import Questions
from core.storage.database import Database
from core.storage.questions import SqlQuestionStore
from tests.browser.conftest import Server, open_as, settled
from tests.browser.grid import focus, write

pytestmark = pytest.mark.browser

QUESTION, ANSWER = 1, 2
ENTRIES = 30


@pytest.fixture(scope="module")
def server(own_server: Server) -> Server:
    """Its tables change."""
    return own_server


@pytest.fixture
def questions(server: Server) -> Iterator[Questions]:
    """The use cases on the server's own database, with a table of its own for the test."""
    database = Database(f"sqlite:///{server.data_dir / 'demo.db'}")
    questions = Questions(Access(DemoDirectory()), SqlQuestionStore(database))
    table = questions.table(OWNER, PHONE_ORG)
    changes = Changes(
        deleted=frozenset(entry.id for entry in table.entries),
        added=[
            {"question": f"{'Refund' if n in (3, 8) else 'What'} of thing {n}?", "answer": f"Answer {n}"}
            for n in range(ENTRIES)
        ],
    )
    questions.save(OWNER, PHONE_ORG, base_revision=table.revision, changes=changes)
    yield questions
    database.close()


def question(n: int) -> str:
    return f"{'Refund' if n in (3, 8) else 'What'} of thing {n}?"


def entries(questions: Questions) -> list[Entry]:
    return list(questions.table(OWNER, PHONE_ORG).entries)


def foot(page: Page, words: str) -> None:
    expect(page.get_by_test_id("stBottomBlockContainer")).to_contain_text(words)
    settled(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_rows_are_found_selected_changed_at_once_undone_redone_and_saved(
    page: Page, server: Server, questions: Questions
) -> None:
    questions.keep_draft(ADMIN, PHONE_ORG, base_revision=0, changes=Changes(added=({"question": "unheard-of"},)))
    open_as(page, f"{server.url}/questions?org={PHONE_ORG}", "Olivia")
    expect(page.get_by_text(f"{ADMIN.name} (just now) is editing this table too.")).to_be_visible()

    write(page, ANSWER, 0, "Another answer")
    foot(page, "1 edited, not saved yet")
    page.get_by_placeholder("Find in questions").fill("refnud")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 of 30 entries found, by similar spelling")).to_be_visible()
    page.get_by_text("Select rows").click()
    expect(page.get_by_text("Tick the rows to change")).to_be_visible()
    settled(page)
    box = page.get_by_test_id("data-grid-canvas").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 16, box["y"] + 18)  # the box above the others
    expect(page.get_by_text("2 rows selected")).to_be_visible()
    press(page, "Switch off")
    foot(page, "3 edited, not saved yet")
    press(page, "Undo")
    foot(page, "1 edited, not saved yet")
    press(page, "Redo")
    foot(page, "3 edited, not saved yet")
    press(page, "Save")

    expect(page.get_by_text("Saved as revision").last).to_be_visible()
    saved = entries(questions)
    assert [entry.answer for entry in saved][:2] == ["Another answer", "Answer 1"]
    assert sum(not entry.enabled for entry in saved) == 2


def test_what_still_stands_in_an_open_cell_is_not_lost_by_undo(
    page: Page, server: Server, questions: Questions
) -> None:
    open_as(page, f"{server.url}/questions?org={PHONE_ORG}", "Olivia")
    write(page, ANSWER, 0, "First")
    foot(page, "1 edited, not saved yet")
    write(page, ANSWER, 1, "Second")
    foot(page, "2 edited, not saved yet")
    focus(page, ANSWER, 2)
    page.keyboard.press("Enter")
    page.locator("#portal textarea").fill("Third")

    press(page, "Undo")

    page.locator("#portal textarea").wait_for(state="detached")
    page.wait_for_timeout(1_000)  # whichever of the two the server hears first, both have come then
    settled(page)
    redo = page.get_by_role("button", name="Redo", exact=True)
    if redo.is_enabled():
        redo.click()
    foot(page, "3 edited, not saved yet")
    press(page, "Save")
    expect(page.get_by_text("Saved as revision").last).to_be_visible()
    assert [entry.answer for entry in entries(questions)][:3] == ["First", "Second", "Third"]


def test_undo_the_list_of_changes_and_save_are_reached_by_keyboard(
    page: Page, server: Server, questions: Questions
) -> None:
    open_as(page, f"{server.url}/questions?org={PHONE_ORG}", "Olivia")
    write(page, QUESTION, 0, "What of everything?")
    foot(page, "1 edited, not saved yet")

    focus(page, 0, 0)
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("() => document.activeElement.innerText || document.activeElement.ariaLabel || ''")
        )
        if reached[-1] == "Save":
            break
    assert any("Look over your changes" in (name or "") for name in reached), reached
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved as revision").last).to_be_visible()
    assert entries(questions)[0].question == "What of everything?"

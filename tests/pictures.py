"""Makes the pictures of .docs again: ``python -m tests.pictures [FOLDER]``.

Its server has the demo organisations, and two evaluations of the sample questions in one of them: before and after the
other phrasings were added. Open each picture afterwards: a script does not see what is misaligned.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from core.bootstrap import Frontline, build
from core.identity.demo import CLOTHING_ORG, OWNER
from core.questions.changes import Changes
from core.settings import PROJECT, Settings
from tests.browser.conftest import CHROMIUM_OPTIONS, Server, menu, open_as, running, settled, streamlit_command, title
from tests.browser.grid import click_row, write
from tests.conftest import free_port

ANSWER = 2


def main() -> None:
    """Make all of them in a folder, by default those of the documentation."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / ".docs"
    with tempfile.TemporaryDirectory() as data:
        parts = build(Settings.from_environment({"FRONTLINE_DATA_DIR": data}, secrets_file=Path(data) / "none"))
        try:
            before_and_after(parts)
        finally:
            parts.stop()
        port = free_port()
        with sync_playwright() as playwright, running(streamlit_command(port), port, Path(data)) as server:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM_OPTIONS))
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.set_default_timeout(60_000)
            for name, show in PICTURES.items():
                show(page, server)
                settled(page)
                page.screenshot(path=folder / f"{name}.png")
                print(folder / f"{name}.png")
            browser.close()


def before_and_after(parts: Frontline) -> None:
    """The sample questions without other phrasings, and with them."""
    questions = parts.questions
    first = questions.newest_revision(OWNER, CLOTHING_ORG)
    entries = questions.table(OWNER, CLOTHING_ORG).entries
    bare = Changes(edited={entry.id: {"alternates": ()} for entry in entries})
    questions.save(OWNER, CLOTHING_ORG, base_revision=first, changes=bare, note="Only the questions")
    evaluate(parts, "Without phrasings")
    questions.restore(OWNER, CLOTHING_ORG, first)
    evaluate(parts, "With phrasings")


def evaluate(parts: Frontline, name: str) -> None:
    """Run the sample questions on the newest revision, to the end."""
    sample = parts.sample_questions(CLOTHING_ORG)
    assert sample is not None
    found = parts.intake.read(OWNER, CLOTHING_ORG, sample, "Sample questions.csv")
    checked = parts.intake.check(OWNER, CLOTHING_ORG, found)
    revision = parts.questions.newest_revision(OWNER, CLOTHING_ORG)
    run = parts.runs.start(OWNER, CLOTHING_ORG, name=name, preview=checked.preview, revision=revision)
    while parts.runs.run(OWNER, CLOTHING_ORG, run.run_id).active:
        time.sleep(0.2)


def questions(page: Page, server: Server) -> None:
    """The table with an unsaved change."""
    page.goto(f"{server.url}/questions?org={CLOTHING_ORG}")
    title(page, "Questions & answers")
    write(page, ANSWER, 1, "We are hiring cashiers and stock assistants.")
    expect(page.get_by_test_id("stBottomBlockContainer")).to_contain_text("1 edited")


def panel(page: Page, server: Server) -> None:
    """An entry opened beside the table."""
    page.goto(f"{server.url}/questions?org={CLOTHING_ORG}&entry=1")
    expect(page.get_by_role("dialog")).to_be_visible()


def ask(page: Page, server: Server) -> None:
    """One question, its answer, and why."""
    open_as(page, f"{server.url}/ask?org={CLOTHING_ORG}", "Olivia")
    title(page, "Ask")
    box = page.get_by_role("textbox").first
    box.fill("until when can I come by on fridays?")
    box.press("Enter")
    expect(page.get_by_text("Our hours are Monday-Friday").first).to_be_visible()


def results(page: Page, server: Server) -> None:
    """What came out of an evaluation."""
    page.goto(f"{server.url}/evaluations?org={CLOTHING_ORG}")
    title(page, "Evaluations")
    click_row(page, 0)
    title(page, "With phrasings")


def compare(page: Page, server: Server) -> None:
    """Two evaluations compared."""
    page.get_by_role("radio", name="Compare", exact=True).click()
    expect(page.get_by_text("fixed").first).to_be_visible()


def settings(page: Page, server: Server) -> None:
    """What an owner decides."""
    menu(page, "Settings")


PICTURES: dict[str, Callable[[Page, Server], None]] = {
    "ask": ask,
    "questions": questions,
    "entry": panel,
    "results": results,
    "compare": compare,
    "settings": settings,
}

if __name__ == "__main__":
    main()

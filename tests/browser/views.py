"""Every page and view of the app, each with the way to it, in an organisation with real content.

A new page is one line of ``VIEWS``: then it is in the pictures of all (``python -m tests.pictures --all``), and axe
looks at it. Each way begins with an address of its own, so that it works wherever the browser stands.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from playwright.sync_api import Page, expect

from core.bootstrap import Frontline
from core.identity.demo import CLOTHING_ORG, OWNER, PHONE_ORG
from core.plurals import counted
from core.questions.changes import Changes
from core.settings import Settings
from pages.questions.editor.table_look import ROW_HEIGHT
from tests.browser.conftest import Server, open_as, running, settled, streamlit_command, title
from tests.browser.grid import FIRST_ROW, click_row, write
from tests.conftest import free_port
from tests.tutorial import QUESTIONS, build

View = Callable[[Page, str], None]
"""Shows itself in a tab; the address of the server is the second argument."""

ANSWER = 2
SCHEMES = ("light", "dark")
_THEME_IS = """scheme => {
    const app = document.querySelector('[data-testid="stApp"]');
    const [red, green, blue] = getComputedStyle(app).backgroundColor.match(/\\d+/g).map(Number);
    return (red + green + blue < 3 * 128) === (scheme === "dark");
}"""
_TABLE_FILE = """question,answer,alternates
What are your hours?,"Our hours are Monday-Friday, 9 AM - 6 PM, and Saturday 10 AM - 4 PM.",when are you open
Do you have gift cards?,"Yes, from 10 to 200 dollars, in the shop and online.",can I buy a voucher
Do you alter clothes?,"Yes. Hemming takes two days, other changes about a week.","can you shorten trousers
do you do repairs"
Can I bring my dog?,,are pets allowed
"""
_TEST_FILE = """question,expected_question,also_accept,tags
what are your HOURS,What are your hours?,,times
until when can I come by on fridays,What are your hours?,,times
any jobs going at the moment?,Are you currently hiring?,,jobs
do you have socks,What do you sell?,,goods
can my dog come along,a person,,odd
is there a llama discount,Llama discount,,odd
"""


def theme(page: Page, scheme: str) -> None:
    """Change to the light or the dark theme, as a change of the system's would."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.wait_for_function(_THEME_IS, arg=scheme)
    settled(page)


@contextlib.contextmanager
def filled_server(data: Path) -> Iterator[Server]:
    """A server with real content, where the demo people sign in; it keeps what it knows in the folder ``data``."""
    parts = build(Settings.from_environment({"FRONTLINE_DATA_DIR": str(data)}, secrets_file=data / "none"))
    try:
        _fill(parts)
    finally:
        parts.stop()
    port = free_port()
    with running(streamlit_command(port), port, data) as server:
        yield server


def _fill(parts: Frontline) -> None:
    """Content of the clothing organisation: two evaluations, before and after a change that waits for its publication.

    The sample questions are evaluated without other phrasings and with them; visitors get the former.
    """
    questions = parts.questions
    first = questions.newest_revision(OWNER, CLOTHING_ORG)
    entries = questions.table(OWNER, CLOTHING_ORG).entries
    bare = Changes(edited={entry.id: {"alternates": ()} for entry in entries})
    questions.save(OWNER, CLOTHING_ORG, base_revision=first, changes=bare, note="Only the questions")
    _evaluate(parts, "Without phrasings")
    parts.publishing.publish_by_hand(OWNER, CLOTHING_ORG)
    questions.restore(OWNER, CLOTHING_ORG, first)
    _evaluate(parts, "With phrasings")


def _evaluate(parts: Frontline, name: str) -> None:
    """Run the sample questions on the newest revision, to the end, and keep them."""
    found = parts.intake.read(OWNER, CLOTHING_ORG, QUESTIONS.read_bytes(), "Sample questions.csv")
    checked = parts.intake.check(OWNER, CLOTHING_ORG, found)
    kept = parts.intake.keep(OWNER, CLOTHING_ORG, checked, "Sample questions")
    revision = parts.questions.newest_revision(OWNER, CLOTHING_ORG)
    run = parts.runs.start(OWNER, CLOTHING_ORG, name=name, preview=checked.preview, revision=revision, dataset=kept)
    while parts.runs.run(OWNER, CLOTHING_ORG, run.run_id).active:
        time.sleep(0.2)


def _at(path: str, words: str, person: str = "Olivia", org: str = CLOTHING_ORG) -> View:
    def show(page: Page, url: str) -> None:
        open_as(page, f"{url}/{path}{'&' if '?' in path else '?'}org={org}", person)
        title(page, words)

    return show


def _part(first: View, name: str) -> View:
    """A part of a page that is chosen by a segment of this name."""

    def show(page: Page, url: str) -> None:
        first(page, url)
        page.get_by_role("radio", name=name, exact=True).click()
        settled(page)

    return show


def _overview(org: str) -> View:
    def show(page: Page, url: str) -> None:
        _at("overview", "Overview", org=org)(page, url)
        expect(page.get_by_text("Looking")).to_have_count(0)
        settled(page)

    return show


def _sign_in(page: Page, url: str) -> None:
    page.context.clear_cookies()
    page.goto(url)
    title(page, "Welcome to Frontline")


_table = _at("questions", "Questions & answers")


def _unsaved(page: Page, url: str) -> None:
    _table(page, url)
    write(page, ANSWER, 1, "We are hiring cashiers and stock assistants.")
    expect(page.get_by_text("Check: ").first).to_be_visible()


def _discard(page: Page) -> None:
    """Leave no unsaved change behind: it would come back in each of the next views."""
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("dialog").get_by_role("button", name="Discard", exact=True).click()
    expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)


def _selecting(page: Page, url: str) -> None:
    _table(page, url)
    switch = page.get_by_text("Select rows")
    if not switch.is_visible():  # on a phone
        page.get_by_role("button", name="More").click()
    switch.click()
    settled(page)
    for row in (1, 2):
        canvas = page.get_by_test_id("data-grid-canvas").first
        canvas.evaluate("each => each.scrollIntoView({block: 'center'})")  # the first tick moves the table down
        box = canvas.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 16, box["y"] + FIRST_ROW + ROW_HEIGHT * row)  # the box before the first column
        expect(page.get_by_text(f"{counted(row, 'row')} selected")).to_be_visible()
        settled(page)


def _health(page: Page, url: str) -> None:
    _part(_table, "Health")(page, url)
    expect(page.get_by_text("Looking for likely mix-ups")).to_have_count(0)


def _import(page: Page, url: str) -> None:
    _part(_table, "Import")(page, url)
    _upload(page, "more questions.csv", _TABLE_FILE)
    page.get_by_role("button", name="as one save").wait_for()


def _history(page: Page, url: str) -> None:
    _part(_table, "History")(page, url)


def _panel(page: Page, url: str) -> None:
    open_as(page, f"{url}/questions?org={CLOTHING_ORG}&entry=1", "Olivia")
    expect(page.get_by_role("dialog")).to_be_visible()


def _publish(page: Page, url: str) -> None:
    _table(page, url)
    page.get_by_role("button", name="Publish…").click()
    expect(page.get_by_role("dialog").get_by_text(" right · ").first).to_be_visible()


def _ask(page: Page, url: str) -> None:
    _at("ask", "Ask")(page, url)
    box = page.get_by_role("textbox", name="Question")
    box.fill("until when can I come by on fridays?")
    box.press("Enter")
    expect(page.get_by_text("Our hours are Monday-Friday").first).to_be_visible()


_list = _at("evaluations", "Evaluations")


def _preview(page: Page, url: str) -> None:
    _list(page, url)
    page.get_by_role("button", name="New evaluation").click()
    title(page, "New evaluation")
    _upload(page, "friday.csv", _TEST_FILE)
    expect(page.get_by_text("Keep these test questions as")).to_be_visible()


def _run(page: Page, url: str) -> None:
    """The newer evaluation of ``_fill``, wherever it stands among those that the samples bring."""
    heading = page.get_by_role("heading", level=1)
    for row in range(4):
        _list(page, url)
        click_row(page, row)
        expect(heading).not_to_have_text("Evaluations")
        settled(page)
        if heading.inner_text().startswith("With phrasings"):
            return
    raise AssertionError("the evaluation is not in the list")


def _row(page: Page, url: str) -> None:
    _run(page, url)
    click_row(page, 0, x=200)
    shown = page.get_by_role("dialog").get_by_text("Everything about this row")
    with contextlib.suppress(AssertionError):
        expect(shown).to_be_visible(timeout=10_000)
    if not shown.is_visible():  # a second click, beside the dialog, closed it
        page.get_by_role("button", name="Open the chosen row").click()
    expect(shown).to_be_visible()
    settled(page)


def _chat(page: Page, url: str) -> None:
    _at("ask", "Ask")(page, url)
    page.goto(f"{url}/chat?org={CLOTHING_ORG}")
    title(page, "Northwind Clothing")
    if (again := page.get_by_role("button", name="Start again")).is_visible():
        again.click()
        expect(again).to_have_count(0)
    for number, question in enumerate(("until when can I come by on fridays?", "can my dog come along?"), start=1):
        box = page.get_by_role("textbox", name="Write a message")
        box.fill(question)
        box.press("Enter")
        expect(page.locator(".chat-question")).to_have_count(number)
        settled(page)


def _settings(tab: str) -> View:
    return _at(f"settings?show={tab}", "Settings")


def _menu(page: Page, url: str) -> None:
    """The menu, which on a phone covers the page."""
    _at("ask", "Ask")(page, url)
    if (opens := page.get_by_test_id("stExpandSidebarButton")).is_visible():
        opens.click()
        settled(page)


def _upload(page: Page, name: str, text: str) -> None:
    file = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(file)  # type: ignore[arg-type]
    settled(page)


VIEWS: Mapping[str, View] = {
    "sign-in": _sign_in,
    "no-access": _at("questions", "No access", "Otto"),
    "menu": _menu,
    "overview": _overview(CLOTHING_ORG),
    "overview-new": _overview(PHONE_ORG),
    "questions": _table,
    "questions-unsaved": _unsaved,
    "questions-selecting": _selecting,
    "questions-reading": _at("questions", "Questions & answers", "Mia"),
    "health": _health,
    "import": _import,
    "history": _history,
    "entry": _panel,
    "publish": _publish,
    "ask": _ask,
    "evaluations": _list,
    "new-run": _preview,
    "run": _run,
    "run-row": _row,
    "run-confusions": _part(_run, "Confusions"),
    "run-confidence": _part(_run, "Confidence"),
    "run-threshold": _part(_run, "Threshold"),
    "run-by-tag": _part(_run, "By tag"),
    "run-by-entry": _part(_run, "By entry"),
    "run-compare": _part(_run, "Compare"),
    "chat": _chat,
    "settings-answers": _settings("answers"),
    "settings-engine": _settings("engine"),
    "settings-limits": _settings("limits"),
    "settings-chat": _settings("chat"),
    "settings-activity": _settings("activity"),
}
"""What the demo people see, by name; one whose name ends in "unsaved" leaves a draft behind."""


def leave(page: Page, name: str) -> None:
    """After a view was looked at: nothing of it comes back in the next one."""
    if name.endswith("unsaved"):
        _discard(page)


def _account_sign_in(page: Page, url: str) -> None:
    page.context.clear_cookies()
    page.goto(url)
    title(page, "Welcome to Frontline")


def _no_organisation(page: Page, url: str) -> None:
    _account_sign_in(page, url)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link").first.click()  # the page of PropelAuth's stand-in
    title(page, "You are not in an organisation yet")


ACCOUNT_VIEWS: Mapping[str, View] = {"account-sign-in": _account_sign_in, "no-organisation": _no_organisation}
"""What people with a PropelAuth account see before they are in an organisation."""

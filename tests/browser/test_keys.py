"""Ctrl + S with the cursor still where something was typed a moment before, and "/", in a real browser."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from core.bootstrap import Frontline
from core.engines.language.server_memory import RequestMode
from core.identity.demo import CLOTHING_ORG, OWNER
from core.questions.policy import EngineKind
from tests.browser.conftest import Server, menu, open_as, settled, slow_line
from tests.browser.grid import focus, write
from tests.model_server import ModelServer

pytestmark = pytest.mark.browser

QUESTION, ANSWER, PHRASINGS = 1, 2, 3
COUNTED = """() => {
    window.saves = 0;
    const count = event => { window.saves += event.target.closest('button[kind="primary"]') ? 1 : 0; };
    document.addEventListener("click", count, true);
}"""
"""Counts the clicks on a page's button that saves, however they came about."""
HIDES_DIALOG = """() => window.addEventListener("keydown", event => { window.prevented = event.defaultPrevented; })"""


@pytest.fixture(scope="module")
def server(own_server: Server) -> Server:
    """Its tables and settings change."""
    return own_server


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    with ModelServer({}, modes=(RequestMode.SCHEMA,)).running() as server:
        yield server


def opened(page: Page, server: Server, path: str) -> None:
    open_as(page, f"{server.url}/{path}", "Olivia")
    page.evaluate(COUNTED)
    page.evaluate(HIDES_DIALOG)


def type_and_save(page: Page, text: str, selected: bool = True) -> None:
    """Replace what stands in the field that has the cursor, and press the keys right after the last letter."""
    if selected:
        page.keyboard.press("Control+A")
    page.keyboard.type(text)
    page.keyboard.press("Control+S")


def saved(page: Page, times: int) -> None:
    """Wait until as many saves were pressed, and no more came of it."""
    expect(page.get_by_text("Saved as revision").last).to_be_visible()
    settled(page)
    assert page.evaluate("() => window.saves") == times
    assert page.evaluate("() => window.prevented") is True


def open_cell(page: Page, column: int, row: int) -> None:
    focus(page, column, row)
    page.keyboard.press("Enter")
    expect(page.locator("#portal textarea")).to_be_focused()


def textbox(where: Page | Locator, name: str) -> Locator:
    return where.get_by_role("textbox", name=name, exact=True)


def test_the_keys_save_what_stands_in_a_cell_that_is_still_open_and_in_the_note(
    page: Page, server: Server, parts: Frontline
) -> None:
    opened(page, server, f"questions?org={CLOTHING_ORG}")
    open_cell(page, ANSWER, 1)
    type_and_save(page, "By the keys")
    saved(page, 1)
    assert parts.questions.table(OWNER, CLOTHING_ORG).entries[1].answer == "By the keys"

    write(page, PHRASINGS, 2, "one")
    textbox(page, "Note").click()
    type_and_save(page, "Noted")
    expect(page.get_by_text("not saved yet")).to_have_count(0)
    saved(page, 2)
    assert parts.questions.history(OWNER, CLOTHING_ORG)[0].note == "Noted"
    assert parts.questions.table(OWNER, CLOTHING_ORG).entries[2].alternates == ("one",)


def test_the_keys_save_the_first_change_on_a_slow_line(page: Page, server: Server, parts: Frontline) -> None:
    """The button comes only with the answer to what was typed."""
    opened(page, server, f"questions?org={CLOTHING_ORG}")
    open_cell(page, ANSWER, 0)
    slow_line(page, 900)
    type_and_save(page, "From afar")
    saved(page, 1)
    assert parts.questions.table(OWNER, CLOTHING_ORG).entries[0].answer == "From afar"


def test_in_an_entrys_panel_the_keys_save_and_behind_another_dialog_they_do_nothing(
    page: Page, server: Server, parts: Frontline
) -> None:
    opened(page, server, f"questions?org={CLOTHING_ORG}&entry=2")
    panel = page.get_by_role("dialog")
    textbox(panel, "Answer").click()
    type_and_save(page, "Written in the panel")
    expect(panel).to_be_hidden()
    saved(page, 1)
    assert parts.questions.table(OWNER, CLOTHING_ORG).entries[1].answer == "Written in the panel"

    write(page, ANSWER, 0, "not to be saved")  # the only one that is shown
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_text("Discard your changes?")).to_be_visible()
    settled(page)
    page.keyboard.press("Control+S")
    page.wait_for_timeout(1_000)
    assert page.evaluate("() => window.saves") == 1
    panel.get_by_role("button", name="Discard").click()
    expect(page.get_by_text("not saved yet")).to_have_count(0)


def test_in_the_form_for_a_new_entry_the_keys_add_it(page: Page, server: Server, parts: Frontline) -> None:
    opened(page, server, f"questions?org={CLOTHING_ORG}")
    page.get_by_role("button", name="New entry").click()
    form = page.get_by_role("dialog")
    textbox(form, "Question").fill("Do you mend zips?")
    textbox(form, "Answer").click()
    type_and_save(page, "We do, by the keys.")

    expect(form).to_be_hidden()
    foot = page.get_by_test_id("stBottomBlockContainer")
    expect(foot).to_contain_text("1 new, not saved yet")
    settled(page)
    page.keyboard.press("Control+S")
    saved(page, 2)
    assert parts.questions.table(OWNER, CLOTHING_ORG).entries[-1].answer == "We do, by the keys."


def test_the_keys_save_the_settings_from_a_long_text_and_from_a_number(
    page: Page, server: Server, parts: Frontline, model_server: ModelServer
) -> None:
    table = parts.questions.table(OWNER, CLOTHING_ORG)
    model = replace(table.policy.model, engine=EngineKind.SERVER, base_url=model_server.base_url, model="small")
    policy = replace(table.policy, model=model)
    parts.questions.save_settings(OWNER, CLOTHING_ORG, base_revision=table.revision, policy=policy)
    opened(page, server, f"settings?org={CLOTHING_ORG}")
    page.locator("textarea").first.click()
    type_and_save(page, "A person will write soon.")
    saved(page, 1)
    assert parts.questions.settings(OWNER, CLOTHING_ORG).fallback == "A person will write soon."

    page.get_by_text("Limits", exact=True).click()
    number = page.get_by_role("spinbutton").first
    number.click()
    type_and_save(page, "17")
    bar = page.get_by_test_id("stBottomBlockContainer")
    expect(bar).to_contain_text("All saved")
    saved(page, 2)
    assert parts.questions.settings(OWNER, CLOTHING_ORG).model.usd_a_month == 17


def test_a_slash_leads_to_find_but_not_from_a_field_or_cell_and_other_pages_leave_the_keys_alone(
    page: Page, server: Server
) -> None:
    opened(page, server, f"questions?org={CLOTHING_ORG}")
    find = page.get_by_placeholder("Find in questions")
    page.keyboard.press("/")
    expect(find).to_be_focused()
    page.keyboard.type("a/b")
    expect(find).to_have_value("a/b")
    find.fill("")
    find.press("Enter")
    focus(page, ANSWER, 0)
    page.keyboard.press("/")
    expect(page.locator("#portal textarea")).to_have_value("/")
    page.keyboard.press("Escape")

    for name in ("Ask", "Questions & answers"):  # the page's script runs again
        menu(page, name)
    open_cell(page, ANSWER, 0)
    type_and_save(page, "Saved once")
    saved(page, 1)
    menu(page, "Ask")
    assert pressed(page, "Control+S") is False
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Demo chat").click()
    expect(page.get_by_placeholder("Write a message")).to_be_visible()
    settled(page)
    assert pressed(page, "Control+S") is False
    assert pressed(page, "/") is False


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_is_typed_before_the_keys_is_in_the_saved_table(
    page: Page, server: Server, parts: Frontline, seed: int
) -> None:
    """Random places, and random pauses between the last letter and the keys; also without any."""
    chance = random.Random(seed)
    opened(page, server, f"questions?org={CLOTHING_ORG}")
    for step in range(12):
        text, row = f"Typed {seed} {step} {chance.random()}", chance.randrange(3)
        has_more = chance.random() < 0.5
        if has_more:  # another change is unsaved already, and with it the button is there
            write(page, QUESTION, row, f"Changed {text}?")
            expect(page.get_by_text("not saved yet")).to_be_visible()
            settled(page)
        open_cell(page, ANSWER, row)
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
        page.wait_for_timeout(chance.choice((0, 0, 20, 50, 150, 400)))
        page.keyboard.press("Control+S")
        page.wait_for_function("times => window.saves === times", arg=step + 1)
        expect(page.get_by_text("not saved yet")).to_have_count(0)
        settled(page)

        entry = parts.questions.table(OWNER, CLOTHING_ORG).entries[row]
        assert (entry.answer, entry.question == f"Changed {text}?") == (text, has_more), (step, row)
        assert page.evaluate("() => window.saves") == step + 1


def pressed(page: Page, keys: str) -> bool:
    """Whether the page keeps these keys from the browser, with the cursor nowhere."""
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press(keys)
    return bool(page.evaluate("() => window.prevented"))

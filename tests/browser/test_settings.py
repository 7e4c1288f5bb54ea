"""An org's own model server, from its address to an answer on the Ask page, in a real browser."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.bootstrap import Frontline
from core.engines.language.server_memory import RequestMode
from core.identity.demo import CLOTHING_ORG, OWNER, PHONE_ORG
from core.questions.policy import EngineKind, Policy
from tests.browser.conftest import PATIENCE_SECONDS, Server, menu, open_as, settled, title
from tests.model_server import ModelServer

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path]
PATIENCE = PATIENCE_SECONDS * 1000
KEY = "sk-test-never-shown-4711"


@pytest.fixture(scope="module")
def server(own_server: Server) -> Server:
    """Its tables and settings change."""
    return own_server


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    """A server that knows which entry of the demo org is meant, and asks for a key; its address is new to Frontline."""
    answers = {"may I pop round at nine?": "1"}
    with ModelServer(answers, modes=(RequestMode.SCHEMA, RequestMode.COMPLETION), key=KEY).running() as server:
        yield server


@pytest.fixture(autouse=True)
def as_at_first(parts: Frontline) -> None:
    """Both organisations have the settings of a first start, and nothing is unsaved, whatever was tested before."""
    for org in (CLOTHING_ORG, PHONE_ORG):
        parts.settings_drafts.drop(OWNER, org)
        save(parts, org, parts.questions.table(OWNER, org, 1).policy)


def save(parts: Frontline, org: str, policy: Policy) -> None:
    newest = parts.questions.newest_revision(OWNER, org)
    parts.questions.save_settings(OWNER, org, base_revision=newest, policy=policy)


@pytest.fixture
def on_our_server(parts: Frontline, model_server: ModelServer) -> ModelServer:
    """The clothing shop asks this server of its own, with a key."""
    policy = parts.questions.table(OWNER, CLOTHING_ORG).policy
    model = replace(policy.model, engine=EngineKind.SERVER, base_url=model_server.base_url, model="small")
    save(parts, CLOTHING_ORG, replace(policy, model=model))
    parts.servers.keep_key(OWNER, CLOTHING_ORG, model_server.base_url, KEY)
    return model_server


def field(page: Page, name: str) -> Locator:
    return page.get_by_role("textbox", name=name, exact=True)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def bar(page: Page, words: str) -> None:
    """Wait until the bar says so."""
    expect(page.get_by_test_id("stBottomBlockContainer")).to_contain_text(words)
    settled(page)


def open_settings(page: Page, server: Server, person: str, org: str = CLOTHING_ORG, show: str = "engine") -> None:
    open_as(page, f"{server.url}/settings?org={org}&show={show}", person)
    title(page, "Settings")


def choose_our_server(page: Page) -> None:
    page.get_by_text("Our own model server", exact=True).click()
    expect(field(page, "Server address")).to_be_visible()
    settled(page)


def from_outside(page: Page) -> list[str]:
    """Collects what the browser is sent over the websocket from now on."""
    frames: list[str] = []

    def heard(payload: str | bytes) -> None:
        frames.append(payload.decode("utf-8", "replace") if isinstance(payload, bytes) else payload)

    page.on("websocket", lambda socket: socket.on("framereceived", heard))
    return frames


def test_an_owner_sets_a_server_tests_it_saves_it_and_the_model_answers(
    page: Page, server: Server, parts: Frontline, model_server: ModelServer, shot: Shot
) -> None:
    before = parts.questions.newest_revision(OWNER, CLOTHING_ORG)
    sent = from_outside(page)
    open_settings(page, server, "Olivia")
    choose_our_server(page)
    field(page, "Server address").fill(model_server.base_url)
    field(page, "Key").fill(KEY)
    press(page, "List models")
    models = page.get_by_role("combobox", name="Models of this server (2)")
    expect(models).to_be_visible(timeout=PATIENCE)
    page.set_viewport_size({"width": 1280, "height": 1400})  # an open list closes when the page is scrolled
    settled(page)
    models.click()
    page.get_by_role("option", name="small").click()
    expect(field(page, "Model")).to_have_value("small")
    bar(page, "Not saved yet: engine, server address, model, key")

    press(page, "Test connection")
    expect(page.get_by_text("The server answers, and keeps the model to your answers.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("As a chat with a form to fill in: held to your answers (taken)")).to_be_visible()
    settled(page)
    shot(page, "settings_tested")

    press(page, "Save")
    expect(page.get_by_text(f"Saved as revision {before + 1}", exact=True)).to_be_visible()
    bar(page, "All saved")
    expect(page.get_by_text("A key is stored (Olivia,")).to_be_visible()
    expect(field(page, "Key")).to_have_value("")

    menu(page, "Ask")
    field(page, "Question").fill("may I pop round at nine?")
    field(page, "Question").press("Enter")
    expect(page.get_by_test_id("stChatMessage").nth(0)).to_contain_text("9am-5pm", timeout=PATIENCE)
    settled(page)
    press(page, "Details")
    expect(page.get_by_text(f"small ({model_server.base_url.split('/')[2]})")).to_be_visible()

    page.goto(f"{server.url}/settings?org={CLOTHING_ORG}&show=engine")
    title(page, "Settings")
    expect(field(page, "Server address")).to_have_value(model_server.base_url)
    expect(field(page, "Key")).to_have_value("")
    assert KEY not in page.content()
    assert model_server.base_url in "".join(sent)
    assert KEY not in "".join(sent)
    shot(page, "settings_saved")


def test_a_key_that_is_left_with_the_tab_key_is_not_lost(page: Page, server: Server) -> None:
    open_settings(page, server, "Olivia")
    choose_our_server(page)
    field(page, "Key").fill(KEY)
    field(page, "Key").press("Tab")
    expect(page.get_by_text(re.compile("^Not saved yet: (engine, )?key$"))).to_be_visible(timeout=PATIENCE)


def test_a_key_is_removed_only_after_a_question(
    page: Page, server: Server, model_server: ModelServer, shot: Shot
) -> None:
    open_settings(page, server, "Olivia", PHONE_ORG)
    choose_our_server(page)
    field(page, "Server address").fill(model_server.base_url)
    field(page, "Model").fill("small")
    field(page, "Key").fill(KEY)
    press(page, "Save")
    expect(page.get_by_text("A key is stored")).to_be_visible()
    settled(page)

    press(page, "Remove it")
    expect(page.get_by_role("dialog")).to_contain_text(model_server.base_url)
    shot(page, "settings_remove_key")
    press(page, "Keep the key")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("A key is stored")).to_be_visible()
    press(page, "Remove it")
    press(page, "Remove the key")

    expect(page.get_by_text("The key is removed")).to_be_visible()
    expect(page.get_by_text("A key is stored")).to_have_count(0)
    press(page, "Test connection")
    expect(page.get_by_text("refused the key")).to_be_visible(timeout=PATIENCE)


def test_what_was_typed_is_saved_by_one_press_and_can_be_discarded(page: Page, server: Server, shot: Shot) -> None:
    open_settings(page, server, "Olivia", PHONE_ORG, show="answers")
    text = field(page, "Text when a person takes over")

    text.fill("We will write tomorrow.")
    press(page, "Save")  # straight from the field: its text has to arrive before the press does
    expect(page.get_by_text("Saved as revision")).to_be_visible()
    bar(page, "All saved")
    page.reload()
    expect(text).to_have_value("We will write tomorrow.")

    text.fill("Something else")
    text.blur()
    bar(page, "Not saved yet: text when a person takes over")
    press(page, "Discard")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("What you entered will be lost")
    dialog.get_by_role("button", name="Discard").click()
    expect(text).to_have_value("We will write tomorrow.")
    bar(page, "All saved")


@pytest.mark.parametrize("width", [pytest.param(1280, marks=pytest.mark.slow), 390])
def test_a_member_sees_everything_disabled_in_any_window(
    chromium: Browser, server: Server, on_our_server: ModelServer, width: int, shot: Shot
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()

    open_settings(page, server, "Mia")

    expect(page.get_by_text("An owner can change them.")).to_be_visible()
    expect(field(page, "Server address")).to_have_value(on_our_server.base_url)
    main = page.get_by_test_id("stMain")
    expect(main.get_by_role("combobox", name="How the model is asked")).to_be_disabled()
    roles = {"Engine": ("textbox", "radio"), "Limits": ("spinbutton", "slider"), "Answers": ("textbox", "slider")}
    for name, of_tab in roles.items():
        main.get_by_role("radiogroup", name="Settings").get_by_text(name).click()
        expect(main.get_by_role(of_tab[0]).first).to_be_visible()  # type: ignore[arg-type]
        settled(page)
        for role in of_tab:
            found = [each for each in main.get_by_role(role).all() if each.is_visible()]
            fields = [each for each in found if each.get_attribute("data-variant") is None]  # the tabs have one
            assert fields
            assert [each for each in fields if each.is_enabled()] == []
        for button in ("Save", "Test connection", "List models", "Remove it"):
            expect(page.get_by_role("button", name=button, exact=True)).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        shot(page, f"settings_member_{name.lower()}_{width}")
    context.close()

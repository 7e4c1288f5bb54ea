"""An org's own model server: its address, its key, its models, and the test of the connection."""

import json
import pickle
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core import bootstrap
from core.bootstrap import Frontline
from core.engines.language.server_memory import RequestMode
from core.errors import FrontlineError
from core.identity.demo import CLOTHING_ORG, MEMBER, OWNER, PHONE_ORG
from core.questions.policy import EngineKind, Style
from core.servers.service import ModelServers
from pages.settings.tabs import SettingsTab
from tests.model_server import ModelServer
from tests.pages.conftest import Browser, everything
from tests.pages.settings.fields import buttons, enter, every_field, fields, policy, press, save, show, toasts, unsaved

ORG = CLOTHING_ORG
KEY = "sk-test-never-shown-4711"
ANSWERS = {"when can i come": "1"}


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(ANSWERS, modes=(RequestMode.SCHEMA, RequestMode.COMPLETION), key=KEY).running() as server:
        yield server


@pytest.fixture
def tab(browser: Browser, server: ModelServer) -> AppTest:
    tab = enter(browser.open("settings", ORG, person=OWNER), engine=EngineKind.SERVER)
    return enter(tab, base_url=server.base_url, model="small")


def words(tab: AppTest) -> str:
    """What the page says about the server, without backslashes."""
    kinds = ("markdown", "caption", "success", "warning", "error", "info")
    return "\n".join(found.value for kind in kinds for found in getattr(tab, kind)).replace("\\", "")


def kept_in(tab: AppTest) -> str:
    """Everything that the server holds for this browser tab."""
    return repr(tab.session_state._state)


def test_an_owner_sets_a_server_with_a_key_and_its_answers_are_given(
    tab: AppTest, frontline: Frontline, server: ModelServer
) -> None:
    enter(tab, key=f" {KEY} ")
    assert unsaved(tab) == "**Not saved yet:** engine, server address, model, key"

    press(tab, "Save")

    assert toasts(tab) == ["Saved as revision 2"]
    assert unsaved(tab) == "All saved"
    assert "A key is stored (Olivia" in words(tab)
    entry = frontline.questions.table(OWNER, ORG).entries[0]
    assert frontline.answering.ask(MEMBER, ORG, "when can i come").text == entry.answer


def test_an_owner_lets_the_model_decide_doubtful_questions_alone(
    tab: AppTest, frontline: Frontline, server: ModelServer
) -> None:
    enter(tab, engine=EngineKind.CASCADE, key=KEY)
    assert "How the model is asked" in fields(tab)

    press(tab, "Save")

    assert toasts(tab) == ["Saved as revision 2"]
    assert policy(frontline).model.engine is EngineKind.CASCADE
    server.requests.clear()
    entry = frontline.questions.table(OWNER, ORG).entries[0]
    assert frontline.answering.ask(MEMBER, ORG, entry.question).text == entry.answer
    assert server.requests == []


@pytest.mark.parametrize("missing", [{"base_url": ""}, {"model": ""}])
def test_doubtful_questions_need_a_server_and_a_model(
    missing: dict[str, str], tab: AppTest, frontline: Frontline
) -> None:
    press(enter(tab, engine=EngineKind.CASCADE, key=KEY, **missing), "Save")

    assert "is empty" in words(tab)
    assert frontline.questions.newest_revision(OWNER, ORG) == 1


def test_a_key_is_nowhere_after_it_was_saved(
    tab: AppTest, browser: Browser, frontline: Frontline, server: ModelServer
) -> None:
    press(enter(tab, key=KEY), "Save")

    assert fields(tab)["Key"].value == ""
    assert KEY not in everything(tab)
    assert KEY not in kept_in(tab)
    reloaded = browser.open("settings", ORG, person=OWNER, query={"show": "engine"})
    assert fields(reloaded)["Key"].value == ""
    assert KEY not in everything(reloaded)
    assert KEY.encode() not in pickle.dumps(frontline.questions.history(OWNER, ORG))
    assert KEY not in repr(policy(frontline))


def test_a_key_that_was_only_entered_is_in_no_other_page_and_in_no_other_org(tab: AppTest, browser: Browser) -> None:
    enter(tab, key=KEY)
    assert KEY in kept_in(tab)

    browser.go(browser.go(tab, "ask"), "settings")
    assert fields(tab)["Key"].value == ""
    enter(tab, key=KEY).sidebar.selectbox[0].set_value(PHONE_ORG).run()

    assert KEY not in kept_in(tab)


def test_when_the_settings_are_refused_no_key_is_stored(
    tab: AppTest, frontline: Frontline, server: ModelServer
) -> None:
    press(enter(tab, key=KEY, model=""), "Save")

    assert "Model: is empty" in words(tab)
    assert frontline.servers.has_key(OWNER, ORG, server.base_url) is None
    assert fields(tab)["Key"].value == KEY
    assert unsaved(tab).endswith("key")


def test_a_key_that_cannot_be_one_is_refused_together_with_all_else(
    tab: AppTest, frontline: Frontline, server: ModelServer
) -> None:
    press(enter(tab, key="sk two words", model=""), "Save")

    assert "Model: is empty" in words(tab)
    assert "Key: holds a space" in words(tab)
    assert "two words" not in words(tab)
    assert frontline.questions.newest_revision(OWNER, ORG) == 1


def test_a_key_that_cannot_be_kept_after_the_save_is_told_and_stays_entered(
    tab: AppTest, frontline: Frontline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise FrontlineError("The database is full.")

    monkeypatch.setattr(ModelServers, "keep_key", fail)

    press(enter(tab, key=KEY), "Save")

    assert "The settings are saved, but the key is not:" in words(tab)
    assert "The database is full." in words(tab)
    assert unsaved(tab) == "**Not saved yet:** key"
    assert frontline.questions.newest_revision(OWNER, ORG) == 2


def test_a_server_that_fails_its_test_is_saved_only_after_the_owner_was_asked(
    tab: AppTest, frontline: Frontline
) -> None:
    press(tab, "Save")  # without the key that this server asks for, and never tested

    assert "refused the key" in words(tab)
    assert "Until it answers, visitors read the text for when a person takes over" in words(tab)
    assert frontline.questions.newest_revision(OWNER, ORG) == 1
    press(tab, "Keep editing")
    assert "Save anyway" not in buttons(tab)
    assert unsaved(tab) == "**Not saved yet:** engine, server address, model"

    press(press(tab, "Save"), "Save anyway")

    assert toasts(tab) == ["Saved as revision 2"]
    assert "Save anyway" not in buttons(tab)
    assert policy(frontline).model.model == "small"


def test_a_server_that_was_tested_is_not_asked_once_more_when_it_is_saved(tab: AppTest, server: ModelServer) -> None:
    press(enter(tab, key=KEY), "Test connection")
    asked = len(server.requests)

    press(tab, "Save")

    assert toasts(tab) == ["Saved as revision 2"]
    assert len(server.requests) == asked


def test_other_settings_of_a_server_that_fails_are_saved_without_asking(browser: Browser, frontline: Frontline) -> None:
    save(frontline, engine=EngineKind.SERVER, base_url="http://127.0.0.1:9/v1", model="small")

    tab = press(enter(browser.open("settings", ORG, person=OWNER), company="Northwind"), "Save")

    assert toasts(tab) == ["Saved as revision 3"]


@pytest.mark.parametrize("said", ["I think it is the first.", "<think>The first?"])
def test_a_server_whose_answers_cannot_be_read_is_not_called_usable(said: str, browser: Browser) -> None:
    answer = {"choices": [{"message": {"content": said}, "finish_reason": "stop"}]}
    body = json.dumps(answer).encode()
    with ModelServer(anything=lambda request: body if "chat" in request.path else (404, b"No.")).running() as server:
        tab = enter(browser.open("settings", ORG, person=OWNER), engine=EngineKind.SERVER)
        press(enter(tab, base_url=server.base_url, model="small"), "Test connection")

        assert "it did not answer a sample question" in tab.error[0].value
        assert [*tab.success, *tab.warning] == []
        assert "Save anyway" in buttons(press(tab, "Save"))


def test_what_the_server_says_is_shown_as_it_is_and_stays(browser: Browser) -> None:
    said = '{"error": {"message": "model :red[nosuch] **not** found"}}'
    with ModelServer(anything=lambda _request: (404, said.encode())).running() as server:
        tab = enter(browser.open("settings", ORG, person=OWNER), engine=EngineKind.SERVER)
        press(enter(tab, base_url=server.base_url, model="nosuch"), "Test connection")
        shown = tab.error[0].value
        enter(tab, company="Northwind")

    assert "knows no model nosuch" in shown
    assert "model :red[nosuch] **not** found" in shown.replace("\\", "").replace("\u200b", "")
    assert ":red[nosuch]" not in shown
    assert tab.error[0].value == shown


def test_a_key_alone_is_saved_without_a_revision(tab: AppTest, frontline: Frontline, server: ModelServer) -> None:
    press(press(tab, "Save"), "Save anyway")

    press(enter(tab, key=KEY), "Save")

    assert toasts(tab) == ["The key is saved"]
    assert frontline.questions.newest_revision(OWNER, ORG) == 2
    assert frontline.servers.has_key(OWNER, ORG, server.base_url) is not None


def test_a_key_belongs_to_its_address(tab: AppTest, server: ModelServer) -> None:
    press(enter(tab, key=KEY), "Save")

    enter(tab, base_url=server.base_url.replace("127.0.0.1", "localhost"))

    assert "A key is stored" not in words(tab)
    assert "Remove it" not in buttons(tab)


def test_removing_the_key_asks_first(tab: AppTest, frontline: Frontline, server: ModelServer) -> None:
    press(enter(tab, key=KEY), "Save")

    press(tab, "Remove it")

    assert {"Keep the key", "Remove the key"} <= set(buttons(tab))
    assert frontline.servers.has_key(OWNER, ORG, server.base_url) is not None


def test_the_connection_is_tested_with_what_is_in_the_fields_before_anything_is_saved(
    tab: AppTest, frontline: Frontline
) -> None:
    press(enter(tab, key=KEY), "Test connection")

    assert "The server answers, and keeps the model to your answers. It has 2 models." in words(tab)
    assert "As a choice between the answers: not known" in words(tab)
    assert "**As a chat with a form to fill in: held to your answers (taken)**" in words(tab)
    assert "As a chat that may only name an answer: not known" in words(tab)
    assert "As a text to go on with: answered freely" in words(tab)
    assert frontline.questions.newest_revision(OWNER, ORG) == 1
    assert KEY not in words(tab)


def test_a_stored_key_is_used_by_the_test_when_none_is_entered(tab: AppTest, server: ModelServer) -> None:
    press(tab, "Test connection")
    assert "refused the key" in words(tab)
    press(enter(tab, key=KEY), "Save")

    press(tab, "Test connection")

    assert "The server answers" in words(tab)
    assert "refused the key" not in words(tab)


def test_the_report_stays_while_other_fields_change_and_goes_with_its_server(tab: AppTest) -> None:
    press(enter(tab, key=KEY), "Test connection")

    assert "The server answers" in words(enter(tab, company="Northwind"))
    assert "The server answers" not in words(enter(tab, model="large"))
    assert "The server answers" in words(enter(tab, model="small"))
    assert "The server answers" not in words(enter(tab, base_url="http://127.0.0.1:9/v1"))


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (Style.SCHEMA, "keeps the model to your answers"),
        (Style.COMPLETION, "does not keep the model to your answers"),
        (Style.COMPANIES, "does not keep the model to your answers"),
        (Style.DECISIONS, "not in the way chosen under “How the model is asked”"),
    ],
)
def test_the_report_judges_the_way_that_will_be_taken(tab: AppTest, style: Style, expected: str) -> None:
    press(enter(tab, key=KEY, style=style), "Test connection")

    assert expected in words(tab)


def test_a_model_that_the_server_does_not_list_is_named(tab: AppTest) -> None:
    press(enter(tab, key=KEY, model="smal"), "Test connection")

    assert "does not list a model named smal. It lists large, small." in words(tab)
    assert "does not list" not in words(press(enter(tab, model="small"), "Test connection"))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"base_url": "http://127.0.0.1:9/v1"}, "could not be reached"),
        ({"base_url": "nowhere"}, "Server address: is no web address"),
        ({"model": ""}, "Model: is empty"),
        ({"key": "wrong"}, "refused the key. Enter a valid one."),
        ({"key": "two words"}, "Key: holds a space"),
    ],
)
def test_a_failed_test_says_why_in_words(tab: AppTest, values: dict[str, Any], expected: str) -> None:
    press(enter(tab, **values), "Test connection")

    assert expected in words(tab)
    assert "The server answers" not in words(tab)
    assert not tab.exception


def test_the_servers_models_can_be_listed_and_chosen(tab: AppTest, frontline: Frontline, server: ModelServer) -> None:
    enter(tab, key=KEY, model="")
    assert "Models of this server (2)" not in fields(tab)

    press(tab, "List models")
    fields(tab)["Models of this server (2)"].set_value("large").run()

    assert fields(tab)["Model"].value == "large"
    assert fields(tab)["Models of this server (2)"].value is None
    press(tab, "Save")
    assert policy(frontline).model.model == "large"


def test_a_server_that_refuses_to_list_its_models_says_so(tab: AppTest) -> None:
    press(tab, "List models")

    assert "refused the key" in words(tab)


def test_a_models_name_is_shown_as_it_is(browser: Browser) -> None:
    nasty = ":red[x] **b** <b>z</b>"

    def anything(request: Any) -> bytes | None:
        return b'{"data": [{"id": "%s"}]}' % nasty.encode() if request.path == "/v1/models" else None

    with ModelServer(anything=anything).running() as server:
        tab = enter(browser.open("settings", ORG, person=OWNER), engine=EngineKind.SERVER, base_url=server.base_url)
        press(tab, "List models")

    assert fields(tab)["Models of this server (1)"].options == [nasty]
    assert nasty not in words(tab)


@pytest.fixture
def with_a_server(frontline: Frontline, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same installation, started with a model server of its own."""
    for name, value in {"URL": "http://127.0.0.1:9/v1", "MODEL": "gpt-x", "KEY": KEY}.items():
        monkeypatch.setenv(f"FRONTLINE_ENGINE_{name}", value)
    bootstrap._frontline.cache_clear()
    parts = bootstrap.frontline()
    yield
    parts.stop()


def test_the_installations_own_server_has_a_prompt_and_limits_and_no_fields_of_a_server(
    browser: Browser, with_a_server: None
) -> None:
    tab = show(browser.open("settings", ORG, person=OWNER), SettingsTab.ENGINE)

    assert "gpt-x (127.0.0.1:9)" in tab.radio[0].proto.captions[0].replace("\\", "")
    assert {"How the model is asked", "Dollars a month"} <= every_field(tab).keys()
    show(tab, SettingsTab.ENGINE)
    assert {"Server address", "Key", "Model"}.isdisjoint(fields(tab))
    assert KEY not in everything(tab)
    assert "How the model is asked" not in fields(enter(tab, engine=EngineKind.BUILT_IN))


def test_switching_back_keeps_the_address_and_the_key(tab: AppTest, frontline: Frontline, server: ModelServer) -> None:
    press(enter(tab, key=KEY), "Save")

    press(enter(tab, engine=EngineKind.BUILT_IN), "Save")

    assert policy(frontline).model.engine is EngineKind.BUILT_IN
    assert policy(frontline).model.base_url == server.base_url
    assert "A key is stored" in words(enter(tab, engine=EngineKind.SERVER))


def test_an_address_may_be_stored_without_being_the_engine(browser: Browser, frontline: Frontline) -> None:
    save(frontline, base_url="http://127.0.0.1:9/v1", model="small")

    tab = browser.open("settings", ORG, person=OWNER)

    assert "Server address" not in fields(tab)
    assert fields(enter(tab, engine=EngineKind.SERVER))["Server address"].value == "http://127.0.0.1:9/v1"

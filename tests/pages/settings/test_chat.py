"""Settings › Chat: owners decide how the chat looks and what it says to small talk."""

from dataclasses import replace

from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.chat.settings import ChatSettings
from core.chat.small_talk import SmallTalk
from core.identity.demo import ADMIN, CLOTHING_ORG, OWNER
from pages.settings.tabs import SettingsTab
from tests.pages.conftest import Browser, everything
from tests.pages.settings.fields import show


def opened(browser: Browser) -> AppTest:
    return browser.open("settings", CLOTHING_ORG, person=OWNER, query={"show": "sharing"})


def field(kind: str, label: str, tab: AppTest) -> object:
    return next(one for one in tab.main.get(kind) if one.label == label)


def saved(tab: AppTest) -> AppTest:
    return next(button for button in tab.main.button if button.label == "Save the chat").click().run()


def test_an_owner_changes_the_chat_and_every_visitor_sees_it(browser: Browser, frontline: Frontline) -> None:
    tab = opened(browser)

    field("text_input", "Greeting", tab).set_value("Welcome to the shop!")
    field("text_input", "Name", tab).set_value("The Shop")
    field("toggle", "“Thanks”", tab).set_value(False)
    field("text_area", "Reply to “Hi”", tab).set_value("Hi there.")
    field("multiselect", "Suggested questions", tab).set_value([3, 1, 2])
    saved(tab)

    assert not tab.exception
    assert not tab.error
    kept = frontline.chat.settings(OWNER, CLOTHING_ORG).settings
    assert (kept.name, kept.greeting, kept.suggested) == ("The Shop", "Welcome to the shop!", (3, 1, 2))
    assert not kept.replies[SmallTalk.THANKS].is_on
    assert kept.replies[SmallTalk.GREETING].text == "Hi there."
    chat = browser.open("chat", CLOTHING_ORG)
    assert [title.value for title in chat.title] == ["The Shop"]
    assert "Welcome to the shop!" in everything(chat)


def test_what_is_wrong_is_said_with_its_field_and_the_rest_stays_entered(
    browser: Browser, frontline: Frontline
) -> None:
    tab = opened(browser)

    field("text_input", "Name", tab).set_value("The Shop")
    field("text_input", "Greeting", tab).set_value("")
    field("multiselect", "Suggested questions", tab).set_value([3])
    saved(tab)

    assert "Greeting" in tab.error[0].value
    assert "choose 3 to 5" in tab.error[0].value
    assert field("text_input", "Name", tab).value == "The Shop"
    assert frontline.chat.settings(OWNER, CLOTHING_ORG).version == 0


def test_a_save_over_another_owners_is_refused(browser: Browser, frontline: Frontline) -> None:
    tab = opened(browser)
    frontline.chat.change(OWNER, CLOTHING_ORG, replace(ChatSettings(), greeting="First"), version=0)

    field("text_input", "Greeting", tab).set_value("Second")
    saved(tab)

    assert "changed the chat meanwhile" in tab.error[0].value
    assert frontline.chat.public_look(CLOTHING_ORG).greeting == "First"


def test_others_than_owners_do_not_see_the_section(browser: Browser) -> None:
    tab = browser.open("settings", CLOTHING_ORG, person=ADMIN)

    assert "Save the chat" not in [button.label for button in tab.main.button]


def test_what_is_not_saved_yet_is_said_and_stays_while_another_tab_is_open(browser: Browser) -> None:
    tab = opened(browser)
    assert "Not saved yet" not in everything(tab)

    field("text_input", "Greeting", tab).set_value("Welcome!").run()
    show(show(tab, SettingsTab.LIMITS), SettingsTab.SHARING)

    assert field("text_input", "Greeting", tab).value == "Welcome!"
    assert "Not saved yet" in everything(tab)
    saved(tab)
    assert "Not saved yet" not in everything(tab)

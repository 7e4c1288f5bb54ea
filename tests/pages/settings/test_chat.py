"""Settings › Chat: owners decide how the chat looks and what it says to small talk."""

from dataclasses import replace

from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.chat.settings import ChatSettings
from core.chat.small_talk import SmallTalk
from core.identity.demo import ADMIN, CLOTHING_ORG, OWNER
from core.questions.changes import Changes
from pages.settings.chat import ENTRIES_OFFERED
from pages.settings.tabs import SettingsTab
from tests.pages.conftest import Browser, everything
from tests.pages.settings.fields import show


def opened(browser: Browser) -> AppTest:
    return browser.open("settings", CLOTHING_ORG, person=OWNER, query={"show": "chat"})


def field(kind: str, label: str, tab: AppTest) -> object:
    return next(one for one in tab.get(kind) if one.label == label)


def saved(tab: AppTest) -> AppTest:
    return next(button for button in tab.button if button.label == "Save the chat").click().run()


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

    assert "Save the chat" not in [button.label for button in tab.button]


def test_what_is_not_saved_yet_is_said_and_stays_while_another_tab_is_open(browser: Browser) -> None:
    tab = opened(browser)
    assert "not saved yet" not in everything(tab)
    assert field("button", "Save the chat", tab).proto.type == "secondary"

    field("text_input", "Greeting", tab).set_value("Welcome!").run()
    assert field("button", "Save the chat", tab).proto.type == "primary"
    show(show(tab, SettingsTab.LIMITS), SettingsTab.CHAT)

    assert field("text_input", "Greeting", tab).value == "Welcome!"
    assert "not saved yet" in everything(tab)
    saved(tab)
    assert "not saved yet" not in everything(tab)


def test_a_name_or_initials_that_are_too_long_are_refused_in_words_and_no_field_cuts_them(
    browser: Browser, frontline: Frontline
) -> None:
    tab = opened(browser)

    field("text_input", "Name", tab).set_value("x" * 61)
    field("text_input", "Initials", tab).set_value("ABCD")
    saved(tab)

    told = tab.error[0].value.replace("\\", "")
    assert "Name: has 61 characters; 60 is the limit." in told
    assert "Initials: has 4 characters; 3 is the limit." in told
    # With a limit of its own a field leaves out a longer text that is pasted, without a word.
    assert [one.label for one in tab.main.text_input if one.proto.max_chars] == []
    assert frontline.chat.settings(OWNER, CLOTHING_ORG).version == 0


def test_of_a_large_table_entries_to_suggest_are_found_by_their_words(browser: Browser, frontline: Frontline) -> None:
    rows = [{"question": f"Question number {n}?", "answer": "Yes"} for n in range(ENTRIES_OFFERED)]
    last = {"question": "Do you sell zebra scarves?", "answer": "No"}
    frontline.questions.save(OWNER, CLOTHING_ORG, base_revision=1, changes=Changes(added=[*rows, last]))
    table = frontline.questions.table(OWNER, CLOTHING_ORG).entries
    tab = opened(browser)
    find = field("text_input", "Find questions to suggest", tab)
    assert "The first 1,000 of 1,004 are offered" in find.placeholder
    assert last["question"] not in field("multiselect", "Suggested questions", tab).options

    field("multiselect", "Suggested questions", tab).set_value([1, 2]).run()
    field("text_input", "Find questions to suggest", tab).set_value("scarves ZEBRA").run()
    assert "1 question with these words." in everything(tab)
    field("multiselect", "Suggested questions", tab).set_value([1, 2, table[-1].id]).run()
    field("text_input", "Find questions to suggest", tab).set_value("").run()
    saved(tab)

    assert [error.value for error in tab.error] == []
    assert frontline.chat.settings(OWNER, CLOTHING_ORG).settings.suggested == (1, 2, table[-1].id)


def test_the_preview_shows_what_is_entered_before_it_is_saved(browser: Browser, frontline: Frontline) -> None:
    tab = opened(browser)
    assert "Northwind Clothing" in preview(tab)

    field("text_input", "Name", tab).set_value("<i>The Shop</i>").run()
    field("text_input", "Greeting", tab).set_value("Welcome!").run()
    field("text_area", "Reply to “Hi”", tab).set_value("Hi there.").run()

    assert all(words in preview(tab) for words in ("&lt;i&gt;The Shop", "Welcome!", "Hi there."))
    assert "Hi there." not in preview(field("toggle", "“Hi”", tab).set_value(False).run())
    assert frontline.chat.settings(OWNER, CLOTHING_ORG).version == 0


def preview(tab: AppTest) -> str:
    (found,) = [str(node.proto.body) for node in tab.main.get("html") if "chat-preview-head" in str(node.proto.body)]
    return found

"""The tabs of the Settings page: their place in the address, and what is entered in those that are not open."""

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.identity.demo import CLOTHING_ORG, MEMBER, OWNER
from core.questions.policy import EngineKind
from core.questions.policy_fields import POLICY_LABELS
from pages.settings.tabs import FIELDS, SettingsTab
from tests.pages.conftest import Browser
from tests.pages.settings.fields import buttons, enter, every_field, fields, policy, press, show, unsaved

ORG = CLOTHING_ORG
SERVER = {"engine": EngineKind.SERVER, "base_url": "http://127.0.0.1:9/v1", "model": "small"}


def names(browser_tab: AppTest) -> list[str]:
    """What stands on the tabs."""
    (choice,) = [one for one in browser_tab.segmented_control if one.label == "Settings"]
    return list(choice.options)


def save_looks(browser_tab: AppTest) -> str:
    (save,) = [button for button in browser_tab.button if button.label == "Save"]
    return str(save.proto.type)


def test_every_setting_has_its_tab() -> None:
    placed = [name for one in FIELDS.values() for name in one]

    assert sorted(placed) == sorted([*POLICY_LABELS, "key"])


@pytest.mark.parametrize(
    ("wanted", "open_tab"),
    [("limits", "limits"), ("activity", "activity"), ("nonsense", "answers"), ("sharing", "chat")],
)
def test_a_link_opens_the_tab_that_it_names(browser: Browser, wanted: str, open_tab: str) -> None:
    tab = browser.open("settings", ORG, person=OWNER, query={"show": wanted})

    assert tab.segmented_control[0].value == open_tab
    assert tab.query_params.get("show") == (open_tab if open_tab != "answers" else None)


def test_the_address_follows_the_open_tab_and_the_browsers_way_back(browser: Browser) -> None:
    tab = show(browser.open("settings", ORG, person=OWNER), SettingsTab.LIMITS)
    assert tab.query_params["show"] == "limits"

    tab.query_params["show"] = "engine"
    assert "Who decides which answer is meant" in fields(tab.run())
    del tab.query_params["show"]
    assert "How careful the bot is" in fields(tab.run())


def test_what_is_entered_on_several_tabs_is_marked_there_and_saved_by_one_press(
    browser: Browser, frontline: Frontline
) -> None:
    tab = enter(browser.open("settings", ORG, person=OWNER), fallback="mine", **SERVER, usd_a_month=3.0)
    assert names(tab) == ["Answers ●", "Chat", "Engine ●", "Limits ●", "Activity"]

    for other in (SettingsTab.ACTIVITY, SettingsTab.CHAT):  # what stands there has buttons of its own, or none
        assert "Save" not in buttons(show(tab, other))
    show(tab, SettingsTab.ANSWERS)
    assert unsaved(tab).startswith("**Not saved yet:** text when a person takes over, engine")
    press(press(tab, "Save"), "Save anyway")  # nothing listens at that address

    assert (policy(frontline).fallback, policy(frontline).model.usd_a_month) == ("mine", 3.0)
    assert policy(frontline).model.base_url == SERVER["base_url"]
    assert names(tab) == ["Answers", "Chat", "Engine", "Limits", "Activity"]


def test_save_stands_out_only_while_something_is_not_saved(browser: Browser) -> None:
    tab = browser.open("settings", ORG, person=OWNER)
    assert save_looks(tab) == "secondary"

    assert save_looks(enter(tab, fallback="mine")) == "primary"


def test_tabs_that_were_never_opened_keep_their_part_of_a_draft(browser: Browser, frontline: Frontline) -> None:
    enter(browser.open("settings", ORG, person=OWNER), fallback="mine", **SERVER, usd_a_month=3.0)

    tab = browser.open("settings", ORG, query={"show": "limits"})
    assert names(tab)[:4] == ["Answers ●", "Chat", "Engine ●", "Limits ●"]
    press(press(enter(tab, usd_a_month=4.0), "Save"), "Save anyway")

    assert (policy(frontline).fallback, policy(frontline).model.usd_a_month) == ("mine", 4.0)


def test_a_key_waits_on_another_tab_and_not_on_another_page(browser: Browser) -> None:
    tab = enter(browser.open("settings", ORG, person=OWNER), **SERVER, key="sk-test-4711")

    show(tab, SettingsTab.ANSWERS)
    assert unsaved(tab).endswith("server address, model, key")
    assert names(tab)[2] == "Engine ●"
    browser.go(browser.go(tab, "ask"), "settings")

    assert unsaved(tab).endswith("server address, model")
    assert every_field(tab)["Key"].value == ""
    assert "sk-test-4711" not in repr(tab.session_state._state)


def test_others_than_owners_have_the_tabs_that_they_may_read(browser: Browser) -> None:
    assert names(browser.open("settings", ORG, person=MEMBER)) == ["Answers", "Engine", "Limits"]

"""The settings of an org, as owners change them and the others read them."""

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OWNER, PHONE_ORG
from core.questions.entry import DEFAULT_FALLBACK, Policy
from tests.pages.conftest import Browser

ORG = CLOTHING_ORG


def save(tab: AppTest, *, fallback: str | None = None, strictness: float | None = None) -> AppTest:
    if fallback is not None:
        tab.text_area[0].set_value(fallback)
    if strictness is not None:
        tab.select_slider[0].set_value(strictness)
    return next(button for button in tab.button if button.label == "Save").click().run()


def policy(frontline: Frontline, org: str = ORG) -> Policy:
    return frontline.questions.table(OWNER, org).policy


def test_an_owner_changes_the_text_and_how_careful_the_bot_is(
    browser: Browser, frontline: Frontline, engine_ready: None
) -> None:
    tab = save(browser.open("settings", ORG, person=OWNER), fallback="We will call you.", strictness=0.1)

    assert [toast.value for toast in tab.toast] == ["Saved as revision 2"]
    assert policy(frontline) == Policy(fallback="We will call you.", strictness=0.1)
    assert policy(frontline, PHONE_ORG) == Policy()
    assert frontline.questions.history(OWNER, ORG)[0].note == "Settings"
    reply = frontline.answering.ask(MEMBER, ORG, "the quick brown fox")
    assert reply.text == "We will call you."
    assert reply.decision is not None
    old = frontline.answering.ask(MEMBER, PHONE_ORG, "the quick brown fox")
    assert old.text == DEFAULT_FALLBACK


def test_a_stricter_bot_needs_a_higher_score(browser: Browser, frontline: Frontline, engine_ready: None) -> None:
    before = frontline.answering.ask(MEMBER, ORG, "when are you there").decision

    save(browser.open("settings", ORG, person=OWNER), strictness=0.1)

    after = frontline.answering.ask(MEMBER, ORG, "when are you there").decision
    assert before is not None
    assert after is not None
    assert after.threshold == pytest.approx(before.threshold + 0.1)
    assert after.candidates[0].score == before.candidates[0].score


@pytest.mark.parametrize("text", ["", "  ", "x" * 501, "a\x07b"])
def test_a_text_that_no_visitor_should_get_is_refused(browser: Browser, frontline: Frontline, text: str) -> None:
    tab = save(browser.open("settings", ORG, person=OWNER), fallback=text)

    assert "Text for visitors" in tab.error[0].value
    assert policy(frontline) == Policy()


def test_two_owners_who_change_the_settings_see_it(browser: Browser, frontline: Frontline) -> None:
    tab = browser.open("settings", ORG, person=OWNER)
    frontline.questions.save_settings(OWNER, ORG, base_revision=1, policy=Policy(fallback="theirs"))

    save(tab, fallback="mine")

    assert "Somebody else changed the settings" in tab.error[0].value
    assert {"Now: theirs", "Yours: mine"} <= {text.value for text in tab.text}
    assert policy(frontline).fallback == "theirs"
    next(button for button in tab.button if button.label == "Show the newest settings").click().run()
    assert tab.text_area[0].value == "theirs"


def test_saving_what_holds_already_makes_no_revision(browser: Browser, frontline: Frontline) -> None:
    save(browser.open("settings", ORG, person=OWNER))

    assert frontline.questions.latest_revision(OWNER, ORG) == 1


@pytest.mark.parametrize("person", [ADMIN, MEMBER])
def test_others_read_the_settings_and_cannot_change_them(
    browser: Browser, frontline: Frontline, person: object
) -> None:
    tab = browser.open("settings", ORG, person=person)
    assert any("An owner can change them" in info.value for info in tab.info)
    assert tab.text_area[0].value == DEFAULT_FALLBACK
    assert tab.text_area[0].disabled
    assert tab.select_slider[0].disabled
    assert next(button for button in tab.button if button.label == "Save").disabled

    tab.session_state[tab.text_area[0].key] = "mine"  # as a browser that does not obey would send it
    tab.run()

    assert policy(frontline) == Policy()

"""Settings that are not saved yet survive a reload, which is another session for the server."""

import pytest

from core.bootstrap import Frontline
from core.errors import AccessDenied
from core.identity.demo import ADMIN, CLOTHING_ORG, OWNER, PHONE_ORG
from core.questions.policy import DEFAULT_FALLBACK, EngineKind, Policy
from tests.pages.conftest import Browser
from tests.pages.settings.fields import enter, fields, policy, press, unsaved

ORG = CLOTHING_ORG
FALLBACK = "Text when a person takes over"


def test_what_is_entered_is_back_after_a_reload_and_can_be_saved(browser: Browser, frontline: Frontline) -> None:
    server = {"engine": EngineKind.SERVER, "base_url": "http://127.0.0.1:9/v1", "model": "small"}
    enter(browser.open("settings", ORG, person=OWNER), fallback="mine", **server)

    tab = browser.open("settings", ORG)

    assert any("Your unsaved settings of" in caption.value for caption in tab.caption)
    assert fields(tab)[FALLBACK].value == "mine"
    assert unsaved(tab).startswith("**Not saved yet:** text when a person takes over, engine, server address, model")
    press(press(tab, "Save"), "Save anyway")  # nothing listens at that address
    assert (policy(frontline).fallback, policy(frontline).model.model) == ("mine", "small")
    assert unsaved(browser.open("settings", ORG)) == "All saved"


def test_what_is_put_back_by_hand_is_not_back_after_a_reload(browser: Browser, frontline: Frontline) -> None:
    tab = enter(browser.open("settings", ORG, person=OWNER), fallback="mine")
    enter(tab, fallback=DEFAULT_FALLBACK)

    again = browser.open("settings", ORG)

    assert unsaved(again) == "All saved"
    assert not any("Your unsaved settings" in caption.value for caption in again.caption)
    assert frontline.settings_drafts.find(OWNER, ORG) is None


def test_a_draft_that_somebody_saved_over_meets_the_conflict_and_not_the_new_settings(
    browser: Browser, frontline: Frontline
) -> None:
    enter(browser.open("settings", ORG, person=OWNER), fallback="mine")
    frontline.questions.save_settings(OWNER, ORG, base_revision=1, policy=Policy(fallback="theirs", strictness=0.1))

    tab = press(browser.open("settings", ORG), "Save")

    assert "The settings were changed after you opened them" in tab.error[0].value
    press(tab, "Put my changes on top")
    assert unsaved(browser.open("settings", ORG)) == "**Not saved yet:** text when a person takes over"
    press(tab, "Save")
    assert policy(frontline) == Policy(fallback="mine", strictness=0.1)


def test_a_draft_is_its_persons_and_its_orgs_alone(browser: Browser, frontline: Frontline) -> None:
    enter(browser.open("settings", ORG, person=OWNER), fallback="mine")

    assert fields(browser.open("settings", PHONE_ORG))[FALLBACK].value == DEFAULT_FALLBACK
    assert fields(browser.open("settings", ORG, person=ADMIN))[FALLBACK].value == DEFAULT_FALLBACK
    for call in (frontline.settings_drafts.find, frontline.settings_drafts.drop):
        with pytest.raises(AccessDenied):
            call(ADMIN, ORG)

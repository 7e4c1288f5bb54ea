"""From a threshold on the page to the org's settings, with permission, history and conflicts."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.engines.semantic.calibration import margin
from core.identity.demo import ADMIN, CLOTHING_ORG, OWNER
from core.identity.principal import Principal
from core.questions.changes import Changes
from core.runs.ledger import Run
from tests.pages.conftest import Browser, everything
from tests.pages.evaluations.test_sections import run_file

ORG = CLOTHING_ORG
USE = "Use 62 %"


@pytest.fixture
def run(frontline: Frontline) -> Run:
    return run_file(frontline, "first.csv", times=5)


def threshold(browser: Browser, run: Run, person: Principal = OWNER, least: int = 62) -> AppTest:
    tab = browser.open("evaluations", ORG, person=person, query={"run": run.run_id})
    next(group for group in tab.button_group if group.label == "What to look at").set_value("Threshold").run()
    return next(one for one in tab.slider if one.label.startswith("Answer from")).set_value(least).run()


def press(tab: AppTest, label: str) -> AppTest:
    return next(button for button in tab.button if button.label == label).click().run()


def test_an_owner_sees_what_changes_and_saves_a_revision(browser: Browser, frontline: Frontline, run: Run) -> None:
    before = frontline.questions.table(OWNER, ORG)

    tab = press(threshold(browser, run), USE)
    shown = everything(tab)
    assert "Visitors get an answer from 62 % on." in shown
    assert "How careful the bot is" in shown
    assert [one.value for one in tab.text][:2] == ["Balanced", "More careful (+0.06)"]
    assert frontline.questions.table(OWNER, ORG) == before, "nothing is saved before Save is pressed"

    tab = press(tab, "Save")
    after = frontline.questions.table(OWNER, ORG)
    assert after.policy.strictness == margin(0.62)
    assert after.revision == before.revision + 1
    assert tab.toast[0].value == rf"Saved as revision {after.revision}"
    (newest, *_) = frontline.questions.history(OWNER, ORG)
    assert newest.note == "Answers from 62 % on, as the evaluation “first.csv” found"
    assert "The settings are the same already" in everything(press(tab, USE))


def test_cancel_and_another_threshold_save_nothing(browser: Browser, frontline: Frontline, run: Run) -> None:
    tab = press(press(threshold(browser, run), USE), "Cancel")
    assert "Visitors get an answer from" not in everything(tab)

    tab = press(tab, USE)
    next(one for one in tab.slider if one.label.startswith("Answer from")).set_value(70).run()

    assert "Visitors get an answer from" not in everything(tab)
    assert frontline.questions.newest_revision(OWNER, ORG) == 1


def test_who_may_not_change_settings_sees_why(browser: Browser, run: Run) -> None:
    tab = threshold(browser, run, person=ADMIN)

    button = next(button for button in tab.button if button.label == USE)
    assert button.disabled
    assert "Your role here (Admin) may not change the settings. An owner can use 62 %." in everything(tab)


def test_what_somebody_else_saved_meanwhile_is_shown_and_kept(browser: Browser, frontline: Frontline, run: Run) -> None:
    tab = press(threshold(browser, run), USE)
    theirs = replace(frontline.questions.table(OWNER, ORG).policy, fallback="Somebody will call you.", strictness=0.05)
    frontline.questions.save_settings(OWNER, ORG, base_revision=1, policy=theirs)

    tab = press(tab, "Save")
    assert "The settings were changed after you opened them" in everything(tab)
    assert "Changed meanwhile, and kept: text when a person takes over." in everything(tab)
    assert [one.value for one in tab.text][:2] == ["More careful", "More careful (+0.06)"]
    assert frontline.questions.table(OWNER, ORG).policy == theirs

    press(tab, "Save all the same")
    assert frontline.questions.table(OWNER, ORG).policy == replace(theirs, strictness=margin(0.62))


def test_a_threshold_that_no_setting_reaches_is_told_in_words(browser: Browser, run: Run) -> None:
    tab = press(threshold(browser, run, least=100), "Use 100 %")

    assert "from 1 % to 99 %" in tab.error[0].value.replace("\\", "")


def test_a_table_that_was_changed_since_is_told(browser: Browser, frontline: Frontline, run: Run) -> None:
    changes = Changes(edited={1: {"alternates": ["opening hours"]}})
    frontline.questions.save(OWNER, ORG, base_revision=1, changes=changes)

    tab = press(threshold(browser, run), USE)

    assert "were changed since this evaluation" in everything(tab)

"""What settings that are not saved yet would do to the test questions, on the Settings page."""

import pytest

from core.bootstrap import Frontline
from core.datasets.formats.choice import recognise_format
from core.files.reading import read_table
from core.identity.demo import CLOTHING_ORG, OWNER
from core.policy_words import CAREFUL
from pages.settings.tabs import SettingsTab
from tests.pages.conftest import Browser, everything
from tests.pages.settings.fields import enter, show

HOURS = "What are your hours?"
FILE = f"question,expected_question\nhow long are your working days,{HOURS}\nwhat are your colours,__fallback__\n"
TALLY = "On your 2 labelled test questions"


@pytest.fixture
def with_tests(frontline: Frontline) -> Frontline:
    found = recognise_format(read_table(FILE.encode(), "t.csv"))
    preview = frontline.intake.check(OWNER, CLOTHING_ORG, found).preview
    frontline.datasets.save(OWNER, CLOTHING_ORG, name="Shop", preview=preview, source="t.csv")
    return frontline


def test_a_less_careful_bot_says_at_once_how_many_get_a_wrong_answer(browser: Browser, with_tests: Frontline) -> None:
    tab = browser.open("settings", CLOTHING_ORG, person=OWNER)
    assert TALLY not in everything(tab)

    enter(tab, strictness=min(CAREFUL))

    shown = everything(tab)
    assert f"{TALLY}: **1 right, 1 wrong, 0 needlessly to a person**." in shown
    assert "As it is saved: 1 right, 0 wrong, 1 needlessly to a person." in shown
    assert "What this does to the test questions: 1 broken, 1 fixed of 2 test questions" in [
        one.label for one in tab.expander
    ]
    assert with_tests.questions.newest_revision(OWNER, CLOTHING_ORG) == 1


def test_a_text_that_decides_nothing_asks_nothing(browser: Browser, with_tests: Frontline) -> None:
    tab = browser.open("settings", CLOTHING_ORG, person=OWNER)

    enter(tab, fallback="Somebody will call you.")

    assert TALLY not in everything(tab)


def test_a_change_is_checked_on_its_own_tab_alone(browser: Browser, with_tests: Frontline) -> None:
    tab = enter(browser.open("settings", CLOTHING_ORG, person=OWNER), strictness=min(CAREFUL))

    assert TALLY not in everything(show(tab, SettingsTab.ENGINE))

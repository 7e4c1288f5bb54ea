"""The promise to visitors on the Settings page."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.identity.demo import CLOTHING_ORG, MEMBER, OWNER
from core.identity.principal import Principal
from core.questions.promise import Promise
from core.runs.promises import FREER, MORE_CAREFUL, OTHER_ENGINE, RUN_AGAIN
from tests.pages.conftest import Browser, everything
from tests.pages.evaluations.test_sections import run_file
from tests.pages.settings.fields import enter, policy, press, unsaved

PROMISED = "Promise that at most 5 of 100 visitors get a wrong answer"
STANDS = "You promise that at most 5 of 100 visitors get a wrong answer."


@pytest.fixture
def promised(frontline: Frontline) -> Promise:
    run = run_file(frontline, "first.csv")
    promise = Promise(
        most_wrong=5,
        run_id=run.run_id,
        threshold=0.5,
        visitors=320,
        wrong=6,
        questions=330,
        answered_right=125,
        answered_right_before=165,
    )
    stored = frontline.questions.table(OWNER, CLOTHING_ORG)
    frontline.questions.save_settings(
        OWNER, CLOTHING_ORG, base_revision=stored.revision, policy=replace(stored.policy, promise=promise)
    )
    return promise


def opened(browser: Browser, person: Principal = OWNER) -> AppTest:
    return browser.open("settings", CLOTHING_ORG, person=person)


def test_without_a_promise_it_says_where_one_is_made(browser: Browser) -> None:
    shown = everything(opened(browser))

    assert "Nothing is promised to visitors." in shown
    assert "at most 2 of 100 visitors get a wrong answer" in shown


def test_everybody_sees_the_promise_and_what_it_costs_beside_how_careful_the_bot_is(
    browser: Browser, promised: Promise
) -> None:
    for person in (OWNER, MEMBER):
        shown = everything(opened(browser, person))
        assert STANDS in shown
        assert "6 of 320 visitors got a wrong answer" in shown
        assert "of 100 questions, the bot answers 38 right instead of 50" in shown


def test_settings_that_would_break_the_promise_say_so_before_they_are_saved(
    browser: Browser, promised: Promise
) -> None:
    tab = enter(opened(browser), strictness=-0.05)
    assert f"{FREER} {MORE_CAREFUL}" in everything(tab)

    enter(tab, strictness=0.05)
    assert "It may not hold now" not in everything(tab)

    enter(tab, engine="server")
    assert f"{OTHER_ENGINE} {RUN_AGAIN}" in everything(tab)


def test_an_owner_takes_a_promise_back_and_gets_it_back_from_the_history(
    browser: Browser, frontline: Frontline, promised: Promise
) -> None:
    tab = opened(browser)
    next(box for box in tab.checkbox if box.label == PROMISED).uncheck().run()
    assert unsaved(tab) == "**Not saved yet:** promise to visitors"
    assert STANDS not in everything(tab)

    press(tab, "Save")
    assert policy(frontline).promise is None
    (newest, before, *_) = frontline.questions.history(OWNER, CLOTHING_ORG)
    assert newest.note == "Settings: promise to visitors"

    frontline.questions.restore(OWNER, CLOTHING_ORG, before.number)
    assert policy(frontline).promise == promised

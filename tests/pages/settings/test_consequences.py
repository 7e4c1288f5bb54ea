"""What the carefulness that is being set would have done, beside its slider."""

import pytest

from core.bootstrap import Frontline
from core.identity.demo import CLOTHING_ORG, MEMBER, OWNER
from core.policy_words import CAREFUL
from core.runs.ledger import Run
from tests.pages.conftest import Browser, everything
from tests.pages.evaluations.test_sections import FILE, run_file
from tests.pages.settings.fields import buttons, enter, unsaved

ORG = CLOTHING_ORG


@pytest.fixture
def run(frontline: Frontline) -> Run:
    return run_file(frontline, "first.csv", times=5)


def test_the_last_evaluation_says_what_the_slider_would_do_and_no_engine_is_asked(
    browser: Browser, frontline: Frontline, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = frontline.intake.check(OWNER, ORG, frontline.intake.read(OWNER, ORG, FILE, "kept.csv")).preview
    frontline.datasets.save(OWNER, ORG, name="Kept", preview=preview, source="kept.csv")
    monkeypatch.setattr(frontline.checks, "of_settings", lambda *_: pytest.fail("an engine was asked"))
    tab = browser.open("settings", ORG, person=OWNER)
    assert "As it is saved" in everything(tab)
    assert "With your change" not in everything(tab)
    assert "Health under Questions & answers asks the stored phrasings instead" in everything(tab)
    assert f".csv” of {run.created_at.day} " in everything(tab)

    shown = everything(enter(tab, strictness=max(CAREFUL)))

    assert "With your change" in shown
    assert "0 wrong" in shown
    assert "Check with 6 test questions" in buttons(tab)
    assert unsaved(tab) == "**Not saved yet:** how careful the bot is"


def test_nothing_is_told_before_the_first_evaluation_and_members_see_it_too(
    browser: Browser, frontline: Frontline
) -> None:
    assert "From the evaluation" not in everything(browser.open("settings", ORG, person=OWNER))

    run_file(frontline, "first.csv")

    assert "From the evaluation" in everything(browser.open("settings", ORG, person=MEMBER))

"""From an evaluation to a promise to visitors: what can be promised, what it costs, and how it is kept in view."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.identity.demo import ADMIN, CLOTHING_ORG, OWNER
from core.identity.principal import Principal
from core.questions.changes import Changes
from core.runs.ledger import Run
from core.runs.run_threshold import deciding_confidence
from core.statistics.promise import wrong_visitors
from tests.pages.conftest import Browser, everything
from tests.pages.evaluations.test_sections import finished

ORG = CLOTHING_ORG
DISHES = ("soup", "stew", "bread", "cake", "pie", "salad", "curry")
THINGS = ("onions", "apples", "rice", "beans", "pumpkin", "lentils", "leeks", "plums", "nuts", "corn")
FAR = [f"do you know a recipe for {dish} with {thing}" for dish in DISHES for thing in THINGS]
NEAR = ["at what time do you close today", "when can I come by the shop tomorrow"]
FILE = "\n".join(
    [
        "question,expected_question",
        *(f"{one},What are your hours?" for one in NEAR),
        *(f"{f},__fallback__" for f in FAR),
    ]
)


@pytest.fixture
def run(frontline: Frontline) -> Run:
    """A run of settings that answer so freely that wrong answers come."""
    free = replace(frontline.questions.table(OWNER, ORG).policy, strictness=-0.4)
    frontline.questions.save_settings(OWNER, ORG, base_revision=0, policy=free)
    return run_again(frontline)


def run_again(frontline: Frontline) -> Run:
    found = frontline.intake.read(ADMIN, ORG, FILE.encode(), "visitors.csv")
    ready = frontline.intake.check(ADMIN, ORG, found)
    preview, revision = ready.preview, ready.revision
    frontline.runs.start(ADMIN, ORG, name="visitors.csv", preview=preview, revision=revision)
    return finished(frontline)


def threshold(browser: Browser, run: Run, person: Principal = OWNER) -> AppTest:
    tab = browser.open("evaluations", ORG, person=person, query={"run": run.run_id})
    return next(group for group in tab.button_group if group.label == "What to look at").set_value("Threshold").run()


def press(tab: AppTest, label: str) -> AppTest:
    return next(button for button in tab.button if button.label == label).click().run()


def promised(browser: Browser, run: Run) -> AppTest:
    return press(press(threshold(browser, run), "Promise this"), "Save")


def test_an_owner_promises_and_sees_the_promise_wherever_it_counts(
    browser: Browser, frontline: Frontline, run: Run
) -> None:
    tab = threshold(browser, run)
    shown = everything(tab)
    assert "**This can be promised**" in shown
    assert "0 of 100" not in shown
    assert "of 72 visitors got a wrong answer" in shown

    tab = press(tab, "Promise this")
    assert "You promise that at most 5 of 100 visitors get a wrong answer. This changes the settings:" in everything(
        tab
    ).replace("*", "")
    tab = press(tab, "Save")

    policy = frontline.questions.table(OWNER, ORG).policy
    assert policy.promise is not None
    assert (policy.promise.most_wrong, policy.promise.run_id, policy.promise.visitors) == (5, run.run_id, 72)
    assert policy.strictness > -0.4
    (newest, *_) = frontline.questions.history(OWNER, ORG)
    assert newest.note == (
        "Promise: at most 5 of 100 visitors get a wrong answer, as the evaluation “visitors.csv” found"
    )
    assert "You promise that at most 5 of 100 visitors get a wrong answer." in everything(tab)
    figures = browser.open("evaluations", ORG, query={"run": run.run_id})
    assert "You promise that at most 5 of 100 visitors get a wrong answer." in everything(figures)
    analysis = frontline.analyses.of(OWNER, ORG, run.run_id)
    assert analysis.promised_rows is not None
    wrong = wrong_visitors(analysis.promised_rows, deciding_confidence(run))
    who = f"{wrong.count:,}" if wrong.count else "none"
    assert f"With the settings of this evaluation, {who} of 72 visitors got a wrong answer." in everything(figures)
    assert "Promise this" not in [button.label for button in threshold(browser, run).button], "it is made already"


def test_too_few_labels_for_a_promise_are_counted(browser: Browser, run: Run) -> None:
    tab = threshold(browser, run)
    next(one for one in tab.number_input if one.label.startswith("Of 100 visitors")).set_value(1).run()

    shown = everything(tab)
    assert "too few for this promise: add about" in shown
    assert "Promise this" not in [button.label for button in tab.button]


def test_who_may_not_change_settings_sees_what_could_be_promised(browser: Browser, run: Run) -> None:
    tab = threshold(browser, run, person=ADMIN)

    assert next(button for button in tab.button if button.label == "Promise this").disabled
    assert "An owner can promise this." in everything(tab)


def test_a_changed_table_makes_the_promise_stale_and_only_a_new_run_can_renew_it(
    browser: Browser, frontline: Frontline, run: Run
) -> None:
    promised(browser, run)
    base = frontline.questions.newest_revision(OWNER, ORG)
    frontline.questions.save(
        OWNER, ORG, base_revision=base, changes=Changes(edited={1: {"alternates": ["opening hours"]}})
    )

    tab = threshold(browser, run)
    assert "**It may not hold now.**" in everything(tab)
    assert "Run your test questions again" in everything(tab)
    next(one for one in tab.number_input if one.label.startswith("Of 100 visitors")).set_value(6).run()
    assert "**This could be promised then.** The questions and answers were changed" in everything(tab)
    assert "Promise this" not in [button.label for button in tab.button]

    again = run_again(frontline)
    promised(browser, again)
    standing = frontline.promises.standing(OWNER, ORG)
    assert standing is not None
    assert standing.run is not None
    assert (standing.stale, standing.run.run_id) == ("", again.run_id)

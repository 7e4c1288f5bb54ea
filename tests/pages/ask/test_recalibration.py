"""From 200 labelled questions on, Ask shows what the engine's confidence is worth here, and so do the evaluations."""

import random

from core.bootstrap import Frontline
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OWNER
from core.questions.policy import ModelSettings
from core.runs.ledger import Run
from core.statistics.numbers import percent
from tests.pages.ask.test_page import ask
from tests.pages.conftest import Browser, everything
from tests.pages.evaluations.test_page import finished
from tests.pages.evaluations.test_sections import section

ORG = CLOTHING_ORG
HOURS = "What are your hours?"
ASKED = "at what hours are you open"


def run_of(frontline: Frontline, questions: int) -> Run:
    """Questions that the engine is sure of and that mean what it takes them for in every second case only."""
    rng = random.Random(1)
    lines = [
        f"what are your hours {word} {number},{rng.choice((HOURS, '__fallback__'))}"
        for number, word in zip(
            range(questions), ("in week", "for guests of room", "at door", "on day") * 60, strict=False
        )
    ]
    data = "\n".join(["question,expected_question", *lines]).encode()
    found = frontline.intake.read(ADMIN, ORG, data, "hours.csv")
    ready = frontline.intake.check(ADMIN, ORG, found)
    preview, revision = ready.preview, ready.revision
    frontline.runs.start(ADMIN, ORG, name="hours.csv", preview=preview, revision=revision)
    return finished(frontline)


def asked(browser: Browser) -> str:
    return everything(ask(browser.open("ask", ORG, person=MEMBER), ASKED))


def test_with_fewer_questions_the_engine_speaks_for_itself(browser: Browser, frontline: Frontline) -> None:
    run_of(frontline, 199)

    assert "labelled questions" not in asked(browser)


def test_the_measured_confidence_stands_beside_the_engines_own_and_changes_no_answer(
    browser: Browser, frontline: Frontline
) -> None:
    before = frontline.answering.ask(MEMBER, ORG, ASKED)
    run = run_of(frontline, 240)
    scale = frontline.recalibrations.of_settings(OWNER, ORG, ModelSettings())
    assert scale is not None
    assert before.decision is not None
    itself = before.decision.candidates[0].confidence

    shown = asked(browser)
    told = f"measured on your 240 labelled questions; the engine itself says {percent(itself)}"
    assert f"({percent(scale.of(itself))}), {told}" in shown
    assert before.text in shown
    again = frontline.answering.ask(MEMBER, ORG, ASKED)
    assert (again.outcome, again.decision) == (before.outcome, before.decision)

    confidence = everything(section(browser, run, "Confidence"))
    assert (
        f"Measured on your 240 labelled questions, the engine’s confidence is {scale.off_before * 100:.0f} "
        in confidence
    )
    tab = section(browser, run, "Threshold")
    next(one for one in tab.slider if one.label.startswith("Answer from")).set_value(90).run()
    assert f"Ask shows 90 % as {percent(scale.of(0.9))}" in everything(tab)

from dataclasses import replace

from core.questions.promise import Promise
from core.report.promise_words import costs, found, standing, why_more
from core.runs.promises import FREER, Standing
from core.statistics.promise import CannotBeHad, Kept, TooFew
from core.statistics.proportion import Proportion

PROMISE = Promise(
    most_wrong=2,
    run_id="run",
    threshold=0.7,
    visitors=320,
    wrong=1,
    questions=330,
    answered_right=125,
    answered_right_before=165,
)


def test_what_can_be_promised_says_from_where_on_and_how_sure_that_is() -> None:
    said = found(Kept(threshold=0.71, wrong=Proportion(1, 320), at_most=0.0147), 2, 0.99)

    assert said == (
        "**This can be promised**, if the bot answers from 71 % on at the lowest: there 1 of 320 visitors got a wrong "
        "answer. Of all visitors like these it is at most 1.5 %, with 95 % certainty."
    )


def test_too_few_labels_and_what_cannot_be_had_say_what_to_do() -> None:
    few = found(TooFew(missing=1_200, wrong=Proportion(0, 140)), 1, 0.99)
    never = found(CannotBeHad(wrong=Proportion(30, 230), is_certain=True), 5, 0.99)
    perhaps = found(CannotBeHad(wrong=Proportion(1, 21), is_certain=False), 2, 0.99)

    assert few == "**140 labelled test questions are too few for this promise: add about 1,200.**"
    assert "none of 140 visitors got a wrong answer" in why_more(TooFew(missing=1_200, wrong=Proportion(0, 140)), 0.99)
    assert never.startswith("**This cannot be promised.** Even when the bot answers only from 99 % on, 30 of 230 ")
    assert "promise less" in never
    assert "With more test questions this may change" in perhaps


def test_what_a_promise_costs_is_told_of_a_hundred_questions() -> None:
    assert costs(PROMISE) == "What it costs: of 100 questions, the bot answers 38 right instead of 50."
    assert costs(replace(PROMISE, answered_right=165)).startswith(
        "It costs nothing: of 100 questions, the bot answers 50"
    )
    assert "nearly nothing" in costs(replace(PROMISE, answered_right=164))


def test_a_stale_promise_says_so_and_not_what_was_measured() -> None:
    kept = standing(Standing(promise=PROMISE, run=None, stale=""), "May")
    stale = standing(Standing(promise=PROMISE, run=None, stale=FREER), "May")

    waits = standing(Standing(promise=PROMISE, run=None, stale="", waits=True), "May")
    assert waits == f"{kept} Visitors get it once these settings are published."
    assert kept.startswith(
        "**You promise that at most 2 of 100 visitors get a wrong answer.** Measured with “May”: 1 of"
    )
    assert stale.endswith(f"**It may not hold now.** {FREER}")
    assert "Measured" not in stale

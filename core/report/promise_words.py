"""Promises to visitors in words: what can be promised and what it costs, and how a promise stands."""

from core.plurals import counted
from core.policy_words import at_most
from core.questions.promise import Promise
from core.runs.promises import Standing
from core.statistics.numbers import percent
from core.statistics.promise import CannotBeHad, Finding, Kept, TooFew
from core.statistics.proportion import Proportion

ABOUT = (
    "A promise is about all your visitors, those who go to a person among them. An answer where a person was expected "
    "is a wrong one too."
)
SMALL_PRINT = (
    "It holds for visitors who ask as those of your test questions do; in 1 of 20 such cases chance may still break "
    "it. Choose the number by what your visitors can bear, not by trying which one looks best: that makes it less sure."
)


def found(finding: Finding, most_wrong: int, highest: float) -> str:
    """Whether this can be promised; what it takes where it cannot. ``highest`` is the most careful threshold."""
    match finding:
        case Kept():
            return (
                f"**This can be promised**, if the bot answers from {percent(finding.threshold)} on at the lowest: "
                f"there {_got_one(finding.wrong)}. Of all visitors like these it is at most "
                f"{percent(finding.at_most, of=1_000)}, with 95 % certainty."
            )
        case TooFew():
            are = "is" if finding.wrong.of == 1 else "are"
            return (
                f"**{counted(finding.wrong.of, 'labelled test question')} {are} too few for this promise: add about "
                f"{finding.missing:,}.**"
            )
        case CannotBeHad():
            return (
                f"**This cannot be promised.** Even when the bot answers only from {percent(highest)} on, "
                f"{_got_one(finding.wrong)}. {_instead(finding, most_wrong)}"
            )


def why_more(finding: TooFew, highest: float) -> str:
    """Why a promise takes more questions though these went well enough; ``highest`` as for ``found``."""
    return (
        f"When the bot answers only from {percent(highest)} on, {_got_one(finding.wrong)}: that looks good enough, and "
        "may be luck. So many more are enough if they go as well as these."
    )


def outdated(why: str) -> str:
    """What can be said of an evaluation that measured another table or engine, and ``why`` it is another one."""
    return f"**This could be promised then.** {why}"


def costs(promise: Promise) -> str:
    """What the promise costs, e.g. "What it costs: of 100 questions, the bot answers 38 right instead of 50."."""
    before, after = (_of_a_hundred(count, promise) for count in (promise.answered_right_before, promise.answered_right))
    if promise.answered_right == promise.answered_right_before:
        return f"It costs nothing: of 100 questions, the bot answers {after} right, as with the settings before it."
    if after == before:
        return f"It costs nearly nothing: of 100 questions, the bot still answers about {after} right."
    return f"What it costs: of 100 questions, the bot answers {after} right instead of {before}."


def standing(found: Standing, name: str) -> str:
    """A promise, how it was measured, and whether it still holds; ``name`` is that of its evaluation, "" of none."""
    promise = found.promise
    said = f"**You promise that {at_most(promise.most_wrong)}.**"
    by = f"“{name}”" if name else "an earlier evaluation"
    wrong = Proportion(promise.wrong, promise.visitors)
    measured = f"Measured with {by}: {_got_one(wrong)}. {costs(promise)}"
    if found.waits:
        measured += " Visitors get it once these settings are published."
    return f"{said} {measured}" if not found.stale else f"{said} **It may not hold now.** {found.stale}"


def _instead(finding: CannotBeHad, most_wrong: int) -> str:
    if not finding.is_certain:
        return "With more test questions this may change. Look first whether the labels of these are right."
    return (
        f"That is more than {most_wrong} of 100, and not by chance. Look whether the labels of these are right and "
        "what their answers lack, or promise less."
    )


def _got_one(wrong: Proportion) -> str:
    who = "none" if wrong.count == 0 else f"{wrong.count:,}"
    return f"{who} of {counted(wrong.of, 'visitor')} got a wrong answer"


def in_a_run(wrong: Proportion) -> str:
    """How many visitors of an evaluation got a wrong answer in it."""
    return f"With the settings of this evaluation, {_got_one(wrong)}."


def _of_a_hundred(count: int, promise: Promise) -> int:
    return round(count * 100 / promise.questions) if promise.questions else 0

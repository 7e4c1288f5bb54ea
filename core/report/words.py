"""The sentences on a run that its page and its report share."""

from collections.abc import Sequence

from core.datasets.leakage import Leak
from core.plurals import counted
from core.runs.analysis import LEAKS_NEARLY, Analysis
from core.runs.run_usage import RunUsage
from core.spending import words
from core.statistics.by_entry import Averages, OutOfScope
from core.statistics.metrics import Summary
from core.statistics.numbers import percent, share, span
from core.statistics.proportion import Proportion
from core.statistics.thresholds import LEAST_TOLD, OutcomeShares, ThresholdChoice
from core.statistics.verdict import Verdict

LIKELY = (
    "**Likely** gives the range in which the true figure lies in 19 of 20 such tests: other questions of the same kind "
    "would give somewhat other figures. More questions make the range narrower."
)
NO_LABEL = "No question has a label, so nothing can be said about right and wrong."
"""A label says what is expected of a question."""
ALL_FAILED = "Every question with a label failed, so nothing can be said about right and wrong."
SAME_WORDS = (
    "The outcomes mean what they mean among the figures, here as parts of all questions with a label; there each is a "
    "share of the questions that could end so."
)
"""Why "12 wrong answers of 100 visitors" and "16 % wrong answers" of one run are both true."""
EXTREME = 0.98
"""From this threshold on next to nothing is answered; the other end of the scale is as far from 0."""


def verdict(summary: Summary) -> str:
    """What came of a run in a sentence, with ``**`` around what matters most."""
    right = summary.rate(Verdict.RIGHT)
    if right.rate is None or right.interval is None:
        return NO_LABEL if summary.labelled == 0 else ALL_FAILED
    likely_ = f"With other questions of the same kind it would likely be {span(right.interval, right.of)}"
    if right.of == 1:
        ended = "**ended right**" if right.count else "**did not end right**"
        return (
            f"The one question that says what is expected and got a reply {ended}. {likely_}: one question says little."
        )
    few = ": so few questions say little" if right.of < LEAST_TOLD else ""
    return (
        f"**{percent(right.rate, right.of)}** of the questions that say what is expected ended right "
        f"({share(right.count, right.of)}). {likely_}{few}."
    )


def replies(analysis: Analysis) -> str:
    """How many questions got an answer, went to a person, and failed."""
    asked, failed = analysis.summary.attempted, analysis.summary.count(Verdict.FAILED)
    answered = int(analysis.results.ledger["given_id"].notna().sum())
    return (
        f"Of {counted(asked, 'question')}, {answered:,} got an answer, {asked - answered - failed:,} went to a person, "
        f"{failed:,} failed."
    )


def left_out(summary: Summary) -> list[str]:
    """Which questions are in no figure but those of all that were tried."""
    said = []
    if failed := summary.count(Verdict.FAILED):
        are = "is" if failed == 1 else "are"
        said.append(
            f"{counted(failed, 'failed question')} {are} in no other figure: nobody can say whether the reply would "
            "have been right."
        )
    if unlabelled := summary.count(Verdict.NOT_LABELLED):
        said.append(f"{counted(unlabelled, 'question')} without a label: run too, and counted only among those tried.")
    return said


def unjudged(analysis: Analysis) -> str:
    """Why nothing can be said about right and wrong; "" where something can."""
    if analysis.judged:
        return ""
    return ALL_FAILED if analysis.labelled else NO_LABEL


def no_mistakes(analysis: Analysis) -> str:
    """What it means that no question with a label ended otherwise than expected, and what stays unknown."""
    judged, failed = analysis.judged, analysis.summary.count(Verdict.FAILED)
    ended = "the one question with a label" if judged == 1 else f"all {judged:,} questions with a label"
    left = {"without a label": analysis.summary.count(Verdict.NOT_LABELLED), "failed": failed}
    others = ", ".join(f"{count:,} {what}" for what, count in left.items() if count)
    return f"{ended} and a reply ended as expected{f' ({others})' if others else ''}."


def stored(analysis: Analysis) -> str:
    """How many questions of a run stood in its table already, and what is right without them; "" for none."""
    if not analysis.leaks:
        return ""
    said = [in_the_table(analysis.leaks)]
    part = analysis.right_without_leaks
    if analysis.judged:
        others = proportion(part, "of the others are right") if part.of else "no other question has a label and a reply"
        said.append(f"That makes the results look better than they are: {others}.")
    if len(analysis.rows) > LEAKS_NEARLY:
        said.append(f"Of more than {LEAKS_NEARLY:,} questions, those nearly word for word are not looked for.")
    return " ".join(said)


def in_the_table(leaks: Sequence[Leak]) -> str:
    """How many test questions the table holds, e.g. "2 test questions are in the table already (word for word)."."""
    exact = sum(leak.exact for leak in leaks)
    are = "is" if len(leaks) == 1 else "are"
    return f"{counted(len(leaks), 'test question')} {are} in the table already ({_nearness(exact, len(leaks))})."


def _nearness(exact: int, leaks: int) -> str:
    if exact == leaks:
        return "word for word"
    return f"{exact:,} word for word, the others nearly" if exact else "nearly word for word"


def visitors(found: OutcomeShares) -> str:
    """Whom the shares are told of: "100 visitors", or where there are too few questions for that, these."""
    return "100 visitors" if found.of >= LEAST_TOLD else counted(found.of, "question")


def shares(found: OutcomeShares) -> str:
    """What became of 100 visitors (of few questions: of these), in the words of the outcomes. Where whole visitors can
    only stand for about as many, it says so: 56.6 % of them are not 57."""
    told = found.of >= LEAST_TOLD
    numbers = found.of_a_hundred if told else [part.count for part in found.parts]
    right, entry, needless, out_of_scope = numbers
    about = "about " if told and any(part.count * 100 % found.of for part in found.parts) else ""
    return f"{about}{right} right, {wrong_answers(entry, out_of_scope)}, {counted(needless, 'needless handoff')}"


def wrong_answers(entry: int, out_of_scope: int) -> str:
    """How many answers were wrong: another entry's, and those given where a person was expected.

    >>> wrong_answers(3, 1), wrong_answers(0, 1)
    ('4 wrong answers (1 out of scope)', '1 wrong answer (out of scope)')
    >>> wrong_answers(0, 2), wrong_answers(2, 0)
    ('2 wrong answers (all out of scope)', '2 wrong answers')
    """
    said = counted(entry + out_of_scope, "wrong answer")
    if not out_of_scope:
        return said
    if not entry:
        return f"{said} ({'out of scope' if out_of_scope == 1 else 'all out of scope'})"
    return f"{said} ({out_of_scope:,} out of scope)"


def likely(found: OutcomeShares) -> str:
    """The 95 % interval of each share, e.g. "right likely 67–75 %, wrong answer likely 1–4 %, …"."""
    parts = {"right": found.right, "wrong answer": found.wrong, "needless handoff": found.needless_handoff}
    return ", ".join(f"{name} likely {_span(part)}" for name, part in parts.items())


def on_these(found: OutcomeShares) -> str:
    """The counts behind what is told of 100 visitors, e.g. "Of 23 test questions: 1 wrong answer (out of scope)…"."""
    wrong = wrong_answers(found.wrong_answer.count, found.out_of_scope.count)
    needless = counted(found.needless_handoff.count, "needless handoff")
    return f"Of {counted(found.of, 'test question')}: {wrong}, {needless}. {handed_over(found)}"


def handed_over(found: OutcomeShares) -> str:
    """How many go to a person, and how many of these are meant for one."""
    handed = found.handed_over.count
    if not handed:
        return "None goes to a person."
    due = handed - found.needless_handoff.count
    go = "goes" if handed == 1 else "go"
    are = "is" if due == 1 else "are"
    return f"{share(handed, found.of)} {go} to a person; {due:,} of these {are} meant for one."


def extreme(choice: ThresholdChoice) -> str:
    """What a threshold at the end of the scale means, and what helps more; "" for any other."""
    if choice.threshold >= EXTREME:
        return (
            "So high a threshold hands over nearly all that is not stored word for word: at this cost, too many of the "
            "answers below it are wrong. If that is not wanted, let a wrong answer count for less, or fix the table "
            "first; what was confused shows where."
        )
    if choice.threshold <= 1 - EXTREME:
        return (
            "So low a threshold answers nearly every question, whatever is asked: at this cost, the handoffs that it "
            "spares outweigh the wrong answers."
        )
    return ""


def _span(part: Proportion) -> str:
    return span(part.interval, part.of) if part.interval else "–"


def proportion(part: Proportion, what: str) -> str:
    """A share with its interval, e.g. "**80 %** were handed over (8 of 10, likely 49–95 %)"; "none here" of no rows."""
    if part.rate is None or part.interval is None:
        return "none here"
    rate, likely_ = percent(part.rate, part.of), span(part.interval, part.of)
    return f"**{rate}** {what} ({share(part.count, part.of)}, likely {likely_})"


def over_entries(found: Averages) -> str:
    """Of which entries the averages are, to begin a sentence with."""
    return (
        "Of the one entry that a question expects" if found.entries == 1 else f"Average over {found.entries:,} entries"
    )


def for_a_person(found: OutOfScope) -> str:
    """How the questions that expect a person went, and how many of all handed over were such."""
    due, handed = found.recall, found.precision
    said = [
        f"Questions that expect a person: {proportion(due, 'were handed over')}."
        if due.of
        else "No question expects a person."
    ]
    said.append(
        f"Of all that were handed over, {proportion(handed, 'expected a person')}."
        if handed.of
        else "None with a label was handed over."
    )
    return " ".join(said)


def took(found: RunUsage) -> str:
    """What a run took, e.g. "Took 12,000 tokens (80 % of those sent came from the server’s cache), $0.42"."""
    parts = []
    if of := found.doubtful + found.sure:
        asked = f"The model was asked about {percent(found.doubtful / of, of)} of the questions"
        parts.append(f"{asked} ({share(found.doubtful, of)}); the built-in engine was sure of the others")
    if found.asked:
        cached = (
            f" ({percent(found.cached / found.sent)} of those sent came from the server’s cache)"
            if found.cached
            else ""
        )
        parts.append(f"Took {words.tokens(found.sent + found.received)}{cached}, {_money(found)}")
    if found.reused:
        parts.append(counted(found.reused, "reply was a kept one", "replies were kept ones"))
    return " · ".join(parts)


def _money(found: RunUsage) -> str:
    if found.unpriced == found.asked:
        return words.price(None)
    some = f", and {counted(found.unpriced, 'call')} whose price is unknown" if found.unpriced else ""
    return words.money(found.nano_usd) + some

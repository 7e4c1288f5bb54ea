"""The part of a report on confidence: whether it keeps its word, and what another threshold would do."""

from core.plurals import counted
from core.report import charts, titles, words
from core.report.section import Picture, Section
from core.runs.analysis import Analysis
from core.runs.run_threshold import deciding_confidence
from core.statistics.calibration import reliability
from core.statistics.numbers import percent
from core.statistics.recalibration import Recalibration
from core.statistics.thresholds import LEAST_TOLD, ThresholdChoice, shares_at, shares_now

WRONG_COSTS = 5.0
"""How many handoffs a wrong answer is taken to be as bad as; the page lets people choose."""
RELIABILITY = (
    "Each point is a group of questions of about the same confidence in the nearest entry. On the dashed line a "
    "confidence of 80 % is right in 8 of 10 cases; below the line it promises too much. The upright lines show how far "
    "chance could move a point."
)
_SHOWN = 0.8
"""The confidence that serves as an example."""
CHOOSY = (
    "From right to left only the surest questions are still answered: the faster the curve falls, the more wrong "
    "answers a higher threshold spares. The band shows how far chance could move it."
)


def confidence(analysis: Analysis) -> Section | None:
    """Two charts; None when the engine told no confidence."""
    found = analysis.confidences
    if found is None or analysis.risk_coverage is None:
        return None
    few = too_few_to_be_choosy(analysis)
    section = Section(
        name="confidence",
        title="Confidence",
        finding=titles.keeps_word(analysis),
        sentences=[f"The engine said of {counted(len(found), 'question')} how sure it was of the nearest entry."],
        notes=[few] if few else [],
        charts=[
            Picture(
                name="reliability",
                title="Confidence against what came true",
                see=RELIABILITY,
                chart=charts.reliability(reliability(found.value, found.right)),
            ),
        ],
    )
    if not few:
        curve = analysis.risk_coverage
        section.charts.append(
            Picture(name="risk", title=titles.choosy(curve), see=CHOOSY, chart=charts.risk_coverage(curve.curve))
        )
    return section


def worth(scale: Recalibration) -> str:
    """What the engine's confidence is worth, and where that is shown."""
    before, after = (f"{off * 100:.0f}" for off in (scale.off_before, scale.off_after))
    return (
        f"Measured on your {scale.questions:,} labelled questions, the engine’s confidence is {before} points off on "
        f"average. So Ask shows what it is worth: {percent(_SHOWN)} here is {percent(scale.of(_SHOWN))} there, and "
        f"that is {after} points off, on questions it was not measured on. What is answered does not change by it."
    )


def shown_in_ask(scale: Recalibration, confidence: float) -> str:
    """A confidence of the engine as Ask shows it."""
    return (
        f"Ask shows {percent(confidence)} as {percent(scale.of(confidence))}: measured on your {scale.questions:,} "
        "labelled questions."
    )


def too_few_to_be_choosy(analysis: Analysis) -> str:
    """Why there is no curve of what being choosy gains: of few questions chance alone would draw it; "" for enough."""
    found = analysis.confidences
    if found is None or len(found) >= LEAST_TOLD:
        return ""
    return (
        f"What being choosy gains is not drawn: of fewer than {LEAST_TOLD} questions with a label and a confidence "
        f"(here {len(found)}), chance alone would draw it."
    )


def threshold(analysis: Analysis) -> Section | None:
    """What visitors would get at each threshold; None when the engine told no confidence."""
    rows, outlook = analysis.usable, analysis.outlook
    if rows is None or outlook is None:
        return None
    now = deciding_confidence(analysis.results.run)
    was = shares_now(analysis.rows)
    found = Section(
        name="threshold",
        title="What another threshold would do",
        sentences=[
            f"As it was run, from {percent(now)} on, of {words.visitors(was)}: **{words.shares(was)}**. "
            f"{words.handed_over(was)}"
        ],
        charts=[
            Picture(
                name="threshold",
                title="What visitors would get at each threshold",
                see="Each upright cut shows what visitors would get from that confidence on; the line is the threshold "
                f"of this run, {percent(now)}. Further to the right there are fewer wrong answers, and more work for "
                f"people. At the line, on {counted(len(rows), 'question')}: {words.likely(shares_at(outlook, now))}.",
                chart=charts.thresholds(outlook, now),
            )
        ],
        notes=[words.SAME_WORDS],
    )
    choice = analysis.choice(WRONG_COSTS)
    if choice is not None:
        found.sentences.append(
            f"Where an answer that is wrong or out of scope is as bad as {WRONG_COSTS:.0f} handoffs, {best(choice)}"
        )
        if explained := words.extreme(choice):
            found.sentences.append(explained)
    return found


def best(choice: ThresholdChoice) -> str:
    """The threshold that costs least, and what came of it where it was not chosen."""
    return (
        f"the best threshold is **{percent(choice.threshold)}**. It was chosen on {choice.chosen_on:,} questions; of "
        f"{words.visitors(choice.tried)} like the {choice.tried.of:,} others: {words.shares(choice.tried)} "
        f"({words.likely(choice.tried)})."
    )

"""What can be told of confidence: whether the bot is rightly sure, and what another threshold would do."""

from core.plurals import counted
from core.report import charts, titles, words
from core.report.section import STATISTICS, Picture, Section
from core.runs.analysis import Analysis
from core.runs.run_threshold import deciding_confidence
from core.statistics.calibration import reliability
from core.statistics.confidences import histogram
from core.statistics.numbers import percent
from core.statistics.recalibration import Recalibration
from core.statistics.thresholds import LEAST_TOLD, ThresholdChoice, shares_at, shares_now

WRONG_COSTS = 5
"""How many handoffs a wrong answer is taken to be as bad as; the page lets people choose."""
_SHOWN = 0.8
"""The confidence that serves as an example."""


def confidence(analysis: Analysis) -> Section | None:
    """Whether the bot is rightly sure, and what being choosy gains; None when the engine told no confidence."""
    found, curve = analysis.confidences, analysis.risk_coverage
    if found is None or curve is None:
        return None
    more = f" {found.without:,} more came without a confidence." if found.without else ""
    questions = "the one question" if len(found) == 1 else f"each of {len(found):,} questions"
    statistics = Section(
        name="confidence-statistics",
        title=STATISTICS,
        sentences=[
            "The heading tells of the answers that were given; the charts tell of the entry nearest to "
            f"{questions} with a label, whether it was given or not.{more} {titles.pairs(found)}".rstrip()
        ],
        charts=[
            Picture(
                name="reliability",
                title=titles.nearest(found),
                see="Confidence against what came true: each point is a group of questions, by confidence. On the "
                "dashed line a confidence of 80 % is right in 8 of 10 cases; below the line it promises too much. The "
                "upright lines show how far chance could move a point.",
                chart=charts.reliability(reliability(found.value, found.right)),
            )
        ],
    )
    section = Section(
        name="confidence",
        title="Confidence",
        finding=titles.keeps_word(analysis),
        charts=[
            Picture(
                name="histogram",
                title=titles.tells_apart(found),
                see="How sure the bot was of the entry nearest to each question, and whether that was right. Right "
                "ones should stand at the right, all others at the left: the less they mix, the better.",
                chart=charts.histogram(histogram(found)),
            )
        ],
        statistics=statistics,
    )
    if len(found) < LEAST_TOLD:
        statistics.notes.append(
            f"What being choosy gains is not drawn: of fewer than {LEAST_TOLD} questions with a label and a confidence "
            f"(here {len(found)}), chance alone would draw it."
        )
        return section
    statistics.charts.append(
        Picture(
            name="risk",
            title=titles.choosy(curve),
            see="From right to left only the surest questions are still answered: the faster the curve falls, the more "
            "wrong answers a higher threshold spares. The band shows how far chance could move it.",
            chart=charts.risk_coverage(curve.curve),
        )
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
    """A confidence of the engine as Ask shows it; "" where that is the same."""
    if percent(confidence) == percent(scale.of(confidence)):
        return ""
    return (
        f"Ask shows {percent(confidence)} as {percent(scale.of(confidence))}: measured on your {scale.questions:,} "
        "labelled questions."
    )


def threshold(analysis: Analysis, chosen: float | None = None) -> Section | None:
    """What visitors would get at each threshold, and at the ``chosen`` one (0 to 1), by default that of the run.

    None when the engine told no confidence.
    """
    rows, outlook = analysis.usable, analysis.outlook
    if rows is None or outlook is None:
        return None
    now = deciding_confidence(analysis.results.run)
    was, at = shares_now(analysis.rows), now if chosen is None else chosen
    there = shares_at(outlook, at)
    return Section(
        name="threshold",
        title="What another threshold would do",
        sentences=[
            f"In this run itself, from {percent(now)} on, of {words.visitors(was)}: **{words.shares(was)}**. "
            f"{words.handed_over(was)}"
        ],
        charts=[
            Picture(
                name="threshold",
                title=titles.another_threshold(outlook, now, at),
                see="Each upright cut shows what all visitors would get from that confidence on; the line stands at "
                f"{percent(at)}{f', the dashed one at {percent(now)}, as now' if percent(at) != percent(now) else ''}. "
                "Further to the right there are fewer wrong answers, and more work for people.",
                chart=charts.thresholds(outlook, at, now),
            )
        ],
        statistics=Section(
            name="threshold-statistics",
            title=STATISTICS,
            sentences=[
                f"At the line, of {words.visitors(there)}: **{words.shares(there)}**. "
                f"On {counted(len(rows), 'question')}: {words.likely(there)}."
            ],
            notes=[words.SAME_WORDS],
        ),
    )


def cheapest(choice: ThresholdChoice, wrong_costs: int) -> str:
    """The threshold that costs least, what came of it where it was not chosen, and what one at an end of the scale
    means."""
    said = (
        f"Where a wrong answer is as bad as {counted(wrong_costs, 'handoff')}, the best threshold "
        f"is **{percent(choice.threshold)}**. It was chosen on {choice.chosen_on:,} questions; of "
        f"{words.visitors(choice.tried)} like the {choice.tried.of:,} others: {words.shares(choice.tried)} "
        f"({words.likely(choice.tried)}). {words.extreme(choice)}"
    )
    return said.rstrip()

"""The part of a report on confidence: whether it keeps its word, and what another threshold would do."""

from core.evaluation.calibration import reliability
from core.evaluation.numbers import percent
from core.evaluation.thresholds import shares_at, shares_now
from core.report import charts, words
from core.report.section import Section, drawn
from core.runs.analysis import Analysis
from core.runs.deciding import deciding_confidence

WRONG_COSTS = 5.0
"""How many handoffs a wrong answer is taken to be as bad as; the page lets people choose."""


def confidence(analysis: Analysis) -> Section | None:
    """Two charts; None when the engine told no confidence."""
    found = analysis.confidences
    if found is None or analysis.risk_coverage is None:
        return None
    return Section(
        name="confidence",
        title="Whether its confidence can be trusted",
        sentences=[f"The engine said of {len(found):,} questions how sure it was of the nearest entry."],
        charts=[
            drawn(
                "Confidence against what came true",
                "On the dashed line a confidence of 80 % is right in 8 of 10 cases; below the line it promises too "
                "much. The upright lines show how far chance could move a point.",
                charts.reliability(reliability(found.value, found.right)),
                "reliability",
            ),
            drawn(
                "What being choosy gains",
                "From right to left only the surest questions are still answered: the faster the curve falls, the more "
                "wrong answers a higher threshold spares. The band shows how far chance could move it.",
                charts.risk_coverage(analysis.risk_coverage.curve),
                "risk",
            ),
        ],
    )


def threshold(analysis: Analysis) -> Section | None:
    """What 100 visitors would get at each threshold; None when the engine told no confidence."""
    rows, outlook = analysis.usable, analysis.outlook
    if rows is None or outlook is None:
        return None
    now = deciding_confidence(analysis.results.run)
    found = Section(
        name="threshold",
        title="What another threshold would do",
        sentences=[
            f"As it was run, from {percent(now)} on, of 100 visitors: **{words.shares(shares_now(analysis.rows))}**."
        ],
        charts=[
            drawn(
                "What 100 visitors would get at each threshold",
                "Each upright cut shows what 100 visitors would get from that confidence on; the line is the threshold "
                "of this run. Further to the right there are fewer wrong answers, and more work for people.",
                charts.thresholds(outlook, now),
                "threshold",
            )
        ],
    )
    choice = analysis.choice(WRONG_COSTS)
    if choice is not None:
        found.sentences.append(
            f"Where a wrong answer is as bad as {WRONG_COSTS:.0f} handoffs, the best threshold is "
            f"**{percent(choice.threshold)}**: chosen on {choice.chosen_on:,} questions, and tried on the "
            f"{choice.tried.right.of:,} others: {words.shares(choice.tried)} ({words.likely(choice.tried)})."
        )
        found.notes.append(f"On all {len(rows):,} questions: {words.likely(shares_at(outlook, choice.threshold))}.")
    return found

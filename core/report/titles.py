"""What a part of a run shows, in a line: the titles of sections and charts say it, on the page and in the report."""

import numpy as np

from core.plurals import counted
from core.report.texts import cut
from core.runs.analysis import Analysis
from core.statistics.confidences import Confidences
from core.statistics.numbers import percent, share
from core.statistics.proportion import Proportion
from core.statistics.risk_coverage import RiskCoverage
from core.statistics.rows import PERSON
from core.statistics.thresholds import LEAST_TOLD
from core.statistics.verdict import Verdict

LEAST_PAIRED = 5
"""Right and other questions that it takes each, before it is said how well confidence tells them apart."""
_WELL, _PARTLY = 0.9, 0.7
_HALF, _ABOUT_HALF = 0.5, 0.65
_NAME_LIMIT = 60


def right(analysis: Analysis) -> str:
    """E.g. "69.7 % right", of few questions with their number; "" where nothing can be said."""
    found = analysis.summary.rate(Verdict.RIGHT)
    if found.rate is None:
        return ""
    few = f", of only {counted(found.of, 'question')}" if found.of < LEAST_TOLD else ""
    return f"{percent(found.rate, found.of)} right{few}"


def keeps_word(analysis: Analysis) -> str:
    """How sure the engine was of the answers it gave, against how many were right: whether it promises too much."""
    rows = analysis.rows
    given = rows.take(rows.judged & (rows.given != PERSON) & ~np.isnan(rows.confidence))
    part = Proportion(int(given.right.sum()), len(given))
    if part.rate is None or part.interval is None:
        return "Whether it keeps its word"
    sure = float(given.confidence.mean())
    so_many = counted(part.of, "answer")
    ruling = f"it keeps its word, as far as {so_many} can show"
    if sure > part.interval.high:
        ruling = "it promises too much"
    elif sure < part.interval.low:
        ruling = "it promises too little"
    return f"{percent(sure)} sure, {percent(part.rate, part.of)} right: {ruling}"


def tells_apart(found: Confidences) -> str:
    """How well the confidence tells questions whose nearest entry is right from all others (the area under ROC)."""
    hits, others = found.value[found.right], np.sort(found.value[~found.right])
    if min(len(hits), len(others)) < LEAST_PAIRED:
        return "How sure it was"
    below = np.searchsorted(others, hits, side="left") + np.searchsorted(others, hits, side="right")
    surer = float(below.mean() / 2 / len(others))
    how = "well" if surer >= _WELL else "partly" if surer >= _PARTLY else "hardly"
    return f"Confidence tells right from wrong {how}: a right one has more of it in {percent(surer)} of all pairs"


def choosy(found: RiskCoverage) -> str:
    """What answering only the surer half of the questions would gain."""
    curve = found.curve
    half = curve.loc[curve["coverage"] >= _HALF].iloc[0]
    if float(half["coverage"]) > _ABOUT_HALF:  # so many are equally sure that there is no half
        return "What being choosy gains"
    everything = float(curve["risk"].iloc[-1])
    return (
        f"If all were answered, {percent(everything)} would be wrong or out of scope; of the surest half, "
        f"{percent(float(half['risk']))}"
    )


def confused(analysis: Analysis) -> str:
    """The most frequent confusion, where one stands out."""
    found = analysis.confusions
    first = found.iloc[0]
    if int(first["count"]) < 2:
        return f"{counted(len(found), 'confusion')}, none of them more than once"
    expected, given = (cut(analysis.name(int(first[name])), _NAME_LIMIT) for name in ("expected", "given"))
    times = share(int(first["count"]), int(first["of"]))
    return f"Most often confused: “{given}” given for “{expected}” ({times})"


def tags(analysis: Analysis) -> str:
    """How many tags differ from the rest beyond chance."""
    differing = int((analysis.slices["differs"] != "").sum())
    if not differing:
        return "No tag clearly differs from the rest"
    return f"{counted(differing, 'tag')} clearly {'differs' if differing == 1 else 'differ'} from the rest"


def entries(analysis: Analysis) -> str:
    """The entry of which the most questions were missed."""
    found = analysis.entries
    missed = found["expected"] - found["right"]
    if not found["expected"].sum():
        return "No question expects an entry"
    if not missed.max():
        return "Every question got the entry that it expects"
    worst = found.iloc[int(missed.to_numpy().argmax())]
    name = cut(analysis.name(int(worst["entry_id"])), _NAME_LIMIT)
    return f"Most missed: “{name}” ({share(int(worst['expected'] - worst['right']), int(worst['expected']))})"

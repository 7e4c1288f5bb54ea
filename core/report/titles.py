"""What a part of a run shows, in a line: the titles of sections and charts say it, on the page and in the report."""

import numpy as np
import pandas as pd

from core.plurals import counted
from core.report.texts import cut
from core.runs.analysis import Analysis
from core.statistics.confidences import Confidences
from core.statistics.metrics import Summary
from core.statistics.numbers import percent, share
from core.statistics.proportion import Proportion
from core.statistics.risk_coverage import RiskCoverage
from core.statistics.rows import PERSON
from core.statistics.thresholds import LEAST_TOLD, shares_at
from core.statistics.verdict import Verdict

LEAST_PAIRED = 5
"""Right and other questions that it takes each, before it is said how well confidence tells them apart."""
_WELL, _PARTLY = 0.9, 0.7
_HALF, _ABOUT_HALF = 0.5, 0.65
_STEP = 0.1
"""How much more careful a threshold is that serves as an example."""
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
    if not len(given):
        return "No answer with a label and a confidence, so nobody can say whether the bot is rightly sure"
    part = Proportion(int(given.right.sum()), len(given))
    sure, so_many = float(given.confidence.mean()), counted(part.of, "answer")
    return f"The bot is {_word(sure, part)}: {_percent(part)} of {so_many} right, and it was {percent(sure)} sure"


def nearest(found: Confidences) -> str:
    """As ``keeps_word``, of the nearest entry of every question with a label, whether it was given or not."""
    part = Proportion(int(found.right.sum()), len(found))
    sure, so_many = float(found.value.mean()), counted(part.of, "question")
    return f"Of {so_many}, {_percent(part)} had the right entry nearest, {percent(sure)} sure: {_word(sure, part)}"


def _word(sure: float, part: Proportion) -> str:
    """Whether a mean confidence promises more or less than came true, beyond chance."""
    if part.interval is not None and sure > part.interval.high:
        return "surer than it should be"
    if part.interval is not None and sure < part.interval.low:
        return "right more often than it thinks"
    return "about as sure as it should be"


def _percent(part: Proportion) -> str:
    return percent(part.rate or 0.0, part.of)


def mistakes(summary: Summary) -> str:
    """Which kind of mistake is the most frequent one."""
    found = {verdict: summary.count(verdict) for verdict in Verdict if verdict.counting.is_mistake}
    total, most = sum(found.values()), max(found.values())
    if not total:
        return "No mistake"
    kinds = [verdict.label.lower() for verdict, count in found.items() if count == most]
    if total == 1:
        return f"One mistake: {kinds[0]}"
    if len(kinds) > 1:
        return f"{total:,} mistakes, of no kind more than of the others: {' and '.join(kinds)}"
    return f"Most frequent mistake: {kinds[0]} ({share(most, total)})"


def another_threshold(outlook: pd.DataFrame, now: float, chosen: float) -> str:
    """What the ``chosen`` threshold (0 to 1) would have changed against that of now.

    Where they are the same, a little more careful one serves as an example; at the upper end, a lower one.
    """
    other = chosen
    if percent(chosen) == percent(now):
        other = now + _STEP if now + _STEP <= 1 else now - _STEP
    before, after = shares_at(outlook, now), shares_at(outlook, other)
    answered = before.wrong.count, after.wrong.count
    handed = before.needless_handoff.count, after.needless_handoff.count
    told = [
        _difference(*answered, "wrong answer", "wrong answers"),
        _difference(*handed, "needless handoff", "needless handoffs"),
    ]
    changed = ", ".join(one for one in told if one) or "the same number of mistakes"
    return f"Now: {percent(now)}. At {percent(other)}: {changed} ({counted(before.of, 'question')})"


def _difference(before: int, after: int, one: str, several: str) -> str:
    """E.g. "2 fewer needless handoffs"; "" for as many."""
    if before == after:
        return ""
    number = abs(after - before)
    return f"{number:,} {'fewer' if after < before else 'more'} {one if number == 1 else several}"


def tells_apart(found: Confidences) -> str:
    """How well the confidence tells questions whose nearest entry is right from all others."""
    surer = _surer(found)
    if surer is None:
        return "Too few questions to say whether confidence tells right from wrong"
    how = "well" if surer >= _WELL else "partly" if surer >= _PARTLY else "hardly"
    return f"Confidence tells right from wrong {how}"


def pairs(found: Confidences) -> str:
    """The figure behind ``tells_apart``, the area under ROC, in a sentence; "" of too few questions."""
    surer = _surer(found)
    return "" if surer is None else f"A right one has more confidence in **{percent(surer)}** of all pairs (AUC)."


def _surer(found: Confidences) -> float | None:
    hits, others = found.value[found.right], np.sort(found.value[~found.right])
    if min(len(hits), len(others)) < LEAST_PAIRED:
        return None
    below = np.searchsorted(others, hits, side="left") + np.searchsorted(others, hits, side="right")
    return float(below.mean() / 2 / len(others))


def choosy(found: RiskCoverage) -> str:
    """What answering only the surer half of the questions would gain."""
    curve = found.curve
    half = curve.loc[curve["coverage"] >= _HALF].iloc[0]
    if float(half["coverage"]) > _ABOUT_HALF:  # so many are equally sure that there is no half
        return "Too many questions are equally sure to say what being choosy gains"
    everything = float(curve["risk"].iloc[-1])
    return (
        f"If all were answered, {percent(everything)} would be wrong; of the surest half, "
        f"{percent(float(half['risk']))}"
    )


def confused(analysis: Analysis) -> str:
    """The most frequent confusion, where one stands out."""
    found = analysis.confusions
    first = found.iloc[0]
    if int(first["count"]) < 2:
        more = ", none of them more than once" if len(found) > 1 else ""
        return f"{counted(len(found), 'confusion')}{more}"
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
        return _given_wrongly(analysis)
    worst = found.iloc[int(missed.to_numpy().argmax())]
    name = cut(analysis.name(int(worst["entry_id"])), _NAME_LIMIT)
    return f"Most missed: “{name}” ({share(int(worst['expected'] - worst['right']), int(worst['expected']))})"


def _given_wrongly(analysis: Analysis) -> str:
    """Where every question got the entry that it expects: how often one was given to a question for a person."""
    found = analysis.entries
    wrongly = found["given"] - found["right"]
    several = int((wrongly > 0).sum())
    if not several:
        return "No entry missed, none given wrongly"
    if several > 1:
        return f"No entry missed; {several:,} entries given wrongly, {counted(int(wrongly.sum()), 'time')} in all"
    worst = found.iloc[int(wrongly.to_numpy().argmax())]
    name, times = cut(analysis.name(int(worst["entry_id"])), _NAME_LIMIT), int(wrongly.max())
    return f"No entry missed; “{name}” given wrongly {'once' if times == 1 else f'{times:,} times'}"

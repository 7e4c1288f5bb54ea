"""The charts of a run, the same on its page and in its report. Each kind of outcome has one colour in all of them."""

import altair as alt
import pandas as pd

from core.statistics.numbers import percent
from core.statistics.verdict import Verdict

_VERDICTS = {
    "right": Verdict.RIGHT.label,
    "wrong_answer": Verdict.WRONG_ANSWER.label,
    "needless_handoff": Verdict.NEEDLESS_HANDOFF.label,
    "out_of_scope": Verdict.ANSWERED_OUT_OF_SCOPE.label,
}
_IN_PAIRS = ("out_of_scope", "right", "needless_handoff", "wrong_answer")
"""In two columns of this order the names are narrow enough for a phone."""
_NEAREST = {"right": "The right entry", "wrong": "Another entry", "for_person": "None fits: for a person"}
Chart = alt.Chart | alt.LayerChart | alt.FacetChart
_HEIGHT, _TREND = 320, 300
_NEUTRAL = "#888888"
"""Seen on the light and on the dark background."""
_LINE = "#d8d8d8"
"""Seen on the colours of all outcomes."""
_PERCENT = alt.Axis(labelExpr="format(datum.value * 100, '.2~f') + ' %'")
_WHOLE = alt.Scale(domain=[0, 1])
_TOLD = {"answered": "coverage", "bad": "risk", "least": "confidence"}


def rates(figures: pd.DataFrame) -> Chart:
    """The share of each outcome with its interval. Columns: label, value, low, high (0 to 1), in the order to draw."""
    order = figures["label"].tolist()
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelLimit=240))
    base = alt.Chart(figures)
    bars = base.mark_bar(height=18).encode(y=y, x=alt.X("value:Q", axis=_PERCENT, scale=_WHOLE, title="Share"))
    reach = base.mark_rule(strokeWidth=2, color=_NEUTRAL).encode(y=y, x=alt.X("low:Q", scale=_WHOLE), x2="high:Q")
    return alt.layer(bars, reach).properties(height=40 * len(figures))


def histogram(bins: pd.DataFrame) -> Chart:
    """How many questions have which confidence, by what the nearest entry was."""
    names = _NEAREST
    long = bins.rename(columns=names).melt(["low", "high"], list(names.values()), "Nearest entry", "Questions")
    long["From"], long["To"] = long["low"].map(percent), long["high"].map(percent)
    found = [told for name, told in names.items() if bins[name].any()]
    bars: alt.Chart = (
        alt.Chart(long, height=_HEIGHT)
        .mark_bar(binSpacing=1)
        .encode(
            x=alt.X("low:Q", bin="binned", axis=_PERCENT, scale=_WHOLE, title="Confidence"),
            x2="high:Q",
            y=alt.Y("Questions:Q", title="Questions", axis=alt.Axis(tickMinStep=1)),
            color=alt.Color("Nearest entry:N", scale=alt.Scale(domain=list(names.values())), legend=_legend(found)),
            tooltip=[
                "From:N",
                "To:N",
                "Nearest entry:N",
                alt.Tooltip("Questions:Q", format=","),
            ],
        )
    )
    return bars


def reliability(bins: pd.DataFrame) -> Chart:
    """How often the nearest entry was right, against its confidence; the diagonal is a confidence of its word."""
    ends = pd.DataFrame({"confidence": [0.0, 1.0], "rate": [0.0, 1.0]})
    x = alt.X("confidence:Q", axis=_PERCENT, scale=_WHOLE, title="Confidence")
    diagonal = alt.Chart(ends).mark_line(strokeDash=[4, 4], color=_NEUTRAL).encode(x=x, y="rate:Q")
    told = {"sure": bins["confidence"].map(percent), "true": bins["rate"].map(percent)}
    base = alt.Chart(bins.assign(**told))
    bars = base.mark_rule(strokeWidth=2, color=_NEUTRAL).encode(
        x=x, y=alt.Y("rate_low:Q", scale=_WHOLE), y2="rate_high:Q"
    )
    points = base.mark_circle(opacity=1).encode(
        x=x,
        y=alt.Y("rate:Q", axis=_PERCENT, scale=_WHOLE, title="Nearest entry is the right one"),
        size=alt.Size("rows:Q", legend=None, scale=alt.Scale(range=[40, 250])),
        tooltip=[
            alt.Tooltip("sure:N", title="Confidence"),
            alt.Tooltip("true:N", title="Is the right one"),
            alt.Tooltip("rows:Q", format=",", title="Questions"),
        ],
    )
    return alt.layer(diagonal, bars, points).properties(height=_HEIGHT)


def risk_coverage(curve: pd.DataFrame) -> Chart:
    """The share of answers that are wrong against the share of questions answered, with its interval as a band."""
    top = min(1.0, float(curve.loc[curve["coverage"] > 0.05, "risk_high"].max()))
    scale = alt.Scale(domain=[0, top], clamp=True)
    x = alt.X("coverage:Q", axis=_PERCENT, scale=_WHOLE, title="Questions answered, the surest first")
    told = {name: curve[column].map(percent) for name, column in _TOLD.items()}
    base = alt.Chart(curve.assign(**told))
    band = base.mark_area(opacity=0.2).encode(x=x, y=alt.Y("risk_low:Q", scale=scale), y2="risk_high:Q")
    line = base.mark_line(strokeWidth=2).encode(
        x=x,
        y=alt.Y("risk:Q", axis=_PERCENT, scale=scale, title="Wrong answers"),
        tooltip=[
            alt.Tooltip("answered:N", title="Answered"),
            alt.Tooltip("bad:N", title="Wrong, of these"),
            alt.Tooltip("least:N", title="Least confidence"),
        ],
    )
    return alt.layer(band, line).properties(height=_HEIGHT)


def thresholds(outlook: pd.DataFrame, chosen: float, now: float) -> Chart:
    """What visitors would get at every threshold, in per cent of all, with a line at the chosen one and a dashed one at
    that of now."""
    names = _VERDICTS
    of = outlook[list(names)].sum(axis=1).clip(lower=1)
    shares = outlook[list(names)].div(of, axis=0).rename(columns=names).assign(threshold=outlook["threshold"])
    long = shares.melt(["threshold"], list(names.values()), "Outcome", "Share")
    long["From"], long["Told"] = long["threshold"].map(percent), long["Share"].map(percent)
    long["order"] = long["Outcome"].map({name: place for place, name in enumerate(names.values())})
    found = [names[name] for name in _IN_PAIRS if outlook[name].any()]
    area = (
        alt.Chart(long)
        .mark_area()
        .encode(
            x=alt.X("threshold:Q", axis=_PERCENT, scale=_WHOLE, title="Answered from this confidence on"),
            y=alt.Y("Share:Q", axis=_PERCENT, scale=_WHOLE, title=None),
            color=alt.Color("Outcome:N", scale=alt.Scale(domain=list(names.values())), legend=_legend(found)),
            order="order:O",
            tooltip=[
                "From:N",
                "Outcome:N",
                alt.Tooltip("Told:N", title="Share"),
            ],
        )
    )
    lines = [_upright(chosen, [1, 0])] if chosen == now else [_upright(now, [5, 4]), _upright(chosen, [1, 0])]
    return alt.layer(area, *lines).properties(height=_HEIGHT)


def _upright(threshold: float, dashes: list[int]) -> alt.Chart:
    rule: alt.Chart = (
        alt.Chart(pd.DataFrame({"threshold": [threshold]}))
        .mark_rule(strokeWidth=3, strokeDash=dashes, color=_LINE)
        .encode(x="threshold:Q")
    )
    return rule


def trend(runs: pd.DataFrame) -> Chart:
    """The share right of runs of the same questions with its interval, from the first to the last. Columns: run (what
    tells it from the others), rate, low, high (0 to 1)."""
    told = {"right": runs["rate"].map(percent)}
    base = alt.Chart(runs.assign(**told))
    x = alt.X("run:N", sort=None, title=None, axis=alt.Axis(labelAngle=0, labelAlign="center", labelLimit=90))
    reach = base.mark_rule(strokeWidth=2, color=_NEUTRAL).encode(x=x, y=alt.Y("low:Q", scale=_WHOLE), y2="high:Q")
    points = base.mark_circle(size=90, opacity=1).encode(
        x=x,
        y=alt.Y("rate:Q", axis=_PERCENT, scale=_WHOLE, title="Right"),
        tooltip=[alt.Tooltip("run:N", title="Evaluation"), alt.Tooltip("right:N", title="Right")],
    )
    return alt.layer(reach, points).properties(height=_TREND)


def _legend(values: list[str]) -> alt.Legend:
    """What occurs, above the chart; two beside each other have room on a phone."""
    return alt.Legend(
        orient="top",
        direction="horizontal",
        columns=2,
        title=None,
        labelLimit=0,
        values=values,
        offset=4,
        padding=0,
    )

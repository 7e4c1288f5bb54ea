"""The charts of a run, the same on its page and in its report. Each kind of outcome has one colour in all of them."""

import altair as alt
import pandas as pd

RIGHT, WRONG, PERSON = "Right", "Wrong", "For a person"
Chart = alt.Chart | alt.LayerChart | alt.FacetChart
_HEIGHT = 320
_NEUTRAL = "#888888"
"""Seen on the light and on the dark background."""
_PERCENT = alt.Axis(format=".0%")
_WHOLE = alt.Scale(domain=[0, 1])


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
    names = {"right": RIGHT, "wrong": WRONG, "for_person": PERSON}
    long = bins.rename(columns=names).melt(["low", "high"], list(names.values()), "Nearest entry", "Questions")
    bars: alt.Chart = (
        alt.Chart(long, height=_HEIGHT)
        .mark_bar(binSpacing=1)
        .encode(
            x=alt.X("low:Q", bin="binned", axis=_PERCENT, scale=_WHOLE, title="Confidence"),
            x2="high:Q",
            y=alt.Y("Questions:Q", title="Questions"),
            color=alt.Color("Nearest entry:N", scale=alt.Scale(domain=list(names.values())), legend=_legend()),
            tooltip=[
                alt.Tooltip("low:Q", format=".0%", title="From"),
                alt.Tooltip("high:Q", format=".0%", title="To"),
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
    base = alt.Chart(bins)
    bars = base.mark_rule(strokeWidth=2, color=_NEUTRAL).encode(
        x=x, y=alt.Y("rate_low:Q", scale=_WHOLE), y2="rate_high:Q"
    )
    points = base.mark_circle(opacity=1).encode(
        x=x,
        y=alt.Y("rate:Q", axis=_PERCENT, scale=_WHOLE, title="Really right"),
        size=alt.Size("rows:Q", legend=None, scale=alt.Scale(range=[40, 250])),
        tooltip=[
            alt.Tooltip("confidence:Q", format=".0%", title="Confidence"),
            alt.Tooltip("rate:Q", format=".0%", title="Really right"),
            alt.Tooltip("rows:Q", format=",", title="Questions"),
        ],
    )
    return alt.layer(diagonal, bars, points).properties(height=_HEIGHT)


def risk_coverage(curve: pd.DataFrame) -> Chart:
    """The share of wrong answers against the share of questions answered, with its interval as a band."""
    top = min(1.0, float(curve.loc[curve["coverage"] > 0.05, "risk_high"].max()))
    scale = alt.Scale(domain=[0, top], clamp=True)
    x = alt.X("coverage:Q", axis=_PERCENT, scale=_WHOLE, title="Questions answered, the surest first")
    base = alt.Chart(curve)
    band = base.mark_area(opacity=0.2).encode(x=x, y=alt.Y("risk_low:Q", scale=scale), y2="risk_high:Q")
    line = base.mark_line(strokeWidth=2).encode(
        x=x,
        y=alt.Y("risk:Q", axis=_PERCENT, scale=scale, title="Answers that are wrong"),
        tooltip=[
            alt.Tooltip("coverage:Q", format=".0%", title="Answered"),
            alt.Tooltip("risk:Q", format=".1%", title="Wrong of these"),
            alt.Tooltip("confidence:Q", format=".0%", title="Least confidence"),
        ],
    )
    return alt.layer(band, line).properties(height=_HEIGHT)


def thresholds(outlook: pd.DataFrame, chosen: float) -> Chart:
    """What 100 visitors would get at every threshold, with a line at the chosen one."""
    names = {"right": RIGHT, "wrong": WRONG, "person": "To a person"}
    of = (outlook["right"] + outlook["wrong"] + outlook["person"]).clip(lower=1)
    shares = outlook[list(names)].div(of / 100, axis=0).rename(columns=names).assign(threshold=outlook["threshold"])
    long = shares.melt(["threshold"], list(names.values()), "Visitors", "Of 100")
    long["order"] = long["Visitors"].map({name: place for place, name in enumerate(names.values())})
    area = (
        alt.Chart(long)
        .mark_area()
        .encode(
            x=alt.X("threshold:Q", axis=_PERCENT, scale=_WHOLE, title="Answered from this confidence on"),
            y=alt.Y("Of 100:Q", scale=alt.Scale(domain=[0, 100]), title="Of 100 visitors"),
            color=alt.Color("Visitors:N", scale=alt.Scale(domain=list(names.values())), legend=_legend()),
            order="order:O",
            tooltip=[
                alt.Tooltip("threshold:Q", format=".0%", title="From"),
                "Visitors:N",
                alt.Tooltip("Of 100:Q", format=".0f"),
            ],
        )
    )
    line = (
        alt.Chart(pd.DataFrame({"threshold": [chosen]}))
        .mark_rule(strokeWidth=3, color=_NEUTRAL)
        .encode(x="threshold:Q")
    )
    return alt.layer(area, line).properties(height=_HEIGHT)


def _legend() -> alt.Legend:
    return alt.Legend(orient="top", title=None)

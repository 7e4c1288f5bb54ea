"""Several runs against this one, on the rows that each shares with it."""

import pandas as pd
import streamlit as st

from core.evaluation.comparison import Comparison
from core.evaluation.intervals import Interval
from core.evaluation.numbers import bounds, percent, points
from core.identity.principal import Principal
from core.runs.analysis import Analysis
from core.runs.ledger import Run
from pages.evaluations import kept
from pages.shell import notices, session

PAGE = "evaluations"
MOST = 8
"""Runs that are compared at once: each is read in full."""


def render(principal: Principal, org_id: str, analysis: Analysis, others: list[Run]) -> Run | None:
    """The choice of runs and a line for each; the run of the line that was clicked."""
    base = analysis.results.run
    chosen = st.multiselect(
        "Evaluations to compare with this one",
        others,
        format_func=lambda run: f"{run.name} · revision {run.revision} · {notices.moment(run.created_at)}",
        max_selections=MOST,
        key=session.key(PAGE, org_id, f"several_{base.run_id}"),
        help=f"At most {MOST}. This evaluation is what the others are measured by.",
    )
    if not chosen:
        st.caption("This evaluation is the baseline. Choose the others.")
        return None
    with st.spinner("Comparing…"):
        found = kept.several(principal, org_id, analysis, chosen)
    picked = st.dataframe(
        table(chosen, found),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        key=session.key(PAGE, org_id, f"several_rows_{base.run_id}"),
        column_config={
            "When": notices.when(),
            "Difference": st.column_config.TextColumn(help="In points: there less here"),
            "Likely": st.column_config.TextColumn(help="Where the true difference likely lies, in points"),
            "Fixed": st.column_config.NumberColumn(help="Not right here, right there"),
            "Broken": st.column_config.NumberColumn(help="Right here, not right there"),
        },
    )
    st.caption(
        "Click one to open the two side by side. Better and worse are said with all of these tests in mind: of many "
        "runs one looks better by chance."
    )
    cells = picked["selection"]["cells"]
    return chosen[cells[0][0]] if cells and cells[0][0] < len(chosen) else None


def table(runs: list[Run], found: list[Comparison]) -> pd.DataFrame:
    """A line a run. Columns: Evaluation, Ruling, Difference and Likely (in points), Right here, Right there, Shared
    (labelled rows), Fixed, Broken, When, Revision, Engine."""
    lines = [
        {
            "Evaluation": run.name,
            "Ruling": _ruling(one),
            "Difference": "–" if one.difference is None else points(one.difference * 100, one.after.of),
            "Likely": _reach(one.interval, one.after.of),
            "Right here": "–" if one.before.rate is None else percent(one.before.rate, one.before.of),
            "Right there": "–" if one.after.rate is None else percent(one.after.rate, one.after.of),
            "Shared": one.after.of,
            "Fixed": len(one.fixed),
            "Broken": len(one.broken),
            "When": run.created_at,
            "Revision": run.revision,
            "Engine": run.engine,
        }
        for run, one in zip(runs, found, strict=True)
    ]
    return pd.DataFrame(lines)


def _ruling(one: Comparison) -> str:
    if not len(one.pairs.first):
        return "no question in common"
    return one.ruling.value if one.after.of else "no shared question has a label"


def _reach(interval: Interval | None, of: int) -> str:
    """An interval of a difference in points, rounded outwards to what so many rows can tell."""
    return "–" if interval is None else " to ".join(points(end, of) for end in bounds(interval, of))

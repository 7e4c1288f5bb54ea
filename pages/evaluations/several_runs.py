"""This run against several others, on the rows that it shares with each."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.identity.principal import Principal
from core.report import words
from core.runs.analysis import Analysis
from core.runs.ledger import Run
from core.statistics.comparison import Comparison
from core.statistics.intervals import Interval
from core.statistics.numbers import bounds, percent, points
from pages.evaluations import analysis_cache
from pages.shell import notices, session

PAGE = "evaluations"
MOST = 8
"""Runs that are compared at once: each is read in full."""
DIRECTION = (
    "Each line is this evaluation against one of the others: “better” means that this one is better, “fixed” is right "
    "here and not right there."
)


def render(
    principal: Principal, org_id: str, analysis: Analysis, others: list[Run], opened: Callable[[Run], None]
) -> None:
    """The choice of runs and a line for each; ``opened`` gets the run of the line that was clicked, in a callback."""
    base = analysis.results.run
    chosen = st.multiselect(
        "Evaluations to compare with this one",
        others,
        format_func=lambda run: f"{run.name} · revision {run.revision} · {notices.moment(run.created_at)}",
        max_selections=MOST,
        key=session.key(PAGE, org_id, f"several_{base.run_id}"),
        help=f"At most {MOST}.",
    )
    st.caption(DIRECTION if chosen else f"Choose the others. {DIRECTION}")
    if not chosen:
        return
    lines = session.key(PAGE, org_id, f"several_rows_{base.run_id}")

    def clicked() -> None:
        cells = session.widget(lines)["selection"]["cells"]
        if cells and cells[0][0] < len(chosen):
            opened(chosen[cells[0][0]])

    with st.spinner("Comparing…"):
        found = analysis_cache.several(principal, org_id, analysis, chosen)
    st.dataframe(
        table(chosen, found),
        hide_index=True,
        on_select=clicked,
        selection_mode="single-cell",
        key=lines,
        column_config={
            "When": notices.when(),
            "Difference": st.column_config.TextColumn(help="In points: right here less right there"),
            "Likely": st.column_config.TextColumn(help="Where the true difference likely lies, in points"),
            "Fixed": st.column_config.NumberColumn(help="Not right there, right here"),
            "Broken": st.column_config.NumberColumn(help="Right there, not right here"),
        },
    )
    if analysis.leaks:
        st.warning(
            f"{words.in_the_table(analysis.leaks)} That makes this evaluation look better than it is; against one of "
            "the others alone, Frontline also says what the comparison is without them.",
            icon=":material/rule:",
        )
    st.caption(
        "Click one to open the two side by side. Better and worse are said with all of these tests in mind: against "
        "one of many others a run looks better by chance."
    )


def table(runs: list[Run], found: list[Comparison]) -> pd.DataFrame:
    """A line a run. Columns: Evaluation, Ruling, Difference and Likely (in points), Right here, Right there, Shared
    (labelled rows), Fixed, Broken, When, Revision, Engine."""
    lines = [
        {
            "Evaluation": run.name,
            "Ruling": _ruling(one),
            "Difference": "–" if one.difference is None else points(one.difference * 100, one.after.of),
            "Likely": _reach(one.interval, one.after.of),
            "Right here": "–" if one.after.rate is None else percent(one.after.rate, one.after.of),
            "Right there": "–" if one.before.rate is None else percent(one.before.rate, one.before.of),
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

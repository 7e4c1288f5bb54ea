"""This run against several others, on the rows that it shares with each."""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from core.identity.principal import Principal
from core.report.comparison_leaks import StoredQuestions
from core.report.comparison_words import in_a_word
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
    "in this one and not in the other."
)

IN_A_TABLE = (
    "Some of the shared questions stand in the table of this evaluation or of the other one (column “In a table”). "
    "Such questions are easy: a table that took them in looks better than it is. “Only with questions in a table” "
    "means that without them no such difference is left."
)


def called(run: Run, other: Run) -> str:
    """Another run among those to compare a run with: its name, and what tells it from others of that name."""
    unlike = run.dataset_id and other.dataset_id and other.dataset_id != run.dataset_id
    parts = (other.name, f"revision {other.revision}", notices.moment(other.created_at))
    return " · ".join((*parts, "other test questions") if unlike else parts)


def render(
    principal: Principal, org_id: str, analysis: Analysis, others: list[Run], opened: Callable[[Run], None]
) -> None:
    """The choice of runs and a line for each; ``opened`` gets the run of the line that was clicked, in a callback."""
    base = analysis.results.run
    chosen = st.multiselect(
        "Evaluations to compare with this one",
        others,
        format_func=lambda run: called(base, run),
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
        several = analysis_cache.several(principal, org_id, analysis, chosen)
    st.dataframe(
        table(chosen, several.found, several.stored),
        hide_index=True,
        on_select=clicked,
        selection_mode="single-cell",
        key=lines,
        column_config={
            "When": notices.when(),
            "Difference": st.column_config.TextColumn(help="In points: how many more are right in this one"),
            "Likely": st.column_config.TextColumn(help="Where the true difference likely lies, in points"),
            "In a table": st.column_config.NumberColumn(
                format="localized",
                help="Shared questions that stand in the table of either evaluation, word for word or nearly",
            ),
            "Fixed": st.column_config.NumberColumn(format="localized", help="Right in this one, not in the other"),
            "Broken": st.column_config.NumberColumn(format="localized", help="Right in the other, not in this one"),
            **{name: st.column_config.NumberColumn(format="localized") for name in ("Shared", "Revision")},
        },
    )
    if any(several.stored):
        st.warning(IN_A_TABLE, icon=":material/rule:")
    st.caption(
        "Click one to open the two side by side. Better and worse are said with all of these tests in mind: against "
        "one of many others a run looks better by chance."
    )


def table(runs: Sequence[Run], found: Sequence[Comparison], stored: Sequence[StoredQuestions | None]) -> pd.DataFrame:
    """A line a run. Columns: Evaluation, Result, Difference and Likely (in points), Right in this one, Right in the
    other, Fixed, Broken, Shared (labelled rows), In a table (shared questions in either table), Revision, When,
    Engine."""
    lines = [
        {
            "Evaluation": run.name,
            "Result": in_a_word(one, in_tables),
            "Difference": "–" if one.difference is None else points(one.difference * 100, one.after.of),
            "Likely": _reach(one.interval, one.after.of),
            "Right in this one": "–" if one.after.rate is None else percent(one.after.rate, one.after.of),
            "Right in the other": "–" if one.before.rate is None else percent(one.before.rate, one.before.of),
            "Fixed": len(one.fixed),
            "Broken": len(one.broken),
            "Shared": one.after.of,
            "In a table": in_tables.either if in_tables else 0,
            "Revision": run.revision,
            "When": run.created_at,
            "Engine": run.engine,
        }
        for run, one, in_tables in zip(runs, found, stored, strict=True)
    ]
    return pd.DataFrame(lines)


def _reach(interval: Interval | None, of: int) -> str:
    """An interval of a difference in points, rounded outwards to what so many rows can tell."""
    return "–" if interval is None else " to ".join(points(end, of) for end in bounds(interval, of))

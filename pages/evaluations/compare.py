"""This run against an earlier one: the words first, then the rows behind them."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.report.comparison_section import LISTS, listed
from core.report.comparison_words import SHARE_NOTHING
from core.report.report import Against
from core.runs.analysis import Analysis
from core.runs.baseline import likeliest_first, usual_baseline
from core.runs.ledger import Run
from pages.evaluations import analysis_cache, exports, section_view, several_runs
from pages.shell import session

PAGE = "evaluations"
ONE, SEVERAL = "One evaluation", "Several"
_MARKS = {"broken": "✕ ", "fixed": "✓ ", "changed": ""}
"""Those of the check before a publication."""


def render(principal: Principal, org_id: str, analysis: Analysis) -> None:
    """The choice of a baseline, and what came of the comparison."""
    run = analysis.results.run
    fitting = [one for one in frontline().runs.listed(principal, org_id) if _fits(one, run)]
    others = likeliest_first(run, fitting)
    if not others:
        st.info(
            "There is no other evaluation here to compare with. After a change of the table, start a new one with the "
            "same questions."
        )
        return
    mode = st.segmented_control(
        "Compare with how many",
        (ONE, SEVERAL),
        default=ONE,
        required=True,
        label_visibility="collapsed",
        key=session.key(PAGE, org_id, f"how_many_{run.run_id}"),
    )
    if mode == SEVERAL:
        several_runs.render(principal, org_id, analysis, others, lambda other: _open_pair(org_id, run, other))
        return
    baseline = st.selectbox(
        "Compare with",
        others,
        index=others.index(usual_baseline(run, others) or others[0]),
        format_func=lambda one: several_runs.called(run, one),
        key=session.key(PAGE, org_id, f"baseline_{run.run_id}"),
    )
    if baseline is not None:
        _pair(principal, org_id, analysis_cache.analysis(principal, org_id, baseline, role="baseline"), analysis)


def _pair(principal: Principal, org_id: str, before: Analysis, analysis: Analysis) -> None:
    with st.spinner("Comparing with the tables…"):
        both = analysis_cache.compared(org_id, before, analysis)
    if not len(both.against.comparison.pairs.first):
        st.warning(f"{SHARE_NOTHING} Choose an evaluation of the same test questions.")
        return
    shown = both.section
    section_view.render(replace(shown, statistics=None))
    _rows(org_id, analysis, both.against)
    _by_entry(analysis, both.by_entry)
    if shown.statistics:
        with st.expander(shown.statistics.title):
            section_view.render(shown.statistics)
    exports.comparison(principal, org_id, analysis, both.against)


def _open_pair(org_id: str, run: Run, baseline: Run) -> None:
    """Show the run against this one baseline; in a callback."""
    session.set_widget(session.key(PAGE, org_id, f"how_many_{run.run_id}"), ONE)
    session.set_widget(session.key(PAGE, org_id, f"baseline_{run.run_id}"), baseline)


def _fits(one: Run, run: Run) -> bool:
    return not one.active and one.finished > 0 and one.run_id != run.run_id


def _rows(org_id: str, analysis: Analysis, against: Against) -> None:
    counts = {name: len(getattr(against.comparison, name)) for name in LISTS}
    present = [name for name, count in counts.items() if count]
    if not present:
        st.caption("No reply differs.")
        return
    run_id, other_id = analysis.results.run.run_id, against.baseline.results.run.run_id
    chosen = st.pills(
        "Show",
        present,
        default=present[0],
        required=True,
        format_func=lambda name: f"{_MARKS[name]}{LISTS[name].partition(':')[0]} ({counts[name]:,})",
        key=session.key(PAGE, org_id, f"compared_{run_id}_{other_id}"),
        help=" ".join(f"{gloss}." for gloss in LISTS.values()),
    )
    section_view.table(listed(analysis, against, chosen))


def _by_entry(after: Analysis, found: pd.DataFrame) -> None:
    with st.expander("By entry"):
        differing = found[(found["fixed"] > 0) | (found["broken"] > 0)]
        if differing.empty:
            st.caption("No entry has a question fixed or broken.")
            return
        st.dataframe(
            pd.DataFrame(
                {
                    "Expected": [after.name(one) for one in differing["expected"]],
                    "Questions": differing["rows"],
                    "Right before": differing["before"],
                    "Right after": differing["after"],
                    "Fixed": differing["fixed"],
                    "Broken": differing["broken"],
                    "Result": differing["ruling"],
                }
            ),
            hide_index=True,
            column_config={
                name: st.column_config.NumberColumn(format="localized")
                for name in ("Questions", "Right before", "Right after", "Fixed", "Broken")
            },
        )
        st.caption("With many entries some change by chance: better and worse are said with all of them in mind.")

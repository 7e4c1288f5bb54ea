"""Which entries are taken for which, and which questions for a person were answered."""

import streamlit as st

from core.identity.principal import Principal
from core.report import list_sections, words
from core.runs.analysis import Analysis
from core.statistics.confusions import confused
from pages.evaluations import results, section_view
from pages.shell import notices, session

PAGE = "evaluations"


def render(principal: Principal, org_id: str, analysis: Analysis) -> None:
    """The pairs, the most frequent first; the rows of one that is chosen."""
    section = list_sections.confusions(analysis)
    if section is None:
        st.success(f"No mistakes: {words.no_mistakes(analysis)}", icon=":material/check:")
        return
    run_id = analysis.results.run.run_id
    picked = section_view.render(section, key=session.key(PAGE, org_id, f"confusions_{run_id}"))
    if picked is None:
        st.caption("Click one to see its questions.")
        return
    pair = analysis.confusions.iloc[picked]
    expected, given = int(pair["expected"]), int(pair["given"])
    st.header("Its questions", anchor=False)
    st.caption(
        f"Expected: {notices.plain(analysis.name(expected))} · given instead: {notices.plain(analysis.name(given))}"
    )
    places = confused(analysis.rows, expected, given)
    results.listed(principal, org_id, analysis, places, name=f"confused_{expected}_{given}")

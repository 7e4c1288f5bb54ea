"""Which entries are taken for which, and which questions for a person were answered."""

import pandas as pd
import streamlit as st

from core.identity.principal import Principal
from core.plurals import counted
from core.report import titles, words
from core.runs.analysis import Analysis
from core.statistics.confusions import EXAMPLES, confused
from core.statistics.numbers import share
from pages.evaluations import results
from pages.shell import notices, session

PAGE = "evaluations"
SHOWN = 1_000


def render(principal: Principal, org_id: str, analysis: Analysis) -> None:
    """The pairs, the most frequent first; the rows of one that is chosen."""
    found = analysis.confusions
    if unjudged := words.unjudged(analysis):
        st.info(unjudged, icon=":material/info:")
        return
    if found.empty:
        st.success(f"No mistakes: {words.no_mistakes(analysis)}", icon=":material/check:")
        return
    st.header(notices.plain(titles.confused(analysis)), anchor=False)
    shown = f" (the first {SHOWN:,} are shown)" if len(found) > SHOWN else ""
    st.caption(
        f"{counted(len(found), 'confusion')}, the most frequent first{shown}. Two entries that are often taken for "
        "each other may need clearer phrasings, or be one; one that often goes to a person may need more phrasings."
    )
    run_id = analysis.results.run.run_id
    picked = st.dataframe(
        table(analysis, found.head(SHOWN)),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        key=session.key(PAGE, org_id, f"confusions_{run_id}"),
        column_config={
            "Expected": st.column_config.TextColumn(width=260),
            "Given instead": st.column_config.TextColumn(width=260),
            "Questions": st.column_config.NumberColumn(width=90),
            "Of": st.column_config.TextColumn(width=100, help="Of how many questions that expect this"),
            "Examples": st.column_config.ListColumn(width=420, help=f"The first {EXAMPLES} questions of these"),
        },
    )
    cells = picked["selection"]["cells"]
    if not cells or cells[0][0] >= len(found):
        st.caption("Click one to see its questions.")
        return
    pair = found.iloc[cells[0][0]]
    expected, given = int(pair["expected"]), int(pair["given"])
    st.header("Its questions", anchor=False)
    st.caption(
        f"Expected: {notices.plain(analysis.name(expected))} · given instead: {notices.plain(analysis.name(given))}"
    )
    places = confused(analysis.rows, expected, given)
    results.listed(principal, org_id, analysis, places, name=f"confused_{expected}_{given}")


def table(analysis: Analysis, found: pd.DataFrame) -> pd.DataFrame:
    """The confusions in words. Columns: Expected, Given instead, Questions, Of, Examples."""
    questions = analysis.results.ledger["question"].to_numpy()
    return pd.DataFrame(
        {
            "Expected": [analysis.name(entry_id) for entry_id in found["expected"]],
            "Given instead": [analysis.name(entry_id) for entry_id in found["given"]],
            "Questions": found["count"],
            "Of": [share(count, of) for count, of in zip(found["count"], found["of"], strict=True)],
            "Examples": [[str(questions[place]) for place in places] for places in found["places"]],
        }
    )

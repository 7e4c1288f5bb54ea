"""What came out of a run: the figures, and the rows behind them to look at and to take away."""

import pandas as pd
import streamlit as st

from core.identity.principal import Principal
from core.report import words
from core.report.figures import WITH_INTERVAL, outcomes
from core.runs.analysis import Analysis
from core.runs.row_order import Order, found
from core.statistics.metrics import Summary
from core.statistics.numbers import percent
from core.statistics.proportion import Ints
from core.statistics.verdict import Verdict
from pages.evaluations import exports, fixes
from pages.shell import notices, session

PAGE = "evaluations"
ROWS_A_PAGE = 500
"""A browser gets so many rows at a time, however many the run has."""

# At 1280 pixels the page has 900 for a table: what came out must be in view.
_COLUMNS = {
    "Line": st.column_config.NumberColumn(format="localized", width=60, help="Where it stands in your file"),
    "Question": st.column_config.TextColumn(width=240),
    "Outcome": st.column_config.TextColumn(width=150),
    "Expected": st.column_config.TextColumn(width=160),
    "Given": st.column_config.TextColumn(width=160),
    "Confidence": st.column_config.ProgressColumn(format="%.0f %%", min_value=0.0, max_value=100.0, width=120),
    "Nearest question": st.column_config.TextColumn(help="The stored question that fits best, given or not"),
    "Nearest phrasing": st.column_config.TextColumn(help="The stored phrasing that was nearest"),
}


def figures(summary: Summary) -> None:
    """Each outcome with its count, rate and 95 % interval."""
    shown = [one for one in outcomes(summary) if one.name in WITH_INTERVAL]
    if not summary.rate(Verdict.RIGHT).of:
        st.info(words.verdict(summary), icon=":material/info:")
    with st.container(key="figures"):
        places = st.columns(len(shown), gap="small")
    for column, one in zip(places, shown, strict=True):
        with column, st.container(border=True, height="stretch", gap="xxsmall"):
            st.header(one.told, anchor=False)
            st.markdown(f"**{one.label}**", help=one.gloss)
            st.caption(one.counted)
            if one.likely:
                st.caption(f"likely {one.likely}", help=words.LIKELY)
    for sentence in words.left_out(summary):
        st.caption(sentence)


def in_the_table(analysis: Analysis) -> None:
    """The warning that test questions stood in the table of the run already, with what is right without them."""
    with st.spinner("Comparing with the table…"):
        stored = words.stored(analysis)
    if stored:
        st.warning(stored, icon=":material/rule:")


def rows(principal: Principal, org_id: str, analysis: Analysis) -> None:
    """The rows, to filter and to search, a page at a time; all columns of a row that is chosen; downloads."""
    summary = analysis.summary
    st.caption(words.replies(analysis))
    places = _wanted(org_id, analysis, summary)
    if len(places):
        listed(principal, org_id, analysis, places)
    else:
        st.info("No row fits this choice.")
    exports.rows(principal, org_id, analysis, places, whole=len(places) == summary.attempted)


def listed(principal: Principal, org_id: str, analysis: Analysis, places: Ints, *, name: str = "rows") -> None:
    """The rows at these places in the ledger, a page at a time, and all columns of a row that is chosen.

    ``name`` tells this list from others on the same run.
    """
    run_id = analysis.results.run.run_id
    above = st.container()
    shown = _page(session.key(PAGE, org_id, f"{name}_page_{run_id}"), places)
    table = analysis.results.table(places=shown)
    picked = above.dataframe(
        table.assign(Confidence=table["Confidence"] * 100),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        key=session.key(PAGE, org_id, f"{name}_{run_id}"),
        column_config=_COLUMNS,
    )
    cells = picked["selection"]["cells"]
    if cells and cells[0][0] < len(table):
        _one(table.iloc[cells[0][0]], analysis.results.of_file(int(shown[cells[0][0]])))
        fixes.render(principal, org_id, analysis.results, int(table.iloc[cells[0][0]]["Line"]))
    else:
        st.caption("Click a row to see it in full.")


def _wanted(org_id: str, analysis: Analysis, summary: Summary) -> Ints:
    """The places of the rows that the person wants to see, in their order."""
    run_id = analysis.results.run.run_id
    present = [verdict for verdict in Verdict if summary.count(verdict)]
    chosen = st.pills(
        "Show",
        present,
        selection_mode="multi",
        format_func=lambda verdict: f"{verdict.label} ({summary.count(verdict):,})",
        key=session.key(PAGE, org_id, f"filter_{run_id}"),
        help="None chosen: all rows",
    )
    with st.container(horizontal=True):
        # Not the whole width: the table's own buttons stand above its right end.
        sought = st.text_input("Find in the questions", key=session.key(PAGE, org_id, f"find_{run_id}"), width=420)
        order = st.selectbox("Order", list(Order), key=session.key(PAGE, org_id, f"order_{run_id}"), width=240)
    return found(analysis.results, chosen or None, sought or "", order or Order.FILE)


def _page(key: str, places: Ints) -> Ints:
    """The places of one page of rows; the person may turn the pages where there are several."""
    pages = -(-len(places) // ROWS_A_PAGE)
    if pages < 2:
        return places
    if int(session.widget(key) or 1) > pages:
        session.set_widget(key, 1)  # another filter has fewer pages
    with st.container(horizontal=True, vertical_alignment="center"):
        first = (st.pagination(pages, key=key) - 1) * ROWS_A_PAGE
        shown = places[first : first + ROWS_A_PAGE]
        st.caption(f"Rows {first + 1:,} to {first + len(shown):,} of {len(places):,}")
    return shown


def _one(row: pd.Series, of_file: dict[str, str]) -> None:
    """Every word of one row, and what else the file says of it: texts are data, so they are shown as they are."""
    with st.container(border=True, gap="xsmall"):
        for name in row.index:
            value = row[name]
            if pd.isna(value) or value == "":
                continue
            _told(name, percent(value) if name == "Confidence" else str(value))
        if of_file:
            st.caption("**In your file**")
        for name, value in of_file.items():
            _told(notices.plain(name), value)


def _told(name: str, value: str) -> None:
    label, text = st.columns((1, 4), vertical_alignment="center", gap="xxsmall")
    label.caption(name)
    text.text(value)

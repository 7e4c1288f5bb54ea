"""What came out of a run: the figures, and the rows behind them to look at and to take away."""

import html

import numpy as np
import pandas as pd
import streamlit as st

from core.identity.principal import Principal
from core.report import summary_section, words
from core.report.figures import WITH_INTERVAL, Figure, outcomes
from core.runs.analysis import Analysis
from core.runs.row_order import Order, found
from core.statistics.metrics import Summary
from core.statistics.numbers import percent
from core.statistics.proportion import Ints
from core.statistics.verdict import Verdict
from pages.evaluations import exports, fixes, section_view
from pages.shell import notices, session

PAGE = "evaluations"
_NONE = {
    Verdict.WRONG_ANSWER.counting.figure: "wrong answers",
    Verdict.NEEDLESS_HANDOFF.counting.figure: "needless handoffs",
    Verdict.ANSWERED_OUT_OF_SCOPE.counting.figure: "answered out of scope",
}
_HEAD = ("Outcome", "Expected", "Given", "Answer given", "Problem")
ROWS_A_PAGE = 500
"""A browser gets so many rows at a time, however many the run has."""

_TWO_LINES = 66
"""Pixels: Streamlit breaks the lines of rows that are higher than 64."""
_NAMES_WIDTH = 160
_SHOWN_ROWS = 6
_HEADING = 38

# At 1280 pixels the page has 900 for a table, on a phone 350: what came out must be in view, with what of.
_COLUMNS = {
    "Outcome": st.column_config.TextColumn(width=100),
    "Question": st.column_config.TextColumn(width=_NAMES_WIDTH),
    "Given": st.column_config.TextColumn(width=_NAMES_WIDTH),
    "Expected": st.column_config.TextColumn(width=_NAMES_WIDTH),
    "Line": st.column_config.NumberColumn(
        format="localized", width=60, alignment="left", help="Where it stands in your file"
    ),
    "Confidence": st.column_config.ProgressColumn(format="%.0f %%", min_value=0.0, max_value=100.0, width=120),
    "Nearest question": st.column_config.TextColumn(help="The stored question that fits best, given or not"),
    "Nearest phrasing": st.column_config.TextColumn(help="The stored phrasing that was nearest"),
}


def figures(analysis: Analysis) -> None:
    """The share that is right with its 95 % interval, each kind of mistake that there is, and the rest in a line."""
    summary = analysis.summary
    shown = [one for one in outcomes(summary) if one.name in WITH_INTERVAL]
    if not summary.rate(Verdict.RIGHT).of:
        st.info(words.verdict(summary), icon=":material/info:")
    with st.container(key="figures", horizontal=True, gap="small"):
        for one in shown:
            if one.count or one.name == Verdict.RIGHT.counting.figure:
                _card(one)
    none = [_NONE[one.name] for one in shown if not one.count and one.name in _NONE]
    said = [f"0 {', 0 '.join(none)}."] if none else []
    st.caption(" ".join([*said, words.replies(analysis), *words.left_out(summary)]))


def _card(one: Figure) -> None:
    is_right = one.name == Verdict.RIGHT.counting.figure
    with st.container(border=True, width=168, gap="xxsmall"):
        st.header(one.told, anchor=False)
        st.markdown(f"**{one.label}**")
        st.caption(one.counted)
        if is_right and one.likely:
            st.caption(f"likely {one.likely}")


def statistics(analysis: Analysis) -> None:
    """Every outcome with its count, share and 95 % interval, and what each means: for who calculates."""
    with st.expander("Statistics"):
        st.caption(section_view.words(words.LIKELY))
        for table in summary_section.result(analysis).tables:
            section_view.table(table)


def in_the_table(analysis: Analysis) -> None:
    """The warning that test questions stood in the table of the run already, with what is right without them."""
    with st.spinner("Comparing with the table…"):
        stored = words.stored(analysis)
    if stored:
        st.warning(stored, icon=":material/rule:")


def rows(principal: Principal, org_id: str, analysis: Analysis) -> None:
    """The rows, to filter and to search, a page at a time; all columns of a row that is chosen; downloads."""
    summary = analysis.summary
    places, order = _wanted(org_id, analysis, summary)
    if len(places):
        listed(principal, org_id, analysis, places)
    else:
        st.info("No row fits this choice.")
    statistics(analysis)
    if order is Order.MISTAKES:
        places = np.sort(places)  # a file of all rows has the order of the one that was uploaded
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
        table.assign(
            Confidence=table["Confidence"] * 100,
            **{name: section_view.fitting(table[name], _NAMES_WIDTH) for name in ("Question", "Given", "Expected")},
        ),
        hide_index=True,
        column_order=[*_COLUMNS, *(name for name in table.columns if name not in _COLUMNS)],
        row_height=_TWO_LINES,
        height=_HEADING + _TWO_LINES * min(len(table), _SHOWN_ROWS),
        on_select="rerun",
        selection_mode="single-cell",
        key=session.key(PAGE, org_id, f"{name}_{run_id}"),
        column_config=_COLUMNS,
    )
    cells = picked["selection"]["cells"]
    if cells and cells[0][0] < len(table):
        row, of_file = table.iloc[cells[0][0]], analysis.results.of_file(int(shown[cells[0][0]]))
        with st.container(border=True):
            _head(row)
            fixes.render(principal, org_id, analysis.results, int(row["Line"]))
            with st.expander("Everything about this row"):
                _one(row, of_file)
    else:
        st.caption("Click a row to see it in full.")


def _wanted(org_id: str, analysis: Analysis, summary: Summary) -> tuple[Ints, Order]:
    """The places of the rows that the person wants to see, and the order in which they are."""
    run_id = analysis.results.run.run_id
    present = [verdict for verdict in Verdict if summary.count(verdict)]
    chosen = st.pills(
        "Show",
        present,
        selection_mode="multi",
        format_func=lambda verdict: f"{verdict.label} ({summary.count(verdict):,})",
        key=session.key(PAGE, org_id, f"filter_{run_id}"),
        help="  \n".join(["None chosen: all rows.", *(f"**{one.label}**: {one.gloss}" for one in present)]),
    )
    with st.container(horizontal=True):
        # Not the whole width: the table's own buttons stand above its right end.
        sought = st.text_input("Find in the questions", key=session.key(PAGE, org_id, f"find_{run_id}"), width=420)
        order = st.selectbox("Order", list(Order), key=session.key(PAGE, org_id, f"order_{run_id}"), width=240)
    order = order or Order.MISTAKES
    return found(analysis.results, chosen or None, sought or "", order), order


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


def _head(row: pd.Series) -> None:
    """What was asked and what came of it: texts are data, so they are shown as they are."""
    st.markdown(f"**{notices.plain(row['Question'])}**")
    facts = {name: str(row[name]) for name in _HEAD if not pd.isna(row[name]) and row[name] != ""}
    if not pd.isna(row["Confidence"]):
        facts["Confidence"] = percent(row["Confidence"])
    items = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in facts.items())
    st.html(f'<dl class="frontline-facts">{items}</dl>')


def _one(row: pd.Series, of_file: dict[str, str]) -> None:
    """Every word of one row, and what else the file says of it."""
    with st.container(gap="xsmall"):
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

"""What came out of a run: the figures, and the rows behind them to look at and to take away."""

from collections.abc import Iterator

import numpy as np
import streamlit as st

from core.identity.principal import Principal
from core.plurals import counted
from core.report import summary_section, words
from core.report.figures import outcomes
from core.runs.analysis import Analysis
from core.runs.row_order import Order, found
from core.statistics.metrics import Summary
from core.statistics.proportion import Ints
from core.statistics.verdict import Verdict
from pages.evaluations import exports, row_panel, section_view
from pages.shell import session

PAGE = "evaluations"
ROWS_A_PAGE = 500
"""A browser gets so many rows at a time, however many the run has."""

_ROW, _HEADING = 44, 38
_SHOWN_ROWS = 12
# At 1280 pixels the page has 900 for a table, on a phone 350: what came out must be in view, with what of.
_WIDTHS = {"Question": 234, "Given": 166, "Expected": 166}
_MARKED = {
    one.label: f"{'✓' if one is Verdict.RIGHT else '✕' if one.counting.is_mistake else '–'} {one.label}"
    for one in Verdict
}
"""The outcomes with a mark each, by which mistakes are told from the rest at a glance."""
_COLUMNS = {
    "Outcome": st.column_config.TextColumn(width=164),
    **{name: st.column_config.TextColumn(width=width) for name, width in _WIDTHS.items()},
    "Confidence": st.column_config.ProgressColumn(format="%.0f %%", min_value=0.0, max_value=100.0, width=110),
    "Line": st.column_config.NumberColumn(
        format="localized", width=60, alignment="left", help="Where it stands in your file"
    ),
    "Nearest question": st.column_config.TextColumn(help="The stored question that fits best, given or not"),
    "Nearest phrasing": st.column_config.TextColumn(help="The stored phrasing that was nearest"),
}


def figures(analysis: Analysis) -> None:
    """In a strip: the share that is right with its 95 % interval, and how many went wrong in which way."""
    summary = analysis.summary
    if not summary.rate(Verdict.RIGHT).of:
        st.info(words.verdict(summary), icon=":material/info:")
    parts = "".join(f"<span>{part}</span>" for part in _strip(summary))
    st.html(f'<div class="frontline-strip">{parts}</div>')


def _strip(summary: Summary) -> Iterator[str]:
    """The parts of the strip, in HTML."""
    right = next(one for one in outcomes(summary) if one.name == Verdict.RIGHT.counting.figure)
    if right.of:
        yield f"<b>{right.told} right</b> <small>{right.counted},</small> <small>likely {right.likely}</small>"
        entry, out_of_scope = summary.count(Verdict.WRONG_ANSWER), summary.count(Verdict.ANSWERED_OUT_OF_SCOPE)
        yield words.wrong_answers(entry, out_of_scope)
        yield counted(summary.count(Verdict.NEEDLESS_HANDOFF), "needless handoff")
    yield from (
        f"{summary.count(one):,} {one.label.lower()}"
        for one in (Verdict.FAILED, Verdict.NOT_LABELLED)
        if summary.count(one)
    )


def statistics(analysis: Analysis) -> None:
    """Every outcome with its count, share and 95 % interval, and what each means: for who calculates."""
    with st.expander("Statistics"):
        st.caption(" ".join([words.replies(analysis), *words.left_out(analysis.summary)]))
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
    """The rows, to filter and to search, a page at a time; downloads."""
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
    """The rows at these places in the ledger, a page at a time; a click on one opens it in full beside them.

    ``name`` tells this list from others on the same run.
    """
    run_id = analysis.results.run.run_id
    of = f"{name}_{run_id}"
    with st.container(key=f"rows-hint-{name}", horizontal=True, vertical_alignment="center"):
        st.caption("Click a row to see it in full.", width="content")
        again = st.container(width="content")  # and room for the table's own buttons, which appear above it
    above = st.container()
    shown = _page(session.key(PAGE, org_id, f"{name}_page_{run_id}"), places)
    table = analysis.results.table(places=shown)
    picked = above.dataframe(
        table.assign(
            Confidence=table["Confidence"] * 100,
            Outcome=table["Outcome"].map(_MARKED),
            **{name: section_view.fitting(table[name], width, lines=0.92) for name, width in _WIDTHS.items()},
        ),
        hide_index=True,
        column_order=[*_COLUMNS, *(name for name in table.columns if name not in _COLUMNS)],
        row_height=_ROW,
        height=_HEADING + _ROW * min(len(table), _SHOWN_ROWS),
        on_select="rerun",
        selection_mode="single-cell",
        key=session.key(PAGE, org_id, of),
        column_config=_COLUMNS,
    )
    cells = picked["selection"]["cells"]
    row_panel.follow(org_id, of, cells, shown)
    with again:
        row_panel.again(org_id, of, cells, shown)
    row_panel.dialog(principal, org_id, analysis, of, places)


def _wanted(org_id: str, analysis: Analysis, summary: Summary) -> tuple[Ints, Order]:
    """The places of the rows that the person wants to see, and the order in which they are."""
    run_id = analysis.results.run.run_id
    present = [verdict for verdict in Verdict if summary.count(verdict)]
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = st.pills(
            "Show",
            present,
            selection_mode="multi",
            format_func=lambda verdict: f"{verdict.label} ({summary.count(verdict):,})",
            key=session.key(PAGE, org_id, f"filter_{run_id}"),
            label_visibility="collapsed",
            wrap=True,
            width="content",
        )
        sought = st.text_input(
            "Find in the questions",
            placeholder="Find in the questions",
            key=session.key(PAGE, org_id, f"find_{run_id}"),
            label_visibility="collapsed",
            width=170,
        )
        order = st.selectbox(
            "Order",
            list(Order),
            key=session.key(PAGE, org_id, f"order_{run_id}"),
            label_visibility="collapsed",
            width=170,
        )
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

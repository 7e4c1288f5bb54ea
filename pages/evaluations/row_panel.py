"""One row of a run in full, in a dialog beside the list, with the ways to the rows before and after it."""

import html
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from core.identity.principal import Principal
from core.questions.text import shortened
from core.runs.analysis import Analysis
from core.statistics.numbers import percent
from core.statistics.proportion import Ints
from pages.evaluations import fixes
from pages.questions.entry import entry_opening, entry_panel
from pages.shell import dialogs, notices, session, turning

PAGE = "evaluations"
_NAME = "row_panel"
_QUESTION = 160
"""Characters of a question in the heading."""
_HEAD = ("Outcome", "Expected", "Given", "Answer given", "Problem")


@dataclass(frozen=True, kw_only=True, slots=True)
class _OpenRow:
    """The row that is open: that at ``place`` in the ledger, of the list ``of``, on this visit to the page."""

    of: str
    place: int
    visit: int


def follow(org_id: str, of: str, cells: Sequence[tuple[int, str]], shown: Ints) -> None:
    """Open the row whose cell was just clicked; ``of`` is the key of the list, ``shown`` are the rows it shows.

    A cell that stays selected opens its row only once, so that the row can be closed.
    """
    cell = _chosen(cells, shown)
    seen = f"cell_of_{of}"
    if session.get(PAGE, org_id, seen) == cell:
        return
    session.put(PAGE, org_id, seen, cell)
    if cell is not None:
        opens(org_id, of, int(shown[cell[0]]))


def again(org_id: str, of: str, cells: Sequence[tuple[int, str]], shown: Ints) -> None:
    """The way to the row of the cell that is selected: the browser does not tell of a click on that very cell."""
    if (cell := _chosen(cells, shown)) is not None:
        st.button(
            "Open the chosen row",
            key=session.key(PAGE, org_id, f"row_again_{of}"),
            type="tertiary",
            icon=":material/open_in_full:",
            on_click=opens,
            args=(org_id, of, int(shown[cell[0]])),
        )


def _chosen(cells: Sequence[tuple[int, str]], shown: Ints) -> tuple[int, str] | None:
    return cells[0] if cells and cells[0][0] < len(shown) else None


def opens(org_id: str, of: str, place: int) -> None:
    """Open the row at this place in the ledger; before the dialog is drawn."""
    session.put(PAGE, org_id, _NAME, _OpenRow(of=of, place=place, visit=session.visit()))


def close(org_id: str) -> None:
    """Close the row that is open; does nothing where none is."""
    session.drop(PAGE, org_id, _NAME)


def dialog(principal: Principal, org_id: str, analysis: Analysis, of: str, places: Ints) -> None:
    """The row that is open in the list ``of``; ``places`` are the rows to turn the pages in.

    It waits while an entry is open, which was reached from it.
    """
    opened = _opened(org_id)
    if opened is None or entry_opening.opened_on(org_id, PAGE) is not None:
        return
    if opened.of != of or opened.visit != session.visit() or opened.place not in places:
        close(org_id)
        return
    look = dialogs.dialog("Row", width=entry_panel.WIDTH, position="right", on_dismiss=lambda: close(org_id))
    look(_dialog)(principal, org_id, analysis, places)


def _opened(org_id: str) -> _OpenRow | None:
    found: _OpenRow | None = session.get(PAGE, org_id, _NAME)
    return found


def _dialog(principal: Principal, org_id: str, analysis: Analysis, places: Ints) -> None:
    opened = _opened(org_id)
    if opened is None:
        return
    if entry_opening.opened_on(org_id, PAGE) is not None:
        st.rerun()  # a button of the row opened an entry: it takes the place of the row until it is closed
    with notices.shown(), st.container(key="row-panel"):  # by this name the style sheet knows the dialog
        _row(principal, org_id, analysis, places, opened.place)


def _row(principal: Principal, org_id: str, analysis: Analysis, places: Ints, place: int) -> None:
    results = analysis.results
    row = results.table(places=places[places == place]).iloc[0]
    st.header(notices.plain(shortened(str(row["Question"]), _QUESTION)), anchor=False)
    _turning(org_id, places, place)
    _head(row)
    fixes.render(principal, org_id, results, int(row["Line"]))
    with st.expander("Everything about this row"):
        _everything(row, results.of_file(place))


def _turning(org_id: str, places: Ints, place: int) -> None:
    """The way to the rows before and after it in the list."""
    order = [int(one) for one in places]
    if len(order) == 1:
        return
    turning.arrows(
        order,
        place,
        what="row",
        key=session.key(PAGE, org_id, "row_step"),
        on_turn=_turn_to,
        org_id=org_id,
        told=f"Row {order.index(place) + 1:,} of {len(order):,}",
    )


def _turn_to(org_id: str, place: int) -> None:
    if (opened := _opened(org_id)) is not None:
        session.put(PAGE, org_id, _NAME, replace(opened, place=place))


def _head(row: pd.Series) -> None:
    """What came of it: texts are data, so they are shown as they are."""
    facts = {name: str(row[name]) for name in _HEAD if not pd.isna(row[name]) and row[name] != ""}
    if len(str(row["Question"])) > _QUESTION:
        facts = {"Question": str(row["Question"]), **facts}
    if not pd.isna(row["Confidence"]):
        facts["Confidence"] = percent(row["Confidence"])
    items = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in facts.items())
    st.html(f'<dl class="frontline-facts">{items}</dl>')


def _everything(row: pd.Series, of_file: dict[str, str]) -> None:
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

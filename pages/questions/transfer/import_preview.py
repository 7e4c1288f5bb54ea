"""What an import would do, row by row, before it is done."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.files.writing import safe_file_name, without_ending
from core.plurals import counted
from core.questions.lines import as_lines
from core.questions.revisions import Snapshot
from core.transfer.columns import TableColumns
from core.transfer.plan import Outcome, Plan, PlannedRow
from core.transfer.reading import ReadFile
from core.transfer.service import rejected_rows
from pages.questions import differences
from pages.shell import device, downloads, notices, session

PAGE = "questions"
_ICONS = {
    Outcome.NEW: ":material/add:",
    Outcome.CHANGED: ":material/edit:",
    Outcome.SAME: ":material/check:",
    Outcome.KEPT: ":material/lock:",
    Outcome.DUPLICATE: ":material/content_copy:",
    Outcome.INVALID: ":material/error:",
}
_HEIGHT = 460
_ONE_LINE, _FOUR_LINES = 35, 84
"""Pixels of a row."""
_A_LINE = 32
"""Characters that a cell shows in one line."""


def render(org_id: str, found: ReadFile, made: Plan) -> None:
    """The counts to filter by, the rows, what changes by the word, and the rows that cannot be used as a file."""
    for note in made.notes:
        st.caption(notices.plain(note))
    _raw(org_id, made)
    if made.problems:
        notices.problems(made.problems, "Nothing can be imported:")
    chosen = _filter(org_id, made)
    rows = made.of(*chosen) if chosen else list(made.rows)
    if rows:
        frame = _frame(rows, found.columns)
        tall = bool((frame.astype(str).map(len) > _A_LINE).any(axis=None))
        st.dataframe(
            frame,
            hide_index=True,
            height=_height(len(rows), _FOUR_LINES if tall else _ONE_LINE),
            row_height=_FOUR_LINES if tall else None,
            column_config=_look(rows),
            column_order=_order(frame),
        )
    if changed := made.of(Outcome.CHANGED):
        with st.expander(f"What changes in {counted(len(changed), 'entry', 'entries')}, word by word"):
            differences.render(_lines(changed))
    if invalid := made.of(Outcome.INVALID):
        _left_out(org_id, found, made, invalid)


def plain_text_key(org_id: str) -> str:
    """The key of the switch that makes plain text of HTML."""
    return session.key(PAGE, org_id, "import_plain_text")


def _raw(org_id: str, made: Plan) -> None:
    """What visitors would read as it stands, and the switch for what can be put right here."""
    if made.warnings:
        st.warning("  \n".join(map(notices.plain, made.warnings)), icon=":material/code:")
    if made.has_html:
        st.toggle(
            "Turn HTML into plain text",
            key=plain_text_key(org_id),
            help="Tags become line breaks, links “text (address)”. The rows below show how each text will read.",
        )


def _look(rows: list[PlannedRow]) -> Mapping[str, Any]:
    """On a phone what happens and the question come first and are in view, at 1280 all columns but the seldom ones."""
    small = device.is_phone()
    what = 170 if small or any(row.reason for row in rows) else 110
    widths = {"Where": 75, "What happens": what, "No.": 45, "Question": 170, "Answer": 220, "Other phrasings": 200}
    look = {name: st.column_config.TextColumn(width=width) for name, width in widths.items()}
    look["Where"] = st.column_config.TextColumn(width=widths["Where"], help="Where it stands in the file")
    return look


def _filter(org_id: str, made: Plan) -> list[Outcome]:
    """The outcomes that somebody wants to see; none: all."""
    found = [outcome for outcome, number in made.counts.items() if number]
    labels = {outcome: f"{_ICONS[outcome]} {made.counts[outcome]:,} {outcome.label.lower()}" for outcome in found}
    key = session.key(PAGE, org_id, f"import_filter_{'_'.join(found)}")
    chosen: list[Outcome] = st.pills(
        "Show only", found, selection_mode="multi", format_func=labels.__getitem__, key=key
    )
    return chosen


def _frame(rows: list[PlannedRow], known: TableColumns) -> pd.DataFrame:
    """The rows as people read them; columns that no row fills are left out."""
    columns: dict[str, list[object]] = {
        "Where": [row.place for row in rows],
        "What happens": [_what(row) for row in rows],
        "No.": [str(row.before.id) if row.before else "" for row in rows],
        "Question": [row.after.question if row.after else _cell(row, known.question, 0) for row in rows],
        "Answer": [row.after.answer if row.after else _cell(row, known.answer, 1) for row in rows],
        "Other phrasings": [as_lines(row.after.alternates, bullets=True) if row.after else "" for row in rows],
        "Tags": [", ".join(row.after.tags) if row.after else "" for row in rows],
        "On": ["" if row.after is None or row.after.enabled else "no" for row in rows],
    }
    return pd.DataFrame({name: cells for name, cells in columns.items() if any(cells)})


def _order(frame: pd.DataFrame) -> list[str]:
    names = list(frame.columns)
    first = ("What happens", "Question") if device.is_phone() else ()
    return [*(name for name in first if name in names), *(name for name in names if name not in first)]


def _what(row: PlannedRow) -> str:
    """What becomes of it, with the reason where there is one."""
    words = f"✕ {row.outcome.label}" if row.outcome is Outcome.INVALID else row.outcome.label
    return f"{words}: {row.reason}" if row.reason else words


def _cell(row: PlannedRow, column: str | None, place: int) -> str:
    """The cell of a column of a row that no entry came of; of a file without such columns its first ones say best."""
    cells = row.sources[0].cells
    if column is not None and any(name == column for name, _ in cells):
        return next(cell for name, cell in cells if name == column)
    filled = [cell for _, cell in cells if cell.strip()]
    return filled[place] if column is None and place < len(filled) else ""


def _height(rows: int, row_height: int) -> int:
    return min(_HEIGHT, 38 + row_height * max(rows, 1))


def _lines(changed: list[PlannedRow]) -> list[differences.Line]:
    before, after = (
        Snapshot(org_id="", revision=number, entries=tuple(entry for entry in entries if entry))
        for number, entries in enumerate(([row.before for row in changed], [row.after for row in changed]))
    )
    return differences.lines(before, after, {})


def _left_out(org_id: str, found: ReadFile, made: Plan, invalid: list[PlannedRow]) -> None:
    """The way to put right what cannot be used, in a file of its own; how many there are says the filter above."""
    rows = sum(len(row.sources) for row in invalid)
    downloads.button(
        f"Download the {counted(rows, 'row')} that cannot be used, with the reasons",
        make=lambda: rejected_rows(made),
        file_name=safe_file_name(f"{without_ending(found.name)} rows left out", ".csv"),
        key=session.key(PAGE, org_id, "import_rejected"),
    )

"""What a person may say about how a file is read: its sheet, its list, the row that holds the headings."""

import streamlit as st

from core.files.table import NO_HEADINGS, ReadingChoices, Table
from pages.shell import session

PAGE = "evaluations"
ASK = (
    "No row at the top of this file has headings that are known here. Choose the row that holds the headings, or say "
    "that there are none."
)
_WIDTH = 360


def made(org_id: str, digest: str) -> ReadingChoices:
    """What was chosen for the file with this digest; whatever was not is None."""
    sheet = st.session_state.get(_key(org_id, "sheet", digest))
    key = st.session_state.get(_key(org_id, "list", digest))
    return ReadingChoices(
        sheet=sheet, key=key, headings=st.session_state.get(_key(org_id, "headings", digest, sheet, key))
    )


def render(org_id: str, digest: str, table: Table, choices: ReadingChoices) -> bool:
    """The choices that this file gives; whether all is said that only a person can know."""
    if len(table.sheets) > 1:
        place = table.sheets.index(table.sheet or table.sheets[0])
        st.selectbox("Sheet", table.sheets, index=place, key=_key(org_id, "sheet", digest), width=_WIDTH)
    if len(table.keys) > 1:
        place = table.keys.index(table.key or table.keys[0])
        st.selectbox("List in the file", table.keys, index=place, key=_key(org_id, "list", digest), width=_WIDTH)
    if _has_rows_to_choose(table, choices):
        _headings(org_id, digest, table, choices)
    if not table.headings.known:
        st.warning(ASK)
    return table.headings.known


def _headings(org_id: str, digest: str, table: Table, choices: ReadingChoices) -> None:
    """The row with the headings: to choose where it is not known, else behind a button that says which it is."""
    if not table.headings.known:
        _row(org_id, digest, table, choices)
        return
    line = table.headings.line
    words = f"Headings: line {line}" if line and line != NO_HEADINGS else "No headings"
    with st.popover(words, icon=":material/table_rows:"):
        _row(org_id, digest, table, choices)


def _row(org_id: str, digest: str, table: Table, choices: ReadingChoices) -> None:
    tops = {row.line: row.cells for row in table.headings.top}
    lines = [*tops, NO_HEADINGS]
    line = table.headings.line
    if line not in lines:
        lines.insert(0, line or NO_HEADINGS)
    st.selectbox(
        "Row with the headings",
        lines,
        index=lines.index(line or NO_HEADINGS) if table.headings.known else None,
        placeholder="Choose a row",
        format_func=lambda line: "None: the first row is a question" if line == NO_HEADINGS else _told(line, tops),
        key=_key(org_id, "headings", digest, choices.sheet, choices.key),
        width=_WIDTH,
    )


def _told(line: int, tops: dict[int, tuple[str, ...]]) -> str:
    cells = " | ".join(" ".join(cell.split()) for cell in tops.get(line, ()) if cell.strip())
    return f"Line {line}: {cells}" if cells else f"Line {line}"


def _has_rows_to_choose(table: Table, choices: ReadingChoices) -> bool:
    """Not where keys are the headings, or where the format names the columns by their place."""
    return table.headings.line is not None and (table.headings.line != NO_HEADINGS or choices.headings is not None)


def _key(org_id: str, what: str, *parts: str | None) -> str:
    return session.key(PAGE, org_id, "_".join([what, *(part or "" for part in parts)]))

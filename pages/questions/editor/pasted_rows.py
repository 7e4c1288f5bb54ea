"""Asks what becomes of a spreadsheet's rows that were pasted into one open cell."""

from collections.abc import Callable

import streamlit as st

from core.plurals import counted
from core.questions.changes import Changes
from core.questions.checks import LABELS
from core.questions.pasted_rows import Spill, as_one_text, as_rows, spills
from pages.shell import session

PAGE = "questions"


def render(org_id: str, changes: Changes, on_chosen: Callable[[Changes], None]) -> None:
    """The choice for the first such cell, above the table; the next follows when it is made."""
    found = next(iter(spills(changes)), None)
    if found is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/content_paste: {_words(found)}")
        rows = f"Make {counted(len(found.rows), 'entry', 'entries')} of them"
        if st.button(rows, type="primary", key=session.key(PAGE, org_id, "spill_rows")):
            on_chosen(as_rows(changes, found))
        if found.field == "question" and st.button("Keep as one text", key=session.key(PAGE, org_id, "spill_text")):
            on_chosen(as_one_text(changes, found))


def _words(spill: Spill) -> str:
    row = f"No. {spill.key}" if spill.key > 0 else f"New entry {-spill.key}"
    return f"{row}: the {LABELS[spill.field].lower()} holds {counted(len(spill.rows), 'row')} of a spreadsheet."

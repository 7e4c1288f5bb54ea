"""Unsaved changes in words: how many, and what each row was and becomes."""

from collections.abc import Iterator

import pandas as pd
import streamlit as st

from core.questions.changes import Changes, cleaned
from core.questions.checks import LABELS
from core.questions.entry import Entry
from pages.questions.state import Editor


def counted_changes(changes: Changes) -> str:
    """How many rows are touched, e.g. "2 edited, 1 new"."""
    parts = ((len(changes.edited), "edited"), (len(changes.added), "new"), (len(changes.deleted), "deleted"))
    return ", ".join(f"{count} {word}" for count, word in parts if count)


def listed(entries: dict[int, Entry], changes: Changes) -> pd.DataFrame:
    """One line for each cell that changes. Columns: Entry, Column, Before, After."""
    return pd.DataFrame(_lines(entries, changes), columns=["Entry", "Column", "Before", "After"])


def text(value: object) -> str:
    """A cell's value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return " · ".join(map(str, value))
    return "" if value is None else str(value)


def _lines(entries: dict[int, Entry], changes: Changes) -> Iterator[tuple[str, str, str, str]]:
    for entry_id, fields in sorted(changes.edited.items()):
        for name, value in cleaned(fields).items():
            yield f"No. {entry_id}", LABELS[name], text(getattr(entries[entry_id], name)), text(value)
    for place, fields in enumerate(changes.added, start=1):
        for name, value in cleaned(fields).items():
            if value and name != "enabled":
                yield f"New entry {place}", LABELS[name], "", text(value)
    for entry_id in sorted(changes.deleted):
        yield f"No. {entry_id}", "Whole entry", entries[entry_id].question, "(deleted)"


def render(editor: Editor, changes: Changes) -> None:
    """A list of the changes, folded away until somebody wants to see it."""
    with st.expander(f"Look over your changes: {counted_changes(changes)}", icon=":material/difference:"):
        st.dataframe(listed(editor.entries, changes), hide_index=True, width="stretch")

"""Unsaved changes in words: how many, and what each row was and becomes."""

import itertools
from collections.abc import Callable, Iterator

import pandas as pd
import streamlit as st

from core.plurals import counted
from core.questions.changes import Changes, cleaned
from core.questions.checks import LABELS
from core.questions.entry import Entry
from pages.questions.editor.state import Editor
from pages.shell import session

PAGE = "questions"
SHOWN = 500
"""Lines that are listed: more cost time at each edit, and nobody reads them."""

NAMED = 4
"""Entries that are named beside their number: the line has room for so many."""


def counted_changes(changes: Changes) -> str:
    """How many rows are touched, e.g. "2 edited, 1 new"."""
    parts = ((len(changes.edited), "edited"), (len(changes.added), "new"), (len(changes.deleted), "deleted"))
    return ", ".join(f"{count:,} {word}" for count, word in parts if count)


def numbers(changes: Changes) -> str:
    """Which stored entries are touched, e.g. "No. 2, No. 7 and 3 more"; "" where none is."""
    ids = sorted({*changes.edited, *changes.deleted})
    more = len(ids) - NAMED
    return ", ".join(f"No. {entry_id}" for entry_id in ids[:NAMED]) + (f" and {more:,} more" if more > 0 else "")


def text(value: object) -> str:
    """A cell's value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return " · ".join(map(str, value))
    return "" if value is None else str(value)


Cell = tuple[int, str]
"""A row's key and a field, as ``Changes.without_cells`` takes them."""


def _lines(entries: dict[int, Entry], changes: Changes) -> Iterator[tuple[Cell, tuple[str, str, str, str]]]:
    """The cells that change, each with its line."""
    for key, fields in sorted(changes.edited.items()):
        for name, value in cleaned(fields).items():
            line = f"No. {key}", LABELS[name], text(getattr(entries[key], name)), text(value)
            yield (key, name), line
    for place, fields in enumerate(changes.added, start=1):
        for name, value in cleaned(fields).items():
            if value and name != "enabled":
                yield (-place, name), (f"New entry {place}", LABELS[name], "", text(value))
    for key in sorted(changes.deleted):
        yield (key, ""), (f"No. {key}", "Whole entry", entries[key].question, "(deleted)")


def render(org_id: str, editor: Editor, changes: Changes, on_kept: Callable[[Changes], None]) -> None:
    """A list of the changes, folded away until somebody wants to see it or take some back.

    ``on_kept`` gets the changes that are left then.
    """
    with st.expander(f"Look over your changes: {counted_changes(changes)}"):
        lines = list(itertools.islice(_lines(editor.entries, changes), SHOWN))
        frame = pd.DataFrame([line for _cell, line in lines], columns=["Entry", "Column", "Before", "After"])
        state = st.dataframe(
            frame,
            key=session.key(PAGE, org_id, f"changes_{hash(tuple(lines))}"),  # a line that is another is not chosen
            on_select="rerun",
            selection_mode="multi-row",
            hide_index=True,
            width="stretch",
        )
        chosen = [lines[place][0] for place in state["selection"]["rows"] if place < len(lines)]
        with st.container(horizontal=True, vertical_alignment="center"):
            label = "Take back" + (f" {counted(len(chosen), 'change')}" if chosen else "")
            if st.button(label, key=session.key(PAGE, org_id, "take_back"), disabled=not chosen):
                on_kept(changes.without_cells(chosen))
            st.caption(_hint(len(lines), changes), width="content")


def _hint(listed_lines: int, changes: Changes) -> str:
    hint = "Tick a change to take it back alone."
    return f"{hint} The first {SHOWN:,} are listed." if listed_lines == SHOWN < _cells(changes) else hint


def _cells(changes: Changes) -> int:
    return sum(map(len, (*changes.edited.values(), *changes.added))) + len(changes.deleted)

"""How the table of entries looks: its columns, and how high it and its rows are."""

from collections.abc import Mapping
from typing import Any, Literal

import streamlit as st

from core.questions.checks import LABELS
from pages.questions.editor.delta import NUMBER, Shown
from pages.questions.entry import entry_opening
from pages.shell import device

ROW_HEIGHT = 84
"""Pixels of four lines and some air: Streamlit wraps texts in rows of 70 or more. Most texts are read whole."""
HEADER_HEIGHT = 37
HEIGHT = HEADER_HEIGHT + 6 * ROW_HEIGHT
"""Pixels of a long table, which is scrolled."""
_GROWS = 400
"""So far a table of Streamlit's own height grows with its rows, also with those that are typed or pasted."""
_WIDTHS = {"question": 165, "answer": 235, "alternates": 265, "tags": 82, "enabled": 64}
_ON_A_PHONE = {**_WIDTHS, "question": 122, "answer": 155}
"""Pixels of the columns. At 1280 the page has 900 for a table, on a phone 358, of which the marker of the row takes 33.
On a phone question and answer are in view, and only the number stays there: Streamlit paints what stays grey."""


def height(rows: int) -> int | Literal["auto"]:
    """The height of a table that is drawn with so many rows.

    It counts for the identity of an editor, whose unsaved edits another one would not have. So only what the editor
    is drawn with may decide it, never what is typed into it.
    """
    full = HEADER_HEIGHT + (rows + 1) * ROW_HEIGHT
    return "auto" if full <= _GROWS else min(HEIGHT, full + ROW_HEIGHT)


def look(org_id: str, table: Shown) -> Mapping[str, Any]:
    """How a table of entries is shown, whose numbers open them."""
    return {
        "column_config": {**_columns(), NUMBER: entry_opening.number_column(org_id, table.keys)},
        "hide_index": True,
        "row_height": ROW_HEIGHT,
        "height": height(len(table.keys)),
    }


def _columns() -> Mapping[str, Any]:
    widths = _ON_A_PHONE if device.is_phone() else _WIDTHS
    return {
        "question": st.column_config.TextColumn(LABELS["question"], width=widths["question"]),
        "answer": st.column_config.TextColumn(
            LABELS["answer"], width=widths["answer"], help="Visitors get this text word for word"
        ),
        "alternates": st.column_config.TextColumn(
            LABELS["alternates"],
            width=widths["alternates"],
            help="Other ways to ask the same, one a line (Shift + Enter). Each helps more than any setting",
        ),
        "tags": st.column_config.TextColumn(
            LABELS["tags"], width=widths["tags"], help="For your own order, one a line; visitors never see them"
        ),
        "enabled": st.column_config.CheckboxColumn(
            LABELS["enabled"], width=widths["enabled"], default=True, help="Visitors only get answers that are on"
        ),
    }

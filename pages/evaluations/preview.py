"""How test questions are understood before they are run: counts, rows that cannot be run, and the others."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.datasets.dataset import TestQuestion
from core.datasets.expectations import is_plain_number
from core.datasets.export_names import A_PERSON, others_as_columns
from core.datasets.intake import RunInput
from core.datasets.labels import LabelKind
from core.datasets.preview import Preview
from core.files.writing import safe_file_name, to_csv, without_ending
from core.plurals import counted
from pages.shell import downloads, session

PAGE = "evaluations"
SHOWN_ROWS = 200
_A_LINE = 75
"""Characters of a reason beside its question."""
_THREE_LINES = 72
"""Pixels."""


def in_words(preview: Preview) -> str:
    """How far the rows are, e.g. "6 rows: 4 ready, 1 waits for you, 1 left out"."""
    ready, waiting, faulty = len(preview.good), len(preview.waiting), len(preview.faulty)
    parts = [f"{ready:,} ready"]
    if waiting:
        parts.append(f"{waiting:,} {'waits' if waiting == 1 else 'wait'} for you")
    if faulty:
        parts.append(f"{faulty:,} left out")
    return f"{counted(ready + waiting + faulty, 'row')}: {', '.join(parts)}"


def needs_a_look(preview: Preview) -> bool:
    """Whether the details say what a person has to know before the run: why rows are left out, or which entries plain
    numbers mean."""
    open_ = any(value.open for value in preview.values)  # then it says above what to do
    return bool(preview.faulty and not open_) or by_number(preview)


def render(org_id: str, ready: RunInput) -> None:
    """Each row that cannot be run with its reason, how the others are read, and what they expect."""
    preview = ready.preview
    if preview.faulty:
        _left_out(org_id, ready)
    if preview.waiting:
        wait = "waits" if len(preview.waiting) == 1 else "wait"
        st.markdown(f"**{counted(len(preview.waiting), 'row')} {wait} until you say above what the labels mean**")
        _with_reasons(preview.waiting_frame())
    if preview.good:
        st.markdown("**How the rows are understood**")
        if len(preview.good) > SHOWN_ROWS:
            st.caption(f"The first {SHOWN_ROWS:,} of {len(preview.good):,} rows.")
        narrow = {"Line": st.column_config.NumberColumn(format="localized", width=60, alignment="left")}
        st.dataframe(understood(preview), hide_index=True, column_config=narrow)
        expect = ", ".join(f"{count:,} {what}" for what, count in expected(preview).items())
        st.caption(f"Of the rows that are ready: {expect}.")


def expected(preview: Preview) -> dict[str, int]:
    """How many of the rows that can be run expect what."""
    counts = preview.counts
    return {
        "expect an answer": counts[LabelKind.ENTRY],
        "expect a person": counts[LabelKind.FALLBACK],
        "do not say what they expect": counts[LabelKind.NONE],
    }


def _left_out(org_id: str, ready: RunInput) -> None:
    bad = len(ready.preview.faulty)
    st.markdown(f"**{counted(bad, 'row')} cannot be run and will be left out**")
    frame = ready.preview.bad_frame()
    if resting := sum(row.kept is not None for row in ready.preview.faulty):
        st.caption(
            f"{counted(resting, 'row')} of these {'is' if resting == 1 else 'are'} kept all the same: the entry is "
            "switched off or gone today, and may come back."
        )
    _with_reasons(frame)
    downloads.button(
        "Download these rows",
        make=lambda: to_csv(frame),
        file_name=safe_file_name(f"{without_ending(ready.name)} rows left out", ".csv"),
        key=session.key(PAGE, org_id, "get_bad"),
    )


def _with_reasons(frame: pd.DataFrame) -> None:
    """Rows with their reasons, which are whole sentences: long ones have room for three lines."""
    is_long = bool((frame["Reason"].str.len() > _A_LINE).any())
    st.dataframe(
        frame,
        hide_index=True,
        row_height=_THREE_LINES if is_long else None,
        column_config={
            "Line": st.column_config.NumberColumn(format="localized", width=60, alignment="left"),
            "Question": st.column_config.TextColumn(width=240),
            "Reason": st.column_config.TextColumn(width=540),
        },
    )


def understood(preview: Preview) -> pd.DataFrame:
    """The first rows that can be run, as they are understood.

    Columns: Line, Question, In the file (what the file or a person says is expected), Means (the entry of that, its
    number and its question), and those that any row fills of Also right, Tags, Group, Split, Note; then the others of
    the file.
    """
    rows = preview.good[:SHOWN_ROWS]
    columns: dict[str, list[object]] = {
        "Line": [row.line for row in rows],
        "Question": [row.question for row in rows],
        "In the file": [row.expected_as_given for row in rows],
        "Means": [_means(row, preview.stored) for row in rows],
    }
    optional: dict[str, list[object]] = {
        "Also right": [also_right(row, preview.stored) for row in rows],
        "Tags": [", ".join(row.tags) for row in rows],
        "Group": [row.group for row in rows],
        "Split": [row.split for row in rows],
        "Note": [row.note for row in rows],
    }
    columns |= {name: cells for name, cells in optional.items() if any(cells)}
    others = others_as_columns((row.others for row in rows), tuple(columns))
    return pd.DataFrame(columns | others)


def by_number(preview: Preview) -> bool:
    """Whether the file names entries by their numbers, which say nothing to who reads them."""
    labelled = [row for row in preview.good if row.label.kind is LabelKind.ENTRY][:SHOWN_ROWS]
    return any(is_plain_number(row.expected_as_given) for row in labelled)


def _means(row: TestQuestion, stored: Mapping[int, str]) -> str:
    if row.label.kind is not LabelKind.ENTRY:
        return A_PERSON if row.label.kind is LabelKind.FALLBACK else "(not labelled)"
    return _entry((row.meant or row.label.entry_ids)[0], stored)


def also_right(row: TestQuestion, stored: Mapping[int, str]) -> str:
    """The further entries that are right for a row, by name or as they have the same answer."""
    first = (row.meant or row.label.entry_ids)[:1]
    every = dict.fromkeys((*row.meant, *row.label.entry_ids))
    return "; ".join(_entry(entry_id, stored) for entry_id in every if entry_id not in first)


def _entry(entry_id: int, stored: Mapping[int, str]) -> str:
    return f"No. {entry_id} · {stored.get(entry_id, '')}"

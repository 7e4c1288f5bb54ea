"""How test questions are understood before they are run: counts, rows that cannot be run, and the others."""

import pandas as pd
import streamlit as st

from core.counted import counted
from core.evaluation.dataset import Preview
from core.evaluation.labels import LabelKind
from core.files.writing import safe_file_name, to_csv
from core.runs.results import TO_A_PERSON
from pages.evaluations.ready import Ready
from pages.shell import downloads, session

PAGE = "evaluations"
SHOWN_ROWS = 200


def render(org_id: str, ready: Ready) -> None:
    """The counts, each row that cannot be run with its reason, and how the others are read."""
    preview = ready.preview
    counts = preview.counts
    with st.container(horizontal=True):
        st.metric("Good rows", f"{len(preview.good):,}", border=True)
        st.metric("Expect an answer", f"{counts[LabelKind.ENTRY]:,}", border=True)
        st.metric("Expect a person", f"{counts[LabelKind.FALLBACK]:,}", border=True)
        st.metric("Not labelled", f"{counts[LabelKind.NONE]:,}", border=True)
        st.metric("Cannot be run", f"{len(preview.bad):,}", border=True)
    if preview.bad:
        _left_out(org_id, ready)
    if preview.good:
        with st.expander("How the rows are understood"):
            st.dataframe(understood(preview), hide_index=True)


def _left_out(org_id: str, ready: Ready) -> None:
    bad = len(ready.preview.bad)
    with st.expander(f"{counted(bad, 'row')} cannot be run and will be left out", expanded=True):
        frame = ready.preview.bad_frame()
        st.dataframe(frame, hide_index=True, column_config={"Line": st.column_config.NumberColumn(width=60)})
        downloads.button(
            "Download these rows",
            make=lambda: to_csv(frame),
            file_name=safe_file_name(f"{ready.name} - rows left out", ".csv"),
            key=session.key(PAGE, org_id, "get_bad"),
        )


def understood(preview: Preview) -> pd.DataFrame:
    """The first rows that can be run. Columns: Line, Question, Expected (as the file or a person gave it)."""
    words = {LabelKind.FALLBACK: TO_A_PERSON, LabelKind.NONE: "(not labelled)"}
    rows = [
        (row.line, row.question, words.get(row.label.kind, row.expected_as_given)) for row in preview.good[:SHOWN_ROWS]
    ]
    return pd.DataFrame(rows, columns=["Line", "Question", "Expected"])

"""Whether questions with a tag go better or worse than the others."""

import pandas as pd
import streamlit as st

from core.evaluation.intervals import Interval
from core.evaluation.numbers import span
from core.evaluation.slices import LEAST_ROWS
from core.runs.analysis import Analysis

_DIFFERS = {"better": "Better", "worse": "Worse", "": ""}


def render(analysis: Analysis) -> None:
    """A line a tag, and which of them differ from the rest beyond chance."""
    found = analysis.slices
    if found.empty:
        st.caption("No question has a tag. Add a column **tags** to the file to see how each kind of question goes.")
        return
    differing = int((found["differs"] != "").sum())
    st.markdown(
        {0: "No tag clearly differs from the rest.", 1: "**1 tag** clearly differs from the rest."}.get(
            differing, f"**{differing:,} tags** clearly differ from the rest."
        )
    )
    st.dataframe(
        table(found),
        hide_index=True,
        column_config={
            "Right": st.column_config.NumberColumn(format="%.0f %%", width=80),
            "The rest": st.column_config.NumberColumn(
                format="%.0f %%", width=90, help="Share right of all questions without this tag"
            ),
        },
    )
    st.caption(
        "With many tags some look bad by chance; a difference is only named when that is unlikely (under 5 % over all "
        f"tags together). Tags of fewer than {LEAST_ROWS} questions are not tested."
    )


def table(found: pd.DataFrame) -> pd.DataFrame:
    """The slices in words. Columns: Tag, Questions, Right (in %), Likely, The rest (in %), counts, Against the rest."""
    return pd.DataFrame(
        {
            "Tag": found["tag"],
            "Questions": found["rows"],
            "Right": found["rate"] * 100,
            "Likely": [
                span(Interval(low, high)) for low, high in zip(found["rate_low"], found["rate_high"], strict=True)
            ],
            "The rest": found["rest_rate"] * 100,
            "Wrong answers": found["wrong"],
            "Needless handoffs": found["person"],
            "Against the rest": found["differs"].map(_DIFFERS),
        }
    )

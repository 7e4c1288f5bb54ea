"""Whether questions with a tag go better or worse than the others."""

import pandas as pd
import streamlit as st

from core.report import titles, words
from core.runs.analysis import Analysis
from core.statistics.by_tag import LEAST_ROWS
from core.statistics.intervals import Interval
from core.statistics.numbers import column_format, span

_DIFFERS = {"better": "Better", "worse": "Worse", "": ""}


def render(analysis: Analysis) -> None:
    """A line a tag, and which of them differ from the rest beyond chance."""
    if unjudged := words.unjudged(analysis):
        st.info(unjudged, icon=":material/info:")
        return
    found = analysis.slices
    if found.empty:
        st.caption("No question has a tag. Add a column **tags** to the file to see how each kind of question goes.")
        return
    st.header(titles.tags(analysis), anchor=False)
    own, rest = column_format(int(found["rows"].max())), column_format(analysis.judged)
    st.dataframe(
        table(found),
        hide_index=True,
        column_config={
            "Right": st.column_config.NumberColumn(format=own, width=80),
            "The rest": st.column_config.NumberColumn(
                format=rest, width=90, help="Share right of all questions without this tag"
            ),
        },
    )
    st.caption(
        f"{words.UNLIKE_QUESTIONS} With many tags some look bad by chance; a difference is only named when that is "
        f"unlikely (under 5 % over all tags together). Tags of fewer than {LEAST_ROWS} questions are not tested."
    )


def table(found: pd.DataFrame) -> pd.DataFrame:
    """The tags in words. Columns: Tag, Questions, Right (in %), Likely, The rest (in %), Against the rest, counts."""
    return pd.DataFrame(
        {
            "Tag": found["tag"],
            "Questions": found["rows"],
            "Right": found["rate"] * 100,
            "Likely": [
                span(Interval(low, high), of)
                for low, high, of in zip(found["rate_low"], found["rate_high"], found["rows"], strict=True)
            ],
            "The rest": found["rest_rate"] * 100,
            "Against the rest": found["differs"].map(_DIFFERS),
            "Wrong answers": found["wrong_answer"],
            "Needless handoffs": found["needless_handoff"],
            "Answered out of scope": found["out_of_scope"],
        }
    )

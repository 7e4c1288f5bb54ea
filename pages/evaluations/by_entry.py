"""How well each entry is found."""

import pandas as pd
import streamlit as st

from core.report import titles, words
from core.runs.analysis import Analysis
from core.statistics.intervals import Interval
from core.statistics.numbers import column_format, percent, span
from pages.shell import notices

RECALL = "Of the questions that expect it, how many got it"
PRECISION = "Of the times it was given, how often that was right; empty where it was never given"
F1 = "Both in one figure (their harmonic mean); 100 % only where both are"


def render(analysis: Analysis) -> None:
    """The averages, how well questions for a person are told apart, and each entry."""
    if unjudged := words.unjudged(analysis):
        st.info(unjudged, icon=":material/info:")
        return
    found = analysis.entries
    st.header(notices.plain(titles.entries(analysis)), anchor=False)
    _averages(analysis)
    if found.empty:
        return
    each = column_format(int(found[["expected", "given"]].to_numpy().max()))
    st.dataframe(
        table(analysis, _most_missed_first(found)),
        hide_index=True,
        column_config={
            "Entry": st.column_config.TextColumn(width=300),
            "Recall": st.column_config.NumberColumn(format=each, width=80, help=RECALL),
            "Precision": st.column_config.NumberColumn(format=each, width=90, help=PRECISION),
            "F1": st.column_config.NumberColumn(format=each, width=70, help=F1),
            "Questions": st.column_config.NumberColumn(help="Questions that expect it"),
            "Given": st.column_config.NumberColumn(help="Times it was given, rightly or not"),
        },
    )
    st.caption(
        "Those with the most questions missed stand first. “Likely” is the range for the true figure: "
        "of a few questions it is wide, and says little. Failed calls and questions "
        "without a label count nowhere here. Where several entries are right, any of them is."
    )


def _most_missed_first(found: pd.DataFrame) -> pd.DataFrame:
    missed = (found["right"] - found["expected"]).sort_values(kind="stable")
    return found.loc[missed.index]


def table(analysis: Analysis, found: pd.DataFrame) -> pd.DataFrame:
    """The figures of entries in per cent. Columns: Entry, Questions, Given, Right, and each rate with its range."""
    precision = (found["precision"] * 100).where(found["given"] > 0)
    recall = (found["recall"] * 100).where(found["expected"] > 0)
    return pd.DataFrame(
        {
            "Entry": [analysis.name(entry_id) for entry_id in found["entry_id"]],
            "Questions": found["expected"],
            "Given": found["given"],
            "Right": found["right"],
            "Recall": recall,
            "Recall likely": _spans(found["recall_low"], found["recall_high"], found["expected"]),
            "Precision": precision,
            "Precision likely": _spans(found["precision_low"], found["precision_high"], found["given"]),
            "F1": found["f1"] * 100,
        }
    )


def _spans(low: "pd.Series[float]", high: "pd.Series[float]", of: "pd.Series[int]") -> list[str]:
    ends = zip(low, high, of, strict=True)
    return ["" if pd.isna(one) else span(Interval(one, other), rows) for one, other, rows in ends]


def _averages(analysis: Analysis) -> None:
    means, scope = analysis.averages, analysis.out_of_scope
    if means is not None:
        st.markdown(
            f"{words.over_entries(means)}: recall **{percent(means.recall)}**, precision "
            f"**{percent(means.precision)}**, F1 **{percent(means.f1)}**.",
            help="Each entry counts the same, however many questions it has. Never given counts as 0.",
        )
    st.markdown(words.for_a_person(scope))

"""Charts as pages draw them, with words that are read on the page's background."""

import streamlit as st

from core.report.charts import Chart

_WORDS = "#70777a"
"""On white 4.6 to 1, where Streamlit's own grey has 3.7; on the dark page, where the theme was changed and the script
has not run since, 3.9."""


def show(chart: Chart, *, alt: str) -> None:
    """Draw it as wide as its place; ``alt`` says in words what it shows."""
    if st.context.theme.type == "light":
        chart = chart.configure_axis(labelColor=_WORDS, titleColor=_WORDS)
        chart = chart.configure_legend(labelColor=_WORDS, titleColor=_WORDS)
        chart = chart.configure_header(labelColor=_WORDS, titleColor=_WORDS)
    st.altair_chart(chart, alt=alt)

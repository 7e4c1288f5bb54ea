"""Charts as pages draw them, with words that are read on the page's background."""

import streamlit as st

from core.report.charts import Chart

_WORDS = "#5f666a"
"""On white 5.8 to 1, where Streamlit's own grey has 3.7. It is still seen on the dark page, where the theme was changed
and the script has not run since."""


def show(chart: Chart, *, alt: str) -> None:
    """Draw it as wide as its place; ``alt`` says in words what it shows."""
    if st.context.theme.type == "light":
        chart = chart.configure_axis(labelColor=_WORDS, titleColor=_WORDS)
        chart = chart.configure_legend(labelColor=_WORDS, titleColor=_WORDS)
        chart = chart.configure_header(labelColor=_WORDS, titleColor=_WORDS)
    st.altair_chart(chart, alt=alt)

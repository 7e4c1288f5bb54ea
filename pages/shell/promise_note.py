"""The promise to visitors, the same on each page that shows it."""

import streamlit as st

from core.report import promise_words
from core.runs.promises import Standing
from pages.shell import notices


def render(standing: Standing, more: str = "") -> None:
    """What is promised and whether it still holds, in green or yellow; ``more`` is said after it."""
    said = promise_words.standing(standing, notices.plain(standing.run.name) if standing.run else "")
    if more:
        said += f" {more}"
    if standing.stale:
        st.warning(said, icon=":material/update:")
    else:
        st.success(said, icon=":material/verified:")

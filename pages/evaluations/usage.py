"""What a run took: tokens, money, kept replies, and how good its shortlists were."""

import streamlit as st

from core.report import summary_section
from core.runs.run_usage import RunUsage
from pages.evaluations import section_view


def render(took: RunUsage) -> None:
    """A line each; nothing where no server was asked."""
    if cost := summary_section.cost(took):
        st.caption("  \n".join(map(section_view.words, cost.sentences)), help="  \n".join(cost.notes) or None)

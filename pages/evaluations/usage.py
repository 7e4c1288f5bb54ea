"""What a run took: tokens, money, kept replies, and how good its shortlists were."""

import streamlit as st

from core.report import words
from core.runs.run_usage import RunUsage
from core.statistics.numbers import percent, share, span

KEPT = "The very same question on the same table was asked before, so the earlier reply was taken and nothing was paid."
SHORTLIST = (
    "The table is too large to be sent whole. The built-in engine picks the entries nearest to a question, and the "
    "model chooses among these: where the right one is missing, no model can find it."
)


def render(took: RunUsage) -> None:
    """A line each; nothing where no server was asked."""
    if took.asked or took.reused:
        st.caption(in_words(took), help=KEPT if took.reused else None)
    if took.recall is not None and took.recall_interval is not None:
        held, likely = percent(took.recall, took.shortlisted), span(took.recall_interval, took.shortlisted)
        st.caption(
            f"Shortlists: {held} held the right entry ({share(took.offered, took.shortlisted)}, likely {likely}).",
            help=SHORTLIST,
        )


def in_words(took: RunUsage) -> str:
    """What it took, for Markdown, which would take two $ for a formula."""
    return words.took(took).replace("$", r"\$")

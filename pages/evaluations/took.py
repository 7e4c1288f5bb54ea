"""What a run took: tokens, money, kept replies, and how good its shortlists were."""

import streamlit as st

from core.evaluation.numbers import percent, share, span
from core.runs.took import Took
from core.spending import words

KEPT = "The very same question on the same table was asked before, so the earlier reply was taken and nothing was paid."
SHORTLIST = (
    "The table is too large to be sent whole. The built-in engine picks the entries nearest to a question, and the "
    "model chooses among these: where the right one is missing, no model can find it."
)


def render(took: Took) -> None:
    """A line each; nothing where no server was asked."""
    if took.asked or took.reused:
        st.caption(in_words(took), help=KEPT if took.reused else None)
    if took.recall is not None and took.recall_interval is not None:
        st.caption(
            f"Shortlists: {percent(took.recall)} held the right entry ({share(took.offered, took.shortlisted)}, likely "
            f"{span(took.recall_interval)}).",
            help=SHORTLIST,
        )


def in_words(took: Took) -> str:
    """What it took, e.g. "Took 12,000 tokens (80 % from the server's cache), $0.42 · 30 replies were kept ones"."""
    parts = []
    if took.asked:
        cached = (
            f" ({percent(took.cached / took.sent)} of those sent came from the server’s cache)" if took.cached else ""
        )
        parts.append(f"Took {words.tokens(took.sent + took.received)}{cached}, {_money(took)}")
    if took.reused:
        replies = "1 reply was a kept one" if took.reused == 1 else f"{took.reused:,} replies were kept ones"
        parts.append(replies)
    return " · ".join(parts).replace("$", r"\$")


def _money(took: Took) -> str:
    if took.unpriced == took.asked:
        return words.price(None)
    some = f", and {took.unpriced:,} calls whose price is unknown" if took.unpriced else ""
    return words.money(took.nano_usd) + some

"""What one answer took: time, tokens, money, and how much of a large table was offered."""

import streamlit as st

from core.answering import AskResult
from core.engines.protocol import Shortlisted
from core.questions.entry import UNSAVED, Published
from core.spending import words
from pages.shell import notices


def render(reply: AskResult) -> None:
    """The shortlist, where there was one, and a line of figures for those who want it."""
    if reply.decision is not None and reply.decision.shortlist is not None:
        _shortlist(reply.decision.shortlist, reply.published)
    with st.popover("Details", type="tertiary"):
        st.caption(notices.plain(in_words(reply)))


def in_words(reply: AskResult) -> str:
    """One line, e.g. "0.4 seconds · gpt-5.4-mini (api.openai.com) · revision 7 of the table · 1,207 tokens, $0.01"."""
    parts = [_time(reply.seconds), reply.engine, _table(reply.published.revision)]
    usage = reply.usage
    if reply.asked is not None and reply.asked.reused:
        parts.append("a kept reply, so nothing was paid")
    elif usage.sent is not None:
        cached = f" ({usage.cached:,} from the server’s cache)" if usage.cached else ""
        parts.append(f"{words.tokens(usage.sent + (usage.received or 0))}{cached}, {words.price(reply.nano_usd)}")
    elif reply.was_paid:
        parts.append("the server did not count the tokens")
    return " · ".join(part for part in parts if part)


def _shortlist(shortlist: Shortlisted, published: Published) -> None:
    offered = len(shortlist.entry_ids)
    st.caption(
        f"The table is large, so the model was offered the {offered} of {shortlist.of:,} entries nearest to the "
        f"question by the built-in engine. That saved about {words.tokens(shortlist.saved)}."
    )
    with st.expander(f"The {offered} entries that were offered", icon=":material/filter_list:"):
        for entry_id in shortlist.entry_ids:
            st.text(f"No. {entry_id}: {published.by_id[entry_id].question}")


def _table(revision: int) -> str:
    return "the table with unsaved changes" if revision == UNSAVED else f"revision {revision} of the table"


def _time(seconds: float) -> str:
    return f"{seconds:.1f} seconds" if seconds >= 1 else f"{max(seconds * 1000, 1):.0f} ms"

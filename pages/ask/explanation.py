"""What a visitor gets for a question, and why: the entry, how sure the engine is, and what else was near."""

import pandas as pd
import streamlit as st

from core.answering import Answered, Failed, Reply
from core.engines.protocol import Candidate, Decision
from core.questions.entry import Published

VISITOR, BOT = ":material/person:", ":material/support_agent:"
_SURENESS = ((0.95, "almost certain"), (0.8, "very likely"), (0.6, "likely"), (0.4, "uncertain"), (0.0, "unlikely"))


def render(reply: Reply, engine: str) -> None:
    """The two speech bubbles, then the reasons. Stored texts and questions are shown as plain characters."""
    with st.container(border=True):
        with st.chat_message("user", avatar=VISITOR):
            st.text(reply.question)
        if reply.text is not None:
            with st.chat_message("assistant", avatar=BOT):
                st.text(reply.text)
    if isinstance(reply.outcome, Failed):
        st.error("The engine failed, so there is no answer. Please ask again.", icon=":material/error:")
        st.text(f"Reason: {reply.outcome.reason}")
    elif reply.decision is not None and isinstance(reply.outcome, Answered):
        _why_answered(reply.decision, reply.published)
    elif reply.decision is not None:
        _why_handed_over(reply.decision, reply.published)
    st.caption(f"{_time(reply.seconds)} · {engine} · revision {reply.published.revision} of the table")


def _why_answered(decision: Decision, published: Published) -> None:
    given = next((c for c in decision.candidates if c.entry_id == decision.entry_id), None)
    st.subheader("Why this answer")
    if given is None:
        st.text(f"The engine chose entry No. {decision.entry_id}.")
    else:
        _candidate(given, published, exact=decision.exact)
    _table("What else was near", [c for c in decision.candidates if c.entry_id != decision.entry_id], published)


def _why_handed_over(decision: Decision, published: Published) -> None:
    st.subheader("Why a person takes over")
    if not decision.candidates:
        st.text("The table has no answers that are on, so there is nothing to choose from.")
        return
    nearest = decision.candidates[0]
    st.text(
        f"No stored question is close enough. The nearest scored {nearest.score:.2f} of the {decision.threshold:.2f} "
        f"that an answer needs: {max(decision.threshold - nearest.score, 0):.2f} too little."
    )
    with st.container(border=True):
        st.caption("What would have been answered")
        st.text(published.by_id[nearest.entry_id].answer)
        _candidate(nearest, published)
    _table("What else was near", decision.candidates[1:], published)


def _candidate(candidate: Candidate, published: Published, *, exact: bool = False) -> None:
    entry = published.by_id[candidate.entry_id]
    st.text(f"Entry No. {entry.id}: {entry.question}")
    if candidate.phrasing != entry.question:
        st.text(f"Nearest stored phrasing: {candidate.phrasing}")
    st.text("Confidence: certain, these are the stored words" if exact else f"Confidence: {sureness(candidate)}")


def sureness(candidate: Candidate) -> str:
    """How sure the engine is in words and as a number, e.g. "likely (72%)"."""
    words = next(words for least, words in _SURENESS if candidate.confidence >= least)
    return f"{words} ({candidate.confidence:.0%})"


def _table(title: str, candidates: "list[Candidate] | tuple[Candidate, ...]", published: Published) -> None:
    if not candidates:
        return
    rows = [(c.entry_id, published.by_id[c.entry_id].question, c.phrasing, c.score, c.confidence) for c in candidates]
    st.caption(title)
    st.dataframe(
        pd.DataFrame(rows, columns=["No.", "Question", "Nearest phrasing", "Score", "Confidence"]),
        hide_index=True,
        column_config={
            "No.": st.column_config.NumberColumn(width=56),
            "Score": st.column_config.NumberColumn(format="%.2f", width=72),
            "Confidence": st.column_config.ProgressColumn(format="percent", min_value=0.0, max_value=1.0),
        },
    )


def _time(seconds: float) -> str:
    return f"{seconds:.1f} seconds" if seconds >= 1 else f"{seconds * 1000:.0f} milliseconds"

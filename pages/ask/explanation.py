"""What a visitor gets for a question, and why: the entry, how sure the engine is, and what else was near."""

import html
import math
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core.answering import Answered, AskResult, Failed
from core.engines.cascade import NO_CHANCE, SURE
from core.engines.protocol import Candidate, Decision
from core.engines.semantic.reach import why_unread
from core.questions.entry import Published
from core.questions.policy import EngineKind
from core.runs.recalibrations import recalibrated
from core.statistics.numbers import percent
from core.statistics.recalibration import Recalibration
from pages.ask import usage
from pages.shell import notices

VISITOR, BOT = ":material/person:", ":material/support_agent:"
NEARLY = 0.1
"""Below the threshold by at most so much, an answer was nearly given: its confidence is above 29 % then."""
_NEAR = 0.01
"""What has less would be told as 0 %."""
_SURENESS = ((0.95, "almost certain"), (0.8, "very likely"), (0.6, "likely"), (0.4, "uncertain"), (0.0, "unlikely"))

_BOUNDS = (
    f"It answers by itself from {percent(SURE)} confidence on, and hands over by itself below {percent(NO_CHANCE)}; "
    "what lies between is doubtful."
)


def bubbles(reply: AskResult, *, with_question: bool) -> None:
    """What the visitor got, and where it is not seen elsewhere what was asked, as plain characters."""
    with st.container(border=True):
        if with_question:
            with st.chat_message("user", avatar=VISITOR):
                st.text(reply.question)
        with st.chat_message("assistant", avatar=BOT):
            st.text(reply.text)


def reasons(reply: AskResult, scale: Recalibration | None = None) -> None:
    """Why they got that; stored texts and questions are shown as plain characters.

    ``scale`` says what the engine's confidence is worth here, None where nobody knows.
    """
    if isinstance(reply.outcome, Failed):
        why_failed(reply.outcome)
    elif reply.decision is not None:
        decision = recalibrated(reply.decision, scale)
        why = _why_answered if isinstance(reply.outcome, Answered) else _why_handed_over
        why(decision, reply.published, _measured(reply.decision, scale))
        who_decided(reply)
    prompt(reply)
    usage.render(reply)


def prompt(reply: AskResult) -> None:
    """What a model was sent, and what it sent back; nothing where none was asked."""
    if reply.decision is not None and reply.decision.prompt:
        with st.expander("The exact prompt, and what the model sent back", icon=":material/article:"):
            st.code(reply.decision.prompt, language=None, wrap_lines=True)
            st.code(reply.decision.raw, language=None, wrap_lines=True)


def who_decided(reply: AskResult) -> None:
    """Where a model decides only doubtful questions: whether this was one, and why."""
    if reply.published.policy.model.engine is not EngineKind.CASCADE or reply.asked is None:
        return
    doubted = reply.asked.doubted
    if doubted is None:
        sure = f"The built-in engine decided: it was sure, so the model was not asked. {_BOUNDS}"
        st.caption(sure)
        return
    if doubted.unread is not None:
        st.caption("The model decided: the built-in engine cannot read this question or this table.")
        return
    nearest = doubted.candidates[0]
    entry = reply.published.by_id[nearest.entry_id]
    st.caption(
        f"The model decided: the built-in engine was not sure enough. It found entry No. {entry.id} "
        f"{sureness(nearest)}. {_BOUNDS}"
    )


def why_failed(outcome: Failed) -> None:
    """Why a call failed, and what that counts as."""
    again = "" if outcome.is_unavailable else " Asking again may help."
    st.error(
        f"{notices.plain(outcome.reason)}\n\nThe call failed, so a visitor reads the text above. It counts as a "
        f"failure, not as a question for a person.{again}",
        icon=":material/error:",
    )


def _why_answered(decision: Decision, published: Published, measured: str) -> None:
    st.header("Why this answer", anchor=False)
    given = next((c for c in decision.candidates if c.entry_id == decision.entry_id), None)
    if given is None:
        entry = published.by_id[decision.entry_id or 0]
        _facts({"Entry": f"No. {entry.id}: {entry.question}", "Confidence": "the model told none"})
    else:
        _facts(_about(given, decision, published, measured))
    _also_asked(decision, published)
    _table([c for c in decision.candidates if c.entry_id != decision.entry_id], decision, published)


def _also_asked(decision: Decision, published: Published) -> None:
    """Other questions of the message, which have answers too."""
    if not decision.also_asked:
        return
    rows = [
        (one.part, one.entry_id, published.by_id[one.entry_id].question, math.floor(one.confidence * 100))
        for one in decision.also_asked
    ]
    st.caption("What else the message asks: a visitor gets one answer, the surest")
    st.dataframe(
        pd.DataFrame(rows, columns=["Part of the message", "No.", "Question", "Confidence"]),
        hide_index=True,
        column_config={
            "No.": st.column_config.NumberColumn(width=56, alignment="left"),
            "Confidence": st.column_config.ProgressColumn(format="%d %%", min_value=0, max_value=100),
        },
    )


def _why_handed_over(decision: Decision, published: Published, measured: str) -> None:
    st.header("Why a person takes over", anchor=False)
    if not decision.candidates:
        none_on = "No answer of the table is on, so there is nothing to choose from."
        st.markdown("The model decided that no stored answer fits." if published.entries else none_on)
        return
    if decision.unread is not None:
        st.markdown(why_unread(decision.unread))
        return
    nearest = decision.candidates[0]
    if decision.prompt:
        st.markdown(_models_reason(nearest, decision))
    elif nearest.score < decision.threshold:
        scored, needed = round(nearest.score, 2), round(decision.threshold, 2)
        st.markdown(
            f"No stored question is close enough. The nearest one scored {scored:.2f}, and an answer needs "
            f"{needed:.2f}: {max(0.01, needed - scored):.2f} were missing."
        )
    else:
        st.markdown("The model decided that no stored answer fits.")
    with st.container(border=True):
        if _nearly_given(nearest, decision):
            st.caption("What would have been answered")
            st.text(published.by_id[nearest.entry_id].answer)
        else:
            st.caption("What was nearest, though too far off to be the answer")
        _facts(_about(nearest, decision, published, measured))
    _table(decision.candidates[1:], decision, published)


def _nearly_given(nearest: Candidate, decision: Decision) -> bool:
    """Whether a little more certainty would have given this answer; what is far below was never about to be given."""
    if decision.prompt:
        return decision.unsure and nearest.confidence >= decision.threshold / 2
    return decision.threshold - nearest.score <= NEARLY


def _models_reason(nearest: Candidate, decision: Decision) -> str:
    if not decision.unsure:
        return "The model decided that no stored answer fits."
    return (
        f"The model was {percent(nearest.confidence)} sure of the entry below, and the settings ask for "
        f"{percent(min(1.0, max(0.0, decision.threshold)))}."
    )


def _about(candidate: Candidate, decision: Decision, published: Published, measured: str) -> dict[str, str]:
    entry = published.by_id[candidate.entry_id]
    phrasing = {} if decision.prompt else {"Closest phrasing": candidate.phrasing}  # a model tells none
    return {
        "Entry": f"No. {entry.id}: {entry.question}",
        **phrasing,
        "Confidence": "certain: these are the stored words" if decision.exact else f"{sureness(candidate)}{measured}",
    }


def _measured(decision: Decision, scale: Recalibration | None) -> str:
    """By what the confidence is shown otherwise than the engine told it; "" where it is not."""
    if scale is None or not decision.candidates:
        return ""
    itself = percent(decision.candidates[0].confidence)
    return f", measured on your {scale.questions:,} labelled questions; the engine itself says {itself}"


def _facts(facts: Mapping[str, str]) -> None:
    items = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in facts.items())
    st.html(f'<dl class="frontline-facts">{items}</dl>')


def sureness(candidate: Candidate) -> str:
    """How sure the engine is in words and as a number, e.g. "likely (72 %)"."""
    return how_sure(candidate.confidence)


def how_sure(confidence: float) -> str:
    """A confidence (0 to 1) in words and as a number, as ``sureness``."""
    words = next(words for least, words in _SURENESS if confidence >= least)
    return f"{words} ({percent(confidence)})"


def _table(candidates: Sequence[Candidate], decision: Decision, published: Published) -> None:
    candidates = [one for one in candidates if one.confidence >= _NEAR]
    if not candidates:
        st.caption("No other entry came near.")
        return
    rows = [
        # Rounded down, so that together with the first they never pass 100 %.
        (c.entry_id, published.by_id[c.entry_id].question, math.floor(c.confidence * 100), c.phrasing)
        for c in candidates
    ]
    frame = pd.DataFrame(rows, columns=["No.", "Question", "Confidence", "Closest phrasing"])
    st.caption("What else was near")
    st.dataframe(
        frame.drop(columns=["Closest phrasing"]) if decision.prompt else frame,
        hide_index=True,
        column_config={
            "No.": st.column_config.NumberColumn(width=56, alignment="left"),
            "Confidence": st.column_config.ProgressColumn(format="%d %%", min_value=0, max_value=100),
        },
    )

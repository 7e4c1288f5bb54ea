"""What stands behind the replies of a talk, for the presenter's panel: one number each, and nothing wider than it."""

import html
from collections.abc import Iterable, Sequence

import streamlit as st

from core.answering import AskResult, Failed
from core.chat.reasons import ConsideredEntry, Reasons
from core.chat.settings import REPLIES
from core.chat.talk import Moment, Turn
from core.questions.text import shortened
from core.statistics.numbers import percent
from pages.ask import explanation, usage
from pages.chat import bubbles
from pages.shell import notices

_NOT_KEPT = "What it took, and what a model was sent, is known only until the page is loaded again."


def render(message: Turn, result: AskResult | None) -> None:
    """Why the visitor got this; ``result`` tells what it took, None where that is not known any more."""
    if message.small_talk is not None:
        _small_talk(message)
        return
    if result is not None and isinstance(result.outcome, Failed):
        explanation.why_failed(result.outcome)
    elif message.reasons is not None:
        _reasons(message.moment, message.reasons)
    else:
        st.caption("What stands behind this reply was not kept.")
    if result is not None:
        explanation.who_decided(result)
        explanation.prompt(result)
        usage.render(result)
    elif message.reasons is not None:
        decided = f"{message.reasons.engine} · revision {message.reasons.revision:,} of the table."
        st.caption(notices.plain(f"{decided} {_NOT_KEPT}"))


def earlier(said: Sequence[Turn]) -> None:
    """The replies before the last one, the newest first, each in a line."""
    if not said:
        return
    with st.expander(f"Earlier replies ({len(said)})"):
        st.html(_list((shortened(turn.question), _in_short(turn)) for turn in reversed(said)))


def _small_talk(message: Turn) -> None:
    st.header("A stored reply to small talk", anchor=False)
    kind = REPLIES[message.small_talk] if message.small_talk else ""
    st.markdown(
        f"The message is nothing but {kind} or the like, so no entry of the table was looked for and no engine was "
        "asked. Owners change these replies under *Settings*, *Chat*."
    )


def _reasons(moment: Moment, found: Reasons) -> None:
    given = moment is Moment.ANSWER
    st.header("Why this answer" if given else bubbles.TAKES_OVER, anchor=False)
    if found.why_not:
        st.markdown(found.why_not)
    if found.nearest is not None:
        facts = {
            "Entry" if given else "Nearest entry": _named(found.nearest),
            "How sure": "certain: these are the stored words" if found.exact else _how_sure(found.nearest),
        }
        items = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in facts.items())
        st.html(f'<dl class="frontline-facts">{items}</dl>')
    if found.near:
        st.caption("What else was near, and how sure")
        st.html(_list((_named(one), "" if one.confidence is None else percent(one.confidence)) for one in found.near))


def _in_short(turn: Turn) -> str:
    if turn.small_talk is not None:
        return "small talk"
    found = turn.reasons
    if turn.moment is not Moment.ANSWER:
        return "to a person"
    if found is None or found.nearest is None:
        return "an answer"
    told = found.nearest.confidence
    sure = "certain" if found.exact else "" if told is None else percent(told)
    return ", ".join(filter(None, (f"No. {found.nearest.entry_id}", sure)))


def _named(entry: ConsideredEntry) -> str:
    return f"No. {entry.entry_id}: {entry.question}"


def _how_sure(entry: ConsideredEntry) -> str:
    return "the model told nothing" if entry.confidence is None else explanation.how_sure(entry.confidence)


def _list(lines: Iterable[tuple[str, str]]) -> str:
    items = "".join(f"<li><span>{html.escape(left)}</span><b>{html.escape(right)}</b></li>" for left, right in lines)
    return f'<ul class="chat-reasons">{items}</ul>'

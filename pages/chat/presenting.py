"""The presenter's panel: what stands behind the last reply, and another reply beside it. Visitors never see it."""

import streamlit as st

from core.answering import Answered, AskResult
from core.bootstrap import frontline
from core.chat.service import ChatLook
from core.chat.talk import Moment, Turn
from core.errors import FrontlineError
from pages.ask import explanation
from pages.chat import beside, bubbles
from pages.chat.beside import Beside
from pages.chat.visit import PAGE, Presenter, Visit
from pages.shell import notices, session

VISITORS = "What visitors get"


def is_open(visit: Visit) -> bool:
    """Whether a presenter has unfolded the panel."""
    return visit.presenter is not None and session.get(PAGE, visit.org_id, "panel") is True


def switch(visit: Visit) -> None:
    """Unfold the panel, or fold it away; for a button's callback."""
    session.put(PAGE, visit.org_id, "panel", not is_open(visit))


def choose(visit: Visit, presenter: Presenter) -> None:
    """What is set beside the chat, from the next question on."""
    choices = beside.offered(visit, presenter)
    if not choices:
        return
    st.selectbox(
        "Side by side with",
        choices,
        index=None,
        placeholder="Nothing",
        format_func=lambda choice: choice.value,
        key=visit.key("beside"),
        help="Each question is asked there too. Visitors do not see it.",
    )


def compares(visit: Visit) -> bool:
    """Whether something is set beside the chat."""
    return session.widget(visit.key("beside")) is not None


def ask_beside(visit: Visit, presenter: Presenter) -> None:
    """Ask the last question of what is set beside the chat, and keep the reply for the panel."""
    choice: Beside | None = session.widget(visit.key("beside"))
    result: AskResult | None = session.get(PAGE, visit.org_id, "result")
    session.drop(PAGE, visit.org_id, "other")
    if choice is not None and result is not None:
        with st.spinner(f"Asking the same of: {choice.value}"):
            reply = beside.asked(visit, presenter, choice, result.question)
        session.put(PAGE, visit.org_id, "other", (choice, reply))


def render(visit: Visit, presenter: Presenter, look: ChatLook, said: tuple[Turn, ...]) -> None:
    """The last reply: which entry, how sure, what else was near, time and cost; the other reply beside it."""
    result: AskResult | None = session.get(PAGE, visit.org_id, "result")
    other: tuple[Beside, AskResult | FrontlineError] | None = session.get(PAGE, visit.org_id, "other")
    if result is None:
        st.caption(_nothing_behind(said))
    elif other is None:
        _reasons(visit, presenter, result)
    else:
        choice, reply = other
        here, there = st.columns(2)
        with here:
            _one(visit, presenter, look, VISITORS, result)
        with there:
            _one(visit, presenter, look, choice.value, reply)


def _nothing_behind(said: tuple[Turn, ...]) -> str:
    last = said[-1].moment if said else None
    if last is Moment.SMALL_TALK:
        return "Small talk: a stored reply of its own. No engine was asked."
    if last is Moment.HANDOFF:
        return "Nothing more is known of this reply: it is a stored reply of its own, or from before a reload."
    return "Ask something, and you see here what stands behind the reply."


def _one(visit: Visit, presenter: Presenter, look: ChatLook, title: str, reply: AskResult | FrontlineError) -> None:
    st.caption(f"**{title}**")
    if isinstance(reply, FrontlineError):
        notices.show(reply)
        return
    moment = Moment.ANSWER if isinstance(reply.outcome, Answered) else Moment.HANDOFF
    st.html(bubbles.single(Turn(question=reply.question, moment=moment, text=reply.text), look.colour))
    _reasons(visit, presenter, reply)


def _reasons(visit: Visit, presenter: Presenter, reply: AskResult) -> None:
    settings = reply.published.policy.model
    explanation.reasons(reply, frontline().recalibrations.of_settings(presenter.principal, visit.org_id, settings))

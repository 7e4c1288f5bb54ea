"""The presenter's panel: what stands behind the last reply, and another reply beside it. Visitors never see it."""

import streamlit as st

from core.answering import Answered, AskResult
from core.bootstrap import frontline
from core.chat.reasons import Reasons, reasons_of
from core.chat.service import ChatLook
from core.chat.talk import Moment, Turn
from core.errors import FrontlineError
from core.identity.principal import Permission
from pages.chat import beside, bubbles, reply_reasons
from pages.chat.beside import Beside
from pages.chat.visit import PAGE, Presenter, Visit
from pages.questions import publish
from pages.shell import notices, session

VISITORS = "What visitors get"


def is_open(visit: Visit) -> bool:
    """Whether a presenter has unfolded the panel."""
    return visit.presenter is not None and session.get(PAGE, visit.org_id, "panel") is True


def switch(visit: Visit) -> None:
    """Unfold the panel, or fold it away; for a button's callback."""
    session.put(PAGE, visit.org_id, "panel", not is_open(visit))


def choose(visit: Visit, presenter: Presenter) -> None:
    """What visitors get, and what is set beside it from the next question on."""
    if Permission.VIEW in presenter.membership.permissions:
        st.caption(publish.in_words(frontline().publishing.state(presenter.principal, visit.org_id)))
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


def reasons(visit: Visit, presenter: Presenter, result: AskResult) -> Reasons:
    """What stands behind an answer, to be kept with it; its confidence as it is worth in this org."""
    settings = result.published.policy.model
    return reasons_of(result, frontline().recalibrations.of_settings(presenter.principal, visit.org_id, settings))


def render(visit: Visit, presenter: Presenter, look: ChatLook, said: tuple[Turn, ...]) -> None:
    """The last reply: which entry, how sure, what else was near, time and cost; the other reply beside it."""
    result: AskResult | None = session.get(PAGE, visit.org_id, "result")
    other: tuple[Beside, AskResult | FrontlineError] | None = session.get(PAGE, visit.org_id, "other")
    if not said:
        st.caption("Ask something, and you see here what stands behind the reply.")
    elif result is None or other is None:
        reply_reasons.render(said[-1], result)
        reply_reasons.earlier(said[:-1])
    else:
        choice, reply = other
        here, there = st.columns(2)
        with here:
            _one(visit, presenter, look, VISITORS, result)
        with there:
            _one(visit, presenter, look, choice.value, reply)


def _one(visit: Visit, presenter: Presenter, look: ChatLook, title: str, reply: AskResult | FrontlineError) -> None:
    st.caption(f"**{title}**")
    if isinstance(reply, FrontlineError):
        notices.show(reply)
        return
    moment = Moment.ANSWER if isinstance(reply.outcome, Answered) else Moment.HANDOFF
    message = Turn(question=reply.question, moment=moment, text=reply.text, reasons=reasons(visit, presenter, reply))
    st.html(bubbles.single(message, look.colour))
    reply_reasons.render(message, reply)

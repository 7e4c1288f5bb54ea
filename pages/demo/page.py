"""Demo chat: the bot as a visitor meets it, to show to others."""

from dataclasses import dataclass

import streamlit as st

from core.answering import QUESTION_LIMIT
from core.bootstrap import frontline
from core.errors import FrontlineError
from core.identity.principal import Membership, Permission, Principal
from pages.shell import notices, session

PAGE = "demo"
VISITOR, BOT = ":material/person:", ":material/support_agent:"
MESSAGES_KEPT = 100


@dataclass(frozen=True)
class Message:
    """One turn: what the visitor wrote and what they got, None when the engine failed."""

    question: str
    text: str | None


def render(principal: Principal, membership: Membership) -> None:
    """The conversation so far, and the field to go on with it."""
    org_id = membership.org_id
    said: tuple[Message, ...] = session.get(PAGE, org_id, "said") or ()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.title("Demo chat")
        if said and st.button("Start again", icon=":material/restart_alt:", key=session.key(PAGE, org_id, "restart")):
            session.drop(PAGE, org_id, "said")
            st.rerun()
    if Permission.ASK not in membership.permissions:
        st.info(f"Your role here ({notices.plain(membership.role)}) may not try questions.")
        return
    if not said:
        st.caption(f"This is the bot of {notices.plain(membership.org_name)} as its visitors meet it.")
    for message in said:
        _show(message)
    question = st.chat_input("Type a message", key=session.key(PAGE, org_id, "input"), max_chars=QUESTION_LIMIT)
    if question:
        _answer(principal, org_id, question, said)


def _answer(principal: Principal, org_id: str, question: str, said: tuple[Message, ...]) -> None:
    _bubble("user", VISITOR, question)
    try:
        with st.spinner("One moment…"):
            reply = frontline().answering.ask(principal, org_id, question)
    except FrontlineError as error:
        notices.show(error)
        return
    session.put(PAGE, org_id, "said", (*said, Message(reply.question, reply.text))[-MESSAGES_KEPT:])
    st.rerun()


def _show(message: Message) -> None:
    _bubble("user", VISITOR, message.question)
    if message.text is None:
        st.warning("The engine failed, so this message got no answer. Send it again.", icon=":material/error:")
    else:
        _bubble("assistant", BOT, message.text)


def _bubble(role: str, avatar: str, text: str) -> None:
    """Stored answers and visitors' words are shown as plain characters, never as Markdown."""
    with st.chat_message(role, avatar=avatar):
        st.text(text)

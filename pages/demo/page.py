"""Demo chat: the bot as a visitor meets it, to show to others."""

from dataclasses import dataclass

import streamlit as st

from core.bootstrap import frontline
from core.errors import FrontlineError
from core.identity.principal import Membership, Permission, Principal
from pages.ask import tables
from pages.shell import notices, session

PAGE = "demo"
VISITOR, BOT = ":material/person:", ":material/support_agent:"
MESSAGES_KEPT = 100


@dataclass(frozen=True)
class Bubble:
    """One turn: what the visitor wrote and what they got, the fallback too when the call failed; None where the message
    was refused, and ``refused`` says why."""

    question: str
    text: str | None
    refused: FrontlineError | None = None


def render(principal: Principal, membership: Membership) -> None:
    """The conversation so far, and the field to go on with it."""
    org_id = membership.org_id
    head = st.container(horizontal=True, vertical_alignment="bottom")
    head.title("Demo chat", anchor=False)
    if Permission.ASK not in membership.permissions:
        st.info(f"Your role here ({notices.plain(membership.role)}) may not try questions.")
        return
    # No max_chars: the field would take a longer text in no way, and not say so. The use case says it.
    question = st.chat_input("Type a message", key=session.key(PAGE, org_id, "input"))
    for message in _said(org_id):
        _show(message)
    if question is not None and question.strip():  # blanks say nothing, and get nothing
        _answer(principal, org_id, question)
    elif not _said(org_id):
        st.caption(f"This is the bot of {notices.plain(membership.org_name)} as its visitors meet it.")
        if Permission.VIEW in membership.permissions:
            tables.nothing_live(frontline().publishing.state(principal, org_id))
    if _said(org_id):
        head.button(
            "Start again",
            icon=":material/restart_alt:",
            key=session.key(PAGE, org_id, "restart"),
            on_click=session.drop,
            args=(PAGE, org_id, "said"),
        )


def _said(org_id: str) -> tuple[Bubble, ...]:
    return session.get(PAGE, org_id, "said") or ()


def _answer(principal: Principal, org_id: str, question: str) -> None:
    waiting = st.empty()
    with waiting.container():
        _bubble("user", VISITOR, question)
        try:
            with st.spinner("One moment…"):
                reply = frontline().answering.ask(principal, org_id, question)
            message = Bubble(reply.question, reply.text)
        except FrontlineError as error:
            message = Bubble(question, None, error)
    session.put(PAGE, org_id, "said", (*_said(org_id), message)[-MESSAGES_KEPT:])
    with waiting.container():
        _show(message)


def _show(message: Bubble) -> None:
    _bubble("user", VISITOR, message.question)
    if message.refused is not None:
        notices.show(message.refused)
    else:
        _bubble("assistant", BOT, message.text or "")


def _bubble(role: str, avatar: str, text: str) -> None:
    """Stored answers and visitors' words are shown as plain characters, never as Markdown."""
    with st.chat_message(role, avatar=avatar):
        st.text(text)

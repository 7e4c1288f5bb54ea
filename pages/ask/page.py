"""Ask: one question, what a visitor would get for it, and why."""

import streamlit as st

from core.answering import AskResult
from core.bootstrap import frontline
from core.errors import FrontlineError
from core.identity.principal import Membership, Permission, Principal
from pages.ask import explanation
from pages.shell import notices, session

PAGE = "ask"


def render(principal: Principal, membership: Membership) -> None:
    """The question's field, and what became of the last question."""
    org_id = membership.org_id
    st.title("Ask", anchor=False)
    st.caption("Type a question as a visitor would. You see what they would get, and why.")
    if Permission.ASK not in membership.permissions:
        st.info(f"Your role here ({notices.plain(membership.role)}) may not try questions.")
        return
    question = _asked(org_id)
    if question is not None:
        _ask(principal, org_id, question)
    reply: AskResult | None = session.get(PAGE, org_id, "reply")
    if reply is not None and _again(org_id, reply):
        _ask(principal, org_id, reply.question, bypass_cache=True)
        reply = session.get(PAGE, org_id, "reply")
    if reply is not None:
        settings = reply.published.policy.model
        explanation.render(reply, frontline().recalibrations.of_settings(principal, org_id, settings))


def _ask(principal: Principal, org_id: str, question: str, *, bypass_cache: bool = False) -> None:
    session.drop(PAGE, org_id, "reply")
    try:
        with st.spinner("Looking for the answer. The first question after a start takes some seconds longer."):
            session.put(
                PAGE, org_id, "reply", frontline().answering.ask(principal, org_id, question, bypass_cache=bypass_cache)
            )
    except FrontlineError as error:
        notices.show(error)


def _again(org_id: str, reply: AskResult) -> bool:
    """Whether the person wants to know what the model says now, in place of a kept reply."""
    if reply.asked is None or not reply.asked.reused:
        return False
    key = session.key(PAGE, org_id, "again")
    return st.button("Ask the model again", icon=":material/refresh:", type="tertiary", key=key)


def _asked(org_id: str) -> str | None:
    """The question when it was sent just now; Enter sends it too."""
    with (
        st.form(session.key(PAGE, org_id, "form"), border=False),
        st.container(key="ask-line", horizontal=True, vertical_alignment="bottom"),
    ):
        question = st.text_input(
            "Question",
            key=session.key(PAGE, org_id, "question"),
            placeholder="For example: where is my order?",
            label_visibility="collapsed",
        )
        sent = st.form_submit_button("Ask", type="primary", icon=":material/send:")
    return question if sent else None

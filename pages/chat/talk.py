"""The talk that the address of the browser names, so that a reload goes on with it."""

import streamlit as st

from core.bootstrap import frontline
from core.chat.talk import Turn
from pages.chat.visit import PAGE, Visit
from pages.shell import session

TALK = "talk"
"""The address's parameter and the session's name of the talk's id."""


def messages(visit: Visit) -> tuple[Turn, ...]:
    """What was said so far; nothing in a new talk."""
    chat = frontline().chat
    for talk_id in dict.fromkeys((st.query_params.get(TALK), session.get(PAGE, visit.org_id, TALK))):
        if talk_id and (found := chat.messages(visit.org_id, talk_id, visit.whose)):
            _open(visit, talk_id)
            return found
    forget_here(visit)
    return ()


def add(visit: Visit, message: Turn) -> None:
    """Keep a message in the talk, which begins with its first one."""
    talk_id = session.get(PAGE, visit.org_id, TALK) or frontline().chat.begin()
    frontline().chat.said(visit.org_id, talk_id, visit.whose, message)
    _open(visit, talk_id)


def start_again(visit: Visit) -> None:
    """Forget the talk, here and on the server; for a button's callback."""
    if talk_id := session.get(PAGE, visit.org_id, TALK):
        frontline().chat.forget(visit.org_id, talk_id, visit.whose)
    forget_here(visit)


def forget_here(visit: Visit) -> None:
    """Let the next message begin a new talk."""
    session.drop(PAGE, visit.org_id, TALK)
    for name in ("result", "other"):
        session.drop(PAGE, visit.org_id, name)
    if TALK in st.query_params:
        del st.query_params[TALK]


def _open(visit: Visit, talk_id: str) -> None:
    session.put(PAGE, visit.org_id, TALK, talk_id)
    if st.query_params.get(TALK) != talk_id:
        st.query_params[TALK] = talk_id

"""The chat itself: head, talk and field, for signed-in people and for visitors without an account alike."""

from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import streamlit as st

from core.bootstrap import frontline
from core.chat.service import ChatLook
from core.chat.talk import Turn, presentable
from core.errors import FrontlineError, InvalidInput, StorageUnavailable
from core.identity.principal import Permission
from core.questions.text import whole
from pages.ask import tables
from pages.chat import bubbles, head, presenting, talk
from pages.chat.visit import PAGE, Visit
from pages.shell import notices, session

STYLE = Path(__file__).parent / "style.css"


def render(visit: Visit) -> None:
    """The whole page. Needs nothing but ``visit``, and shows nothing else of the org than its chat."""
    st.html(STYLE)
    question = _asked(visit)
    try:
        look = frontline().chat.public_look(visit.org_id)
        said = talk.messages(visit)
    except StorageUnavailable:
        session.put(PAGE, visit.org_id, "chosen", question)  # asked once the page can be drawn again
        raise
    head.render(visit, look, has_talk=bool(said) or question is not None)
    presenter = visit.presenter if presenting.is_open(visit) else None
    if presenter is None:
        _talk(visit, look, said, question)
        return
    compares = presenting.compares(visit)
    here, there = st.columns([1, 1.3] if compares else [3, 2], gap="large")  # as style.css has it
    with there, st.container(key="chat-panel"):
        presenting.choose(visit, presenter)
        panel = st.container(key="chat-compares" if compares else None)
    with here:
        said = _talk(visit, look, said, question)
    with panel:
        if question is not None:
            presenting.ask_beside(visit, presenter)
        presenting.render(visit, presenter, look, said)


def _talk(visit: Visit, look: ChatLook, said: tuple[Turn, ...], question: str | None) -> tuple[Turn, ...]:
    """The messages, and the reply to a question as soon as it is there; all that was said then."""
    with st.container(key="chat-talk"):
        place = st.empty()
        if said or question is not None:
            place.html(bubbles.talk(look, said, question and presentable(question)))
        else:
            place.html(bubbles.welcome(look, look.name or visit.org_name))
        if question is not None:
            said = (*said, _answered(visit, question))
            place.html(bubbles.talk(look, said))
        elif not said:
            _suggestions(visit, look)
            _nothing_live(visit)
    return said


def _asked(visit: Visit) -> str | None:
    """What the visitor wrote or chose just now; blanks say nothing, and get nothing.

    A message that was not taken stands in the field again, with the reason above it until the next one is sent.
    """
    refused: tuple[int, str] = session.get(PAGE, visit.org_id, "refused") or (0, "")
    with st.bottom:
        why = st.empty()
    # No max_chars: the field would not take a longer text that is pasted, and not say so.
    # A new key for each refusal: the browser fills the same field with the same text only once.
    field = _field(visit, refused[0])
    st.chat_input("Write a message", key=field, on_submit=_sent, args=(visit, field))
    question: str | None = session.get(PAGE, visit.org_id, "chosen")
    session.drop(PAGE, visit.org_id, "chosen")
    if question and question.strip():
        session.put(PAGE, visit.org_id, "refused", (refused[0], ""))
        return question
    if refused[1]:
        why.html(bubbles.refused(refused[1]))
    return None


def _sent(visit: Visit, field: str) -> None:
    """Remember a message as it comes, so that it is asked later where the page cannot be drawn now."""
    session.put(PAGE, visit.org_id, "chosen", session.widget(field))


def _field(visit: Visit, refused: int) -> str:
    return visit.key(f"input_{refused}")


def _answered(visit: Visit, question: str) -> Turn:
    try:
        reply = frontline().chat.reply(visit.org_id, question, visit.ask, visit.count)
    except FrontlineError as error:
        _give_back(visit, question, error)
    message = reply.message
    if reply.result is not None and visit.presenter is not None:
        message = replace(message, reasons=presenting.reasons(visit, visit.presenter, reply.result))
    session.put(PAGE, visit.org_id, "result", reply.result)
    talk.add(visit, message)
    return message


def _give_back(visit: Visit, question: str, error: FrontlineError) -> NoReturn:
    """Let the visitor have their text again, and read why it was not taken: nothing of it is part of the talk."""
    before: tuple[int, str] = session.get(PAGE, visit.org_id, "refused") or (0, "")
    count = before[0] + 1
    session.put(PAGE, visit.org_id, "refused", (count, _why(error)))
    session.set_widget(_field(visit, count), whole(question))
    st.rerun()


def _why(error: FrontlineError) -> str:
    """Why a message was not taken, for the visitor."""
    if isinstance(error, InvalidInput):
        return " ".join(f"Your message {problem.reason}" for problem in error.problems)
    return str(error)


def _suggestions(visit: Visit, look: ChatLook) -> None:
    with st.container(key="chat-suggestions", horizontal=True):
        for number, question in enumerate(look.suggestions):
            st.button(
                notices.plain(question),
                key=visit.key(f"suggestion_{number}"),
                on_click=session.put,
                args=(PAGE, visit.org_id, "chosen", question),
            )


def _nothing_live(visit: Visit) -> None:
    """Say to who shows the chat why there are no answers yet."""
    if visit.presenter and Permission.VIEW in visit.presenter.membership.permissions:
        tables.nothing_live(frontline().publishing.state(visit.presenter.principal, visit.org_id))

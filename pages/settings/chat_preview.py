"""The chat as it would look with what is entered, beside its fields."""

import html
from dataclasses import replace

import streamlit as st

from core.chat.service import ChatLook
from core.chat.settings import ChatSettings, logo_of
from core.chat.small_talk import SmallTalk
from core.chat.talk import Moment, Turn
from core.errors import InvalidInput
from pages.chat import body, bubbles

_SAMPLE = "Hi"


def render(entered: ChatSettings, picture: bytes | None, org_name: str) -> None:
    """Whose chat it is, the greeting, and a first message with its reply; ``picture`` is a logo chosen just now."""
    st.caption("Preview")
    st.html(body.STYLE)
    st.html(_html(_look(entered, picture), entered, org_name))


def _look(entered: ChatSettings, picture: bytes | None) -> ChatLook:
    look = ChatLook(
        name=entered.name,
        initials=entered.initials,
        logo=entered.logo,
        colour=entered.colour,
        greeting=entered.greeting,
        suggestions=(),
    )
    try:
        return replace(look, logo=logo_of(picture)) if picture else look
    except InvalidInput:  # saving says what is wrong with it
        return look


def _html(look: ChatLook, entered: ChatSettings, org_name: str) -> str:
    name = look.name or org_name
    reply = entered.replies[SmallTalk.GREETING]
    said = [Turn(question=_SAMPLE, moment=Moment.SMALL_TALK, text=reply.text)] if reply.is_on else []
    head = f"{bubbles.avatar(look, name)}<b>{html.escape(name)}</b>"
    return (
        f'<div class="chat-preview" style="{bubbles.colours(look.colour)}">'
        f'<div class="chat-preview-head">{head}</div>{bubbles.talk(look, said)}</div>'
    )

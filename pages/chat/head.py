"""The head of the chat: whose it is, and the quiet ways to begin anew and back to the dashboard."""

import streamlit as st

from core.chat.service import ChatLook
from pages.chat import bubbles, presenting, talk
from pages.chat.visit import Visit
from pages.shell import notices


def render(visit: Visit, look: ChatLook, *, has_talk: bool) -> None:
    """Logo or initials, the name, and what can be done."""
    name = look.name or visit.org_name
    with st.container(key="chat-head", horizontal=True, vertical_alignment="center"):
        st.html(
            f'<div class="frontline-chat" style="{bubbles.colours(look.colour)}">{bubbles.avatar(look, name)}</div>',
            width="content",
        )
        st.title(notices.plain(name), anchor=False)
        if visit.presenter is not None:
            st.button(
                "Hide the panel" if presenting.is_open(visit) else "Presenter",
                icon=":material/co_present:",
                type="tertiary",
                key=visit.key("panel_switch"),
                on_click=presenting.switch,
                args=(visit,),
            )
        if has_talk:
            st.button(
                "Start again",
                icon=":material/restart_alt:",
                type="tertiary",
                key=visit.key("restart"),
                on_click=talk.start_again,
                args=(visit,),
            )

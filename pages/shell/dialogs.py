"""The end of a dialog that asks whether something should be done."""

from collections.abc import Callable

import streamlit as st

from core.errors import FrontlineError
from pages.shell import notices, session


def choice(leave: str, go_on: str, act: Callable[[], str | None], close: Callable[[], None] = lambda: None) -> None:
    """A button that changes nothing, and one that does it: what ``act`` returns is said, a refusal is shown.

    ``close`` is called before the dialog goes, where the page remembers that it is open.
    """
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(leave):
            close()
            st.rerun()
        if not st.button(go_on, type="primary"):
            return
    try:
        said = act()
    except FrontlineError as error:
        notices.show(error)
        return
    close()
    if said:
        session.say(said)
    st.rerun()

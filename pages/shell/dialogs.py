"""Dialogs: that one is open, so that the page behind it is not drawn again; and how one that asks something ends."""

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import streamlit as st

from core.errors import FrontlineError
from pages.shell import notices, session

P = ParamSpec("P")
R = TypeVar("R")


def dialog(
    title: str,
    *,
    on_dismiss: Callable[[], None] = lambda: None,
    **look: Any,  # noqa: ANN401 - as st.dialog takes them
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """``st.dialog``, noted as open until the whole page is drawn the next time, as it is when the dialog is closed."""

    def noted(draw: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(draw)
        def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
            session.put("shell", "", "dialog_open", value=True)
            return draw(*args, **kwargs)

        return st.dialog(title, on_dismiss=on_dismiss, **look)(drawn)

    return noted


def none_yet() -> None:
    """Nothing is open: called where a run of the whole page begins."""
    session.drop("shell", "", "dialog_open")


def is_open() -> bool:
    """Whether a dialog stands above the page.

    What draws the page again by itself asks first: that would close the dialog, or lose what is being typed in it.
    """
    return session.get("shell", "", "dialog_open") is True


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

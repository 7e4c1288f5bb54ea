"""The open organisation in the page's address, so that links, reload, back and forward all keep it."""

import contextlib

import streamlit as st
from streamlit.errors import StreamlitAPIException

from pages.shell import session

ORG = "org"
"""The address's parameter and the session's key of the open org's id."""
_PICKED = session.key("shell", "", "picked")


def org_id(otherwise: str | None) -> str:
    """The org id that the address names; ``otherwise``, which then goes into the address, when it names none.

    Only the text of a bound widget keeps an id in the address through the page menu and the browser's history: a
    selectbox would write its option's name. So this is a text field that nobody sees, and the picker sets it.
    """
    wanted = session.widget(ORG) or otherwise
    if wanted and not st.query_params.get(ORG):
        with contextlib.suppress(StreamlitAPIException):  # the field was drawn before: then it writes its own value
            st.query_params[ORG] = wanted
        session.set_widget(ORG, wanted)
    with st.container(key="address"):
        found = st.text_input("Organisation id", key=ORG, bind="query-params", label_visibility="collapsed")
    return found or otherwise or ""


def choose(chosen: str) -> None:
    """Open another org; for widgets' callbacks."""
    session.set_widget(ORG, chosen)


def picker(open_org: str, names: dict[str, str]) -> None:
    """The menu of the person's orgs, ``names`` by id; the address decides what it shows."""
    session.set_widget(_PICKED, open_org)
    st.selectbox(
        "Organisation",
        list(names),
        format_func=names.__getitem__,
        key=_PICKED,
        on_change=lambda: choose(session.widget(_PICKED)),
    )

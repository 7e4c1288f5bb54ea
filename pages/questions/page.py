"""Questions & answers: the table that support leads edit, what comes in and goes out of it, and its history."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.identity.principal import Membership, Permission, Principal
from pages.questions import history, publish
from pages.questions.editor import selection, table
from pages.questions.entry import entry_link, entry_panel, new_entry
from pages.questions.health import health_view
from pages.questions.transfer import export, importing, training
from pages.shell import device, session

TABLE, HEALTH, IMPORT, HISTORY = "Table", "Health", "Import", "History"
VIEW = "view"
"""The name in the address of the view to open."""


def render(principal: Principal, membership: Membership) -> None:
    """The page for one org."""
    entry_link.follow(principal, membership.org_id)
    view_key = session.key(table.PAGE, membership.org_id, "view")
    session.seed(view_key, TABLE)
    views = (TABLE, HEALTH, IMPORT, HISTORY) if Permission.EDIT in membership.permissions else (TABLE, HEALTH, HISTORY)
    if (named := st.query_params.pop(VIEW, None)) in views:
        session.set_widget(view_key, named)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Questions & answers")
        view = st.segmented_control(
            "View",
            views,
            required=True,
            key=view_key,
            label_visibility="collapsed",
        )
    if view == HISTORY:
        history.render(principal, membership)
    elif view == HEALTH:
        health_view.render(principal, membership)
    elif view == IMPORT:
        importing.render(principal, membership)
    else:
        with st.container(horizontal=True, vertical_alignment="center"):
            # Each in a place of its own: where one gets or loses a part, the next would be seen twice for a moment.
            with _place():
                publish.line(principal, membership)
            st.space("stretch")
            if not device.is_phone():  # where the view above is way enough
                with _place():
                    health_view.line(principal, membership)
            _more(principal, membership)
        table.render(principal, membership)
        training.dialog(principal, membership)
        new_entry.dialog(membership)
    publish.dialog(principal, membership)
    entry_panel.dialog(principal, membership)


def _place() -> DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="center", width="content")


def _more(principal: Principal, membership: Membership) -> None:
    """What is needed seldom: files to take away, the way to an entry without a mouse, on a phone the selecting."""
    with st.popover("More", icon=":material/more_horiz:", type="tertiary"):
        export.render(principal, membership)
        training.button(membership)
        entry_panel.by_number(membership.org_id)
        if Permission.EDIT in membership.permissions and selection.is_put_away(membership.org_id):
            selection.switch(membership.org_id)

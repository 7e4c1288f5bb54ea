"""What visitors get: whether every save is live, and the way to publish those that wait."""

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Membership, Permission, Principal
from core.plurals import counted
from core.publishing.publication import LiveState
from pages.overview import number
from pages.questions import publish
from pages.shell import notices, page_links, session

_HOW = {True: "Each save is live at once", False: "Saves wait until somebody publishes them"}


def render(principal: Principal, membership: Membership) -> None:
    """Whether something waits, since when visitors get what they get, and for who may publish the button for it."""
    org_id = membership.org_id
    state = frontline().publishing.state(principal, org_id)
    number.render("What visitors get", _stands(state), "questions")
    since = f", of {notices.moment(state.live_at)}" if state.live and state.live_at else ""
    gets = f"Visitors get revision {state.live:,}{since}. " if state.live else ""
    st.caption(f"{gets}{_HOW[state.each_save_is_live]}.")
    if state.waiting > 0 and not state.each_save_is_live:
        _ways_on(membership, state)


def _stands(state: LiveState) -> str:
    if not state.live:
        return "No answers yet"
    if state.waiting > 0:
        return f":orange[{counted(state.waiting, 'save')} not live]"
    return "Up to date"


def _ways_on(membership: Membership, state: LiveState) -> None:
    org_id = membership.org_id
    with st.container(horizontal=True, vertical_alignment="center"):
        if Permission.PUBLISH in membership.permissions and st.button(
            "Publish…", type="primary", key=session.key("overview", org_id, "publish")
        ):
            publish.open_for(org_id, state.newest)
        label = "See the save that waits" if state.waiting == 1 else f"See the {state.waiting:,} saves that wait"
        page_links.link("questions", label, icon=":material/history:", query={"view": "History"})

"""What visitors get: the live revision, and the saves that wait."""

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from pages.overview import number
from pages.questions import publish
from pages.shell import page_links


def render(principal: Principal, org_id: str) -> None:
    """The live revision, and in words as above the table what waits."""
    state = frontline().publishing.state(principal, org_id)
    number.render("What visitors get", f"Revision {state.live}" if state.live else "No answers yet", "questions")
    st.caption(publish.in_words(state))
    if state.waiting > 0 and not state.each_save_is_live:
        label = "See the save that waits" if state.waiting == 1 else f"See the {state.waiting:,} saves that wait"
        page_links.link("questions", label, icon=":material/history:", query={"view": "History"})

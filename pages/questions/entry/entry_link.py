"""The address that leads to one entry of the table: it names the entry."""

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from pages.questions.entry import entry_opening
from pages.shell import session

PAGE = "questions"
ENTRY = "entry"
"""The name of the entry's number in the address."""


def follow(principal: Principal, org_id: str) -> None:
    """Find and open the entry that the address names, if it names one; before the table is drawn."""
    wanted = st.query_params.pop(ENTRY, None)
    if wanted is None:
        return
    entries = frontline().questions.table(principal, org_id).entries
    found = next((entry for entry in entries if str(entry.id) == wanted), None)
    if found is not None:
        session.set_widget(session.key(PAGE, org_id, "search"), found.question)
        entry_opening.open_for(org_id, found.id)

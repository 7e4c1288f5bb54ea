"""Who else has unsaved changes in this table just now."""

import streamlit as st

from core import moments
from core.bootstrap import frontline
from core.clock import now
from core.identity.principal import Principal
from pages.shell import notices

SHOWN = 3
"""So many people are named."""


def line(principal: Principal, org_id: str) -> None:
    """One line that names them, and nothing that they typed; nothing where there is nobody."""
    people = frontline().questions.others_editing(principal, org_id)
    if not people:
        return
    named = [f"{notices.plain(person.name or 'Somebody')} ({moments.ago(person.at, now())})" for person in people]
    rest = len(named) - SHOWN
    listed = [*named[:SHOWN], *([f"{rest} more"] if rest > 0 else [])]
    together = f"{', '.join(listed[:-1])} and {listed[-1]}" if len(listed) > 1 else listed[0]
    st.caption(f":material/group: {together} {'is' if len(named) == 1 else 'are'} editing this table too.")

"""Demo chat: the bot as a visitor meets it, on the whole screen, to show to others."""

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Membership, Permission, Principal
from pages.chat import body
from pages.chat.visit import Presenter, Visit
from pages.shell import notices


def render(principal: Principal, membership: Membership) -> None:
    """The chat of the open organisation for a signed-in person."""
    org_id = membership.org_id
    if Permission.ASK not in membership.permissions:
        st.info(f"Your role here ({notices.plain(membership.role)}) may not try questions.")
        return
    body.render(
        Visit(
            org_id=org_id,
            org_name=membership.org_name,
            whose=principal.user_id,
            ask=lambda question: frontline().answering.ask(principal, org_id, question),
            presenter=Presenter(principal=principal, membership=membership),
        )
    )

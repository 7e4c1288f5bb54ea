"""The key of an org's own model server: entered and removed here, and never shown again."""

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from pages.settings.form import Form
from pages.settings.unsaved_settings import PAGE
from pages.shell import dialogs, notices, session


def render(principal: Principal, form: Form) -> None:
    """The field for a key, and whether one is kept for the address that is entered.

    What is entered stays in this browser tab's session until it is saved or the person leaves the page.
    """
    org_id, address = form.org_id, form.entered["base_url"]
    stored = frontline().servers.has_key(principal, org_id, address)
    st.text_input(
        "Key",
        type="password",
        key=_field(org_id),
        persist_state="page",
        placeholder="Leave empty to keep the stored key" if stored else "Leave empty if the server asks for none",
        help="Kept sealed, for this address only. Nobody can read it here again, and no history shows it.",
    )
    if stored:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                f"A key is stored ({notices.plain(stored.author)}, {notices.moment(stored.at)})", width="content"
            )
            if st.button("Remove it", type="tertiary", key=session.key(PAGE, org_id, "remove_key")):
                _confirm_removal(principal, org_id, address)


def entered(form: Form) -> str:
    """The key that is entered now, whichever tab is open; "" when none is, or the chosen engine asks no own server."""
    if not (form.may_change and form.has_own_server):
        return ""
    return str(session.widget(_field(form.org_id)) or "").strip()


def new_visit(org_id: str) -> None:
    """Forget what was entered before the person left the page: a field that another tab hid would still hold it."""
    if session.get(PAGE, org_id, "key_visit") != session.visit():
        session.drop(PAGE, org_id, f"server_key_{_count(org_id)}")
        session.put(PAGE, org_id, "key_visit", session.visit())


def forget_entered(org_id: str) -> None:
    """Empty the field: a new one takes its place."""
    session.drop(PAGE, org_id, f"server_key_{_count(org_id)}")
    session.put(PAGE, org_id, "keys_entered", _count(org_id) + 1)


def _field(org_id: str) -> str:
    return session.key(PAGE, org_id, f"server_key_{_count(org_id)}")


def _count(org_id: str) -> int:
    return session.get(PAGE, org_id, "keys_entered") or 0


@dialogs.dialog("Remove the key?")
def _confirm_removal(principal: Principal, org_id: str, address: str) -> None:
    st.text(address)  # as Markdown it would be a link
    st.markdown(
        "Frontline forgets the key for this address at once. If the server asks for one, no question can be answered "
        "until somebody enters a key again."
    )

    def remove() -> str:
        frontline().servers.forget_key(principal, org_id, address)
        return "The key is removed"

    dialogs.choice("Keep the key", "Remove the key", remove)

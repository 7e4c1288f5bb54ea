"""What surrounds every page: its title, the banner, and the sidebar with organisation, pages and person."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from core.identity.principal import Membership, Principal
from pages.shell import session, sign_in

ORG = "org"
"""The address's parameter with the open org's id."""
_PICKER = session.key("shell", "", "picker")
_HERE = Path(__file__).parent


def begin() -> None:
    """The looks of the app, and the banner that stays on every page."""
    st.set_page_config(page_title="Frontline", page_icon=str(_HERE / "icon.svg"), layout="wide")
    st.html(_HERE / "style.css")
    st.html(f'<div class="frontline-banner" role="note">{sign_in.BANNER}</div>')


def title(page: str) -> None:
    """Name the browser's tab after the page."""
    st.set_page_config(page_title=f"{page} · Frontline")


def sidebar(membership: Membership, orgs: Sequence[Membership], menu: Sequence[Any]) -> None:
    """The organisation picker and the pages, whose links keep the organisation."""
    with st.sidebar:
        st.html('<div class="frontline-name">Frontline</div>')
        _picker(membership, orgs)
        for page in menu:
            st.page_link(page, query_params={ORG: membership.org_id}, width="stretch")


def sidebar_person(person: Principal, membership: Membership | None = None) -> None:
    """Who is signed in, in which role, and the way out."""
    with st.sidebar, st.container(key="person"):
        st.text(person.name)
        if membership:
            st.text(f"{membership.role} of {membership.org_name}")
        sign_in.sign_out_button()


def no_access(orgs: Sequence[Membership]) -> None:
    """The same words for an organisation of others and for one that does not exist."""
    st.title("No access")
    if not orgs:
        st.markdown("You do not belong to any organisation yet. Ask the owner of one to add you.")
        return
    st.markdown("You have no access to this organisation.")
    st.button("Go to your own organisations", type="primary", on_click=_open, args=(orgs[0].org_id,))


def _picker(membership: Membership, orgs: Sequence[Membership]) -> None:
    # The address decides, so that links, reload, back and forward all show what they name; the picker follows it.
    st.session_state[_PICKER] = membership.org_id
    names = _names(orgs)
    st.selectbox("Organisation", list(names), format_func=names.__getitem__, key=_PICKER, on_change=_open)


def _open(org_id: str | None = None) -> None:
    st.query_params[ORG] = org_id or st.session_state[_PICKER]


def _names(orgs: Sequence[Membership]) -> dict[str, str]:
    """A name for each org id; two of the same name are told apart by the beginning of their id."""
    count = Counter(org.org_name for org in orgs)
    return {
        org.org_id: org.org_name if count[org.org_name] == 1 else f"{org.org_name} ({org.org_id[:8]})" for org in orgs
    }

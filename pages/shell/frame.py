"""What surrounds every page: its title, the banner, and the sidebar with organisation and person."""

import html
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.identity.principal import Membership, Principal
from pages.shell import address, centre, notices, sign_in

_HERE = Path(__file__).parent
CLOSE_MENU = (_HERE / "close_menu.html").read_text("utf-8").strip()
"""A script that closes the menu where it covers the page."""
KEYS = (_HERE / "keys.html").read_text("utf-8").strip()
"""A script that hears Ctrl or ⌘ + S, and "/", wherever the cursor is."""
KEYS_THAT_SAVE = "Ctrl + S saves too, on a Mac ⌘ + S"
"""Said where a button saves."""
SCRIPTS = CLOSE_MENU + KEYS
"""Our own scripts on every page; the headers allow them by their hashes, so they never vary."""


def begin(*, demo: bool) -> None:
    """The looks of the app, and the banner that stays on every page with the demo sign-in."""
    st.set_page_config(page_title="Frontline", page_icon=str(_HERE / "icon.svg"), layout="wide")
    st.logo(_HERE / "logo.svg", size="large", icon_image=_HERE / "icon.svg")
    st.html(_HERE / "style.css")
    if demo:
        words = f'<span class="long">{sign_in.BANNER}</span><span class="short">{sign_in.BANNER_IN_SHORT}</span>'
        st.html(f'<div class="frontline-banner" role="note">{words}</div>')


def title(page: str) -> None:
    """Name the browser's tab after the page."""
    st.set_page_config(page_title=f"{page} · Frontline")


def scripts(page: str, org_id: str) -> None:
    """Close the menu of a narrow screen when another page or org was chosen, and hear the keys of this page.

    The browser runs the scripts again whenever the text around them is another: where page or org are.
    """
    with st.container(key="scripts"):
        here = f'<span data-page="{html.escape(page)}" data-org="{html.escape(org_id)}"></span>'
        st.html(here + SCRIPTS, unsafe_allow_javascript=True)


def sidebar(person: Principal, membership: Membership | None = None, orgs: Sequence[Membership] = ()) -> None:
    """The organisation picker, who is signed in and in which role, and the way out."""
    with st.sidebar:
        if membership:
            address.picker(membership.org_id, org_names(orgs))
        with st.container(key="person", gap="xxsmall"):
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.text(person.name, width="content")
                if membership:
                    st.caption(membership.role, width="content")
            sign_in.sign_out_button()


def no_access(person: Principal, orgs: Sequence[Membership]) -> None:
    """The same words for an organisation of others and for one that does not exist."""
    with centre.card():
        st.title("No access", anchor=False)
        if not orgs:
            st.markdown("You do not belong to any organisation yet. Ask the owner of one to add you.")
            return
        st.markdown("You have no access to this organisation.")
        st.caption(
            f"You are signed in as {notices.plain(person.name)}. To be let in, ask whoever gave you this link to add:"
        )
        st.code(person.email, language=None)
        own = notices.plain(orgs[0].org_name)
        st.button(f"Go to {own}", type="primary", on_click=address.choose, args=(orgs[0].org_id,))


def org_names(orgs: Sequence[Membership]) -> dict[str, str]:
    """A name for each org id; two of the same name are told apart by the beginning of their id."""
    count = Counter(org.org_name for org in orgs)
    return {
        org.org_id: org.org_name if count[org.org_name] == 1 else f"{org.org_name} ({org.org_id[:8]})" for org in orgs
    }

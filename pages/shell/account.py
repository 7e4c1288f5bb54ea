"""What people see of their PropelAuth account: signing in and out, and pages for who cannot be let in now."""

import streamlit as st

from core.bootstrap import frontline
from core.errors import CannotConfirm, FrontlineError
from core.identity.principal import Membership, Principal
from pages.shell import centre, gate, notices, session

LOOK_EVERY_SECONDS = 10.0
TRY_EVERY_SECONDS = 2.0


def sign_in() -> None:
    """The sign-in page. Afterwards the person sees the page of this address."""
    with centre.card():
        _card()


def _card() -> None:
    st.title("Welcome to Frontline", anchor=False)
    if st.user.get("is_logged_in"):
        st.warning(
            "Your sign-in has ended: it was signed out, is older than 12 hours, or your account is locked or disabled. "
            "Sign in again. If you come back here, ask an admin of your organisation.",
            icon=":material/lock:",
        )
    else:
        st.markdown("Your team keeps the bot's answers here. Sign in with your account to go on.")
    st.button("Sign in", type="primary", width="stretch", on_click=st.login)


def account_sign_out_button() -> None:
    """Signs the person out here, and ends all their sign-ins on the server."""
    st.button("Sign out", key="sign-out", on_click=_sign_out, width="stretch")


def no_org(person: Principal) -> None:
    """Tell a person who belongs to no organisation how to join or create one."""
    auth = frontline().settings.auth
    with centre.card(560):
        st.title("You are not in an organisation yet", anchor=False)
        st.markdown("**Join your team.** Give this address to an admin of it, and open the invitation that comes.")
        st.code(person.email, language=None)
        st.button("Check again", icon=":material/refresh:", type="primary", on_click=_ask_anew, args=(person,))
        if auth is not None:
            st.divider()
            st.markdown("**Create an organisation**, if your team has none yet.")
            st.link_button("Create an organisation", f"{auth.auth_url}/org", icon=":material/group_add:")


def not_now(error: CannotConfirm) -> None:
    """Say that access cannot be confirmed, and look again until it can."""
    with centre.card(560):
        st.title("One moment", anchor=False)
        notices.show(error)
        st.caption("This page tries again by itself. Changes that were kept as a draft are still there.")
        session.put("shell", "", "waiting", False)
        _try_again()
        account_sign_out_button()


@st.fragment(run_every=LOOK_EVERY_SECONDS)
def watch(person: Principal, membership: Membership) -> None:
    """End what an open page shows soon after the person may no longer see it, also when nobody touches the page."""
    try:
        still_here = gate.signed_in_person()
        found = still_here and frontline().directory.memberships(person.user_id).get(membership.org_id)
    except FrontlineError:
        return  # doubt shows nothing new: the next step of the person asks again, and is refused then
    if found != membership:
        st.rerun()


@st.fragment(run_every=TRY_EVERY_SECONDS)
def _try_again() -> None:
    if session.get("shell", "", "waiting"):
        st.rerun()
    session.put("shell", "", "waiting", True)


def _sign_out() -> None:
    frontline().sessions.sign_out(st.user.to_dict())
    st.logout()


def _ask_anew(person: Principal) -> None:
    frontline().directory.memberships(person.user_id, fresh=True)

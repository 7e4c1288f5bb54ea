"""The page for people who are not signed in, and the way out again; with the demo people when there is no other."""

import html
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode, urlsplit

import streamlit as st

from core.api.demo_sign_in import SIGN_IN, SIGN_OUT
from core.bootstrap import frontline
from core.identity.demo import DemoDirectory
from core.identity.principal import Membership, Permission, Principal
from pages.shell import account

BANNER = "Demo sign-in: anyone at this computer can act as anyone here. Keep real customer data out."
BANNER_IN_SHORT = "Demo: no real customer data"
"""For windows that are too narrow for all of it."""
_WIDTH = 920
"""Pixels of the demo people's cards, where the window has them."""
_CAN = {
    Permission.VIEW: "look",
    Permission.ASK: "ask",
    Permission.EDIT: "edit",
    Permission.PUBLISH: "publish",
    Permission.EVALUATE: "test",
    Permission.MANAGE: "change settings",
    Permission.SHARE: "share the chat",
}


def render() -> None:
    """The page for people who are not signed in; afterwards they see the page they asked for."""
    if frontline().settings.auth is None:
        _demo_people()
    else:
        account.sign_in()


def sign_out_button() -> None:
    """Signs the person out in every tab of this browser."""
    if frontline().settings.auth is None:
        st.html(form(SIGN_OUT, "Sign out", {"next": "/"}))
    else:
        account.account_sign_out_button()


def _demo_people() -> None:
    """The demo people as cards, each with what they may do and a button that leads back to the page asked for."""
    with st.container(horizontal_alignment="center"), st.container(width=_WIDTH):
        _cards()


def _cards() -> None:
    st.title("Welcome to Frontline", anchor=False)
    st.markdown("Choose who you want to be. You can change it at any time.")
    directory = DemoDirectory()
    for row in _pairs(directory.people):
        for column, person in zip(st.columns(2), row, strict=False):
            with column.container(
                border=True, height="stretch", vertical_alignment="distribute", key=f"person-card-{person.user_id}"
            ):
                with st.container(gap="xxsmall"):
                    st.header(person.name, anchor=False)
                    for role, can in abilities(directory.memberships(person.user_id).values()):
                        st.markdown(f"**{can}**")
                        st.caption(role)
                fields = {"person": person.user_id, "next": _here()}
                is_first = person == directory.people[0]
                st.html(form(SIGN_IN, f"Continue as {person.name}", fields, is_primary=is_first))


def abilities(memberships: Iterable[Membership]) -> list[tuple[str, str]]:
    """Each role with where a person has it, and what they can do there: "Member of A and B", "Can look and ask"."""
    by_role: dict[str, list[Membership]] = {}
    for membership in sorted(memberships, key=lambda one: one.org_name.casefold()):  # as in the list of organisations
        by_role.setdefault(membership.role, []).append(membership)
    return [
        (f"{role} of {_listed([m.org_name for m in found])}", f"Can {_can(found[0].permissions)}")
        for role, found in by_role.items()
    ]


def form(action: str, label: str, fields: Mapping[str, str], *, is_primary: bool = False) -> str:
    """A button that sends ``fields`` to one of Frontline's own routes, in this browser tab; a primary one stands out.

    Streamlit's own buttons reach only the script, which cannot set a cookie, and its links open another tab.
    """
    hidden = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in fields.items()
    )
    primary = ' class="primary"' if is_primary else ""
    return (
        f'<form class="frontline-form" method="post" action="{html.escape(action)}">{hidden}'
        f'<button type="submit"{primary}>{html.escape(label)}</button></form>'
    )


def _here() -> str:
    """The path and query of this page, to come back to."""
    path = urlsplit(st.context.url or "").path or "/"
    query = urlencode([(name, value) for name in st.query_params for value in st.query_params.get_all(name)])
    return f"{path}?{query}" if query else path


def _can(permissions: frozenset[Permission]) -> str:
    if permissions >= frozenset(Permission):
        return "do everything"
    return _listed([words for permission, words in _CAN.items() if permission in permissions])


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _pairs(people: tuple[Principal, ...]) -> list[tuple[Principal, ...]]:
    return [people[i : i + 2] for i in range(0, len(people), 2)]

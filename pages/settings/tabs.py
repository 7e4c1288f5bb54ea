"""The tabs of the Settings page: which one is open, also in the address, and which hold what is not saved yet."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum

import streamlit as st

from pages.settings.unsaved_settings import PAGE
from pages.shell import session

SHOWN = "show"
"""The name of the open tab in the address, as in ``/settings?show=limits``."""
_FORMER_NAMES = {"sharing": "chat"}
"""Links that people kept still lead where it is now."""
_UNSAVED = " ●"


class SettingsTab(StrEnum):
    """A tab; the value is its name in the address."""

    ANSWERS = "answers"
    CHAT = "chat"
    ENGINE = "engine"
    LIMITS = "limits"
    ACTIVITY = "activity"


FIELDS: Mapping[SettingsTab, frozenset[str]] = {
    SettingsTab.ANSWERS: frozenset({"fallback", "strictness", "promise"}),
    SettingsTab.ENGINE: frozenset(
        {"engine", "base_url", "key", "model", "style", "company", "description", "negatives", "examples"}
    ),
    SettingsTab.LIMITS: frozenset({"min_confidence", "shortlist", "calls_in_flight", "usd_a_month", "tokens_a_month"}),
}
"""Where each setting is entered. What the other tabs change is kept at once, or in a dialog."""


def opened(org_id: str, tabs: Sequence[SettingsTab]) -> SettingsTab:
    """The tab that the address names, or where it names none the one that was open last; before it is drawn."""
    key, named = _key(org_id), st.query_params.get(SHOWN)
    named = _FORMER_NAMES.get(named or "", named)
    before: tuple[int, str | None] | None = session.get(PAGE, org_id, "tab_in_address")
    just_came = before is None or before[0] != session.visit()
    if named is not None and named in tabs:
        if just_came or (before and before[1] != named):  # a link, or the browser's way back
            session.set_widget(key, SettingsTab(named))
    elif not just_came and before and before[1] is not None:
        session.set_widget(key, tabs[0])  # back to the address as it was at first
    if session.widget(key) not in tabs:
        session.set_widget(key, tabs[0])
    return SettingsTab(session.widget(key))


def choice(org_id: str, tabs: Sequence[SettingsTab], unsaved: Collection[str]) -> None:
    """The tabs to choose from, with a mark at those that hold one of the fields ``unsaved``."""
    st.segmented_control(
        "Settings",
        tabs,
        required=True,
        format_func=lambda tab: tab.capitalize() + (_UNSAVED if FIELDS.get(tab, frozenset()) & set(unsaved) else ""),
        key=_key(org_id),
        label_visibility="collapsed",
        persist_state="session",
    )


def into_address(org_id: str, tab: SettingsTab, tabs: Sequence[SettingsTab]) -> None:
    """Name the open tab in the address, so that a reload and links keep it; the first one needs no name."""
    wanted = tab.value if tab is not tabs[0] else None
    if wanted is None:
        st.query_params.pop(SHOWN, None)
    elif st.query_params.get(SHOWN) != wanted:
        st.query_params[SHOWN] = wanted
    session.put(PAGE, org_id, "tab_in_address", (session.visit(), wanted))


def _key(org_id: str) -> str:
    return session.key(PAGE, org_id, "tab")

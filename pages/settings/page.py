"""Settings in tabs: what visitors get, how the chat looks, which engine decides, what it may cost, what people did."""

from collections.abc import Mapping
from typing import Literal

import streamlit as st

from core.identity.principal import Membership, Permission, Principal
from pages.settings import (
    activity,
    answers,
    chat,
    check,
    conflict,
    consequences,
    engine,
    limits,
    links,
    promise,
    prompt,
    publishing,
    saving,
    server_key,
    sharing,
    tabs,
)
from pages.settings.form import Form
from pages.settings.tabs import SettingsTab
from pages.settings.unsaved_settings import PAGE, keep_draft, opened, show_newer
from pages.shell import notices, session

WIDTH = 900
"""Pixels: as much as a window of 1280 has. Longer lines are hard to read."""
_WIDTHS: Mapping[SettingsTab, int | Literal["stretch"]] = {SettingsTab.CHAT: 1040, SettingsTab.ACTIVITY: "stretch"}
"""Where a preview stands beside the fields, and where a table is."""


def render(principal: Principal, membership: Membership) -> None:
    """The settings of one org: to change for owners, to read for the others."""
    org_id = membership.org_id
    may_change = Permission.MANAGE in membership.permissions
    may_read = {*tabs.FIELDS, *([SettingsTab.CHAT] if Permission.SHARE in membership.permissions else [])}
    offered = tuple(tab for tab in SettingsTab if may_change or tab in may_read)
    sheet = opened(principal, org_id, may_change=may_change)
    server_key.new_visit(org_id)
    form = Form(sheet, may_change)
    key = server_key.entered(form)
    tab = tabs.opened(org_id, offered)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Settings", anchor=False)
        tabs.choice(org_id, offered, [*form.unsaved, *(["key"] if key else [])])
    tabs.into_address(org_id, tab, offered)
    with st.container(width=WIDTH):
        if conflict.shown(principal, sheet):
            return
        _said_first(membership, form)
    with st.container(width=_WIDTHS.get(tab, WIDTH), gap="medium"):
        _tab(tab, principal, membership, form, key)
    if form.may_change:
        keep_draft(principal, sheet, form.policy)
        is_empty = tab is SettingsTab.LIMITS and not (form.asks_a_server or form.unsaved or key)
        if tab in tabs.FIELDS and not is_empty:  # the other tabs have buttons of their own; dots say what waits
            saving.bar(principal, form, key)
    if not (form.may_change and (form.unsaved or key)):
        show_newer(principal, sheet)


def _said_first(membership: Membership, form: Form) -> None:
    if not form.may_change:
        role = notices.plain(membership.role)
        st.info(f"Your role here ({role}) may read the settings. An owner can change them.")
    if drafted := session.get(PAGE, membership.org_id, "draft_from"):
        st.caption(f":material/history: Your unsaved settings of {notices.moment(drafted)} are back.")


def _tab(tab: SettingsTab, principal: Principal, membership: Membership, form: Form, key: str) -> None:
    """The open tab."""
    match tab:
        case SettingsTab.ANSWERS:
            with st.container():
                answers.render(form)
                told = consequences.render(principal, form)
                promise.render(principal, form)
            check.render(principal, membership, form, key, when_asked=told and form.unsaved == ["strictness"])
            publishing.render(principal, membership)
        case SettingsTab.ENGINE:
            with st.container():
                engine.render(principal, form)
            if form.asks_a_server:
                with st.container():
                    prompt.render(principal, form)
            _warnings(tab, principal, membership, form, key)
            sharing.render(principal, membership)
        case SettingsTab.LIMITS:
            with st.container():
                limits.render(principal, form)
            _warnings(tab, principal, membership, form, key)
        case SettingsTab.CHAT:
            chat.render(principal, membership)
            links.render(principal, membership)
        case SettingsTab.ACTIVITY:
            activity.render(principal, membership)


def _warnings(tab: SettingsTab, principal: Principal, membership: Membership, form: Form, key: str) -> None:
    """What the changes of this tab do: those of another one are told there."""
    promise.warn(principal, form)
    if not tabs.FIELDS[tab].isdisjoint(form.unsaved):
        check.render(principal, membership, form, key)

"""Settings: what visitors read when a person takes over, which engine decides, how it is asked, what it may cost."""

import streamlit as st

from core.identity.principal import Membership, Permission, Principal
from pages.settings import (
    activity,
    answers,
    check,
    conflict,
    engine,
    limits,
    promise,
    prompt,
    publishing,
    saving,
    sharing,
)
from pages.settings.form import Form
from pages.settings.unsaved_settings import PAGE, keep_draft, opened, show_newer
from pages.shell import notices, session

WIDTH = 800
"""Pixels. Longer lines are hard to read."""


def render(principal: Principal, membership: Membership) -> None:
    """The settings of one org: to change for owners, to read for the others."""
    st.title("Settings", anchor=False)
    may_change = Permission.MANAGE in membership.permissions
    sheet = opened(principal, membership.org_id, may_change=may_change)
    with st.container(width=WIDTH):
        if conflict.shown(principal, sheet):
            return
    form = Form(sheet=sheet, may_change=may_change)
    if not form.may_change:
        role = notices.plain(membership.role)
        st.info(f"Your role here ({role}) may read the settings. An owner can change them.")
    if drafted := session.get(PAGE, membership.org_id, "draft_from"):
        st.info(f"Your unsaved settings of {notices.moment(drafted)} are back.", icon=":material/history:")
    with st.container(width=WIDTH, gap="medium"):
        key = _sections(principal, membership, form)
        st.caption("Each save is a revision in the history of the questions and answers, and can be restored there.")
        publishing.render(principal, membership)
        sharing.render(principal, membership)
        activity.render(principal, membership)
    if form.may_change:
        keep_draft(principal, sheet, form.policy)
        saving.bar(principal, form, key)
    if not (form.may_change and (form.unsaved or key)):
        show_newer(principal, sheet)


def _sections(principal: Principal, membership: Membership, form: Form) -> str:
    """Every section that the chosen engine has; returns the key that was entered."""
    with st.container():
        answers.render(form)
        promised = st.container()
    with st.container():
        key = engine.render(principal, form)
    if engine.asks_a_server(form):
        with st.container():
            prompt.render(principal, form)
        with st.container():
            limits.render(principal, form)
    with promised:  # last, since what stands below decides too
        promise.render(principal, form)
        check.render(principal, membership, form, key)
    return key

"""What the settings that are not saved yet would do to the test questions, before anybody saves them."""

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Membership, Permission, Principal
from core.plurals import counted
from core.publishing.check_words import in_short, tally
from core.publishing.flips import CheckResult
from core.questions.policy_checks import policy_problems
from pages.questions import check_view
from pages.questions.editor.unsaved_check import LIVE_UP_TO
from pages.settings.form import Form
from pages.settings.unsaved_settings import PAGE
from pages.shell import notices, session

WITHOUT_CONSEQUENCES = {"fallback", "promise", "calls_in_flight", "usd_a_month", "tokens_a_month"}
"""Fields that change no decision."""


def render(principal: Principal, membership: Membership, form: Form, key: str, *, when_asked: bool = False) -> None:
    """The consequences, at each change with the built-in engine; nothing where there are no test questions.

    ``key`` of a model server that is entered and not saved yet cannot be used before it is. ``when_asked``: only once
    somebody presses the button, because an evaluation tells it already.
    """
    may = form.may_change and Permission.EVALUATE in membership.permissions
    if not may or key or not (set(form.unsaved) - WITHOUT_CONSEQUENCES) or policy_problems(form.policy):
        return
    if not frontline().checks.count(principal, form.org_id):
        return
    with notices.shown():
        if found := _checked(principal, form, when_asked=when_asked):
            _shown(principal, form, found)


def _checked(principal: Principal, form: Form, *, when_asked: bool) -> CheckResult | None:
    """The check of what is entered now; None where somebody has to say first that it may be made."""
    checks, org_id = frontline().checks, form.org_id
    asked_on = (form.sheet.revision, form.policy)
    if (made := session.get(PAGE, org_id, "check")) and made[0] == asked_on:
        kept: CheckResult = made[1]
        return kept
    count, button = checks.count(principal, org_id), session.key(PAGE, org_id, "check_begin")
    effort = checks.effort_of_settings(principal, org_id, *asked_on)
    if effort:
        if not check_view.agreed(effort, button):
            return None
    elif (when_asked or count > LIVE_UP_TO) and not st.button(
        f"Check with {counted(count, 'test question')}", key=button
    ):
        return None
    with st.spinner("Asking the test questions…"):
        result = checks.of_settings(principal, org_id, *asked_on)
    session.put(PAGE, org_id, "check", (asked_on, result))
    return result


def _shown(principal: Principal, form: Form, found: CheckResult) -> None:
    if found.after.of:
        st.markdown(
            f"On your {counted(found.after.of, 'labelled test question')}: **{tally(found.after)}**. "
            f"As it is saved: {tally(found.before)}."
        )
    icon = ":material/warning:" if found.broken else ":material/rule:"
    with st.expander(f"What this does to the test questions: {in_short(found)}", icon=icon):
        entries = frontline().questions.table(principal, form.org_id, form.sheet.revision).entries
        by_id = {entry.id: entry for entry in entries}
        check_view.render(found, by_id, by_id)

"""The bar that says what is not saved yet, and saves all of it with one press."""

import contextlib
from collections.abc import Sequence

import streamlit as st

from core.bootstrap import frontline
from core.engines.language.server import wrong_key
from core.errors import FrontlineError, InvalidInput, Problem
from core.identity.principal import Principal
from core.questions.policy_checks import policy_problems
from core.questions.policy_fields import in_a_sentence, listed
from core.questions.revisions import Revision, SettingsConflict
from pages.settings import connection, server_key
from pages.settings.form import Form
from pages.settings.unsaved_settings import PAGE, put_away
from pages.shell import dialogs, frame, notices, session


def bar(principal: Principal, form: Form, key: str) -> None:
    """What is not saved yet, a note, and the buttons; in view on each tab with settings, so that Save is never looked
    for."""
    unsaved = [in_a_sentence(name) for name in form.unsaved] + (["key"] if key else [])
    with st.bottom:
        problems = st.container()
        if trouble := session.get(PAGE, form.org_id, "trouble"):
            with problems:
                notices.problems(trouble, "The settings are saved, but the key is not:")
        with st.container(key="save-bar", horizontal=True, vertical_alignment="center"):
            if unsaved:
                st.markdown(f"**Not saved yet:** {listed(unsaved)}", width="content")
            else:
                st.markdown("All saved", width="stretch")
            note = _note(form) if unsaved else ""
            if unsaved and st.button("Discard", key=session.key(PAGE, form.org_id, "discard")):
                _confirm_discard(form, unsaved)
            pressed = st.button(  # never disabled: that is known only after the press of who typed just before it
                "Save",
                type="primary" if unsaved else "secondary",
                key=session.key(PAGE, form.org_id, "save"),
                help="Each save is a revision in the history of *Questions & answers*, and can be restored there. "
                f"{frame.KEYS_THAT_SAVE}.",
            )
        anyway = session.get(PAGE, form.org_id, "save_anyway") is True
        session.drop(PAGE, form.org_id, "save_anyway")
        if pressed or anyway:
            with problems:
                _save(principal, form, key, note, anyway=anyway)


def _note(form: Form) -> str:
    return st.text_input(
        "Note",
        key=form.sheet.key("note"),
        placeholder="What changed and why (optional)",
        label_visibility="collapsed",
    )


@dialogs.dialog("Discard your changes?")
def _confirm_discard(form: Form, unsaved: Sequence[str]) -> None:
    st.write(f"What you entered will be lost: {', '.join(unsaved)}. The saved settings stay as they are.")

    def discard() -> None:
        put_away(form.sheet)
        server_key.forget_entered(form.org_id)

    dialogs.choice("Keep editing", "Discard", discard)


@dialogs.dialog("This server did not answer. Save anyway?")
def _ask_first(org_id: str, reason: str) -> None:
    st.markdown(notices.plain(reason))
    st.markdown(
        "Until it answers, visitors read the text for when a person takes over, and each call counts as a failure."
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep editing"):
            st.rerun()
        go_on = (PAGE, org_id, "save_anyway", True)
        if st.button("Save anyway", type="primary", on_click=session.put, args=go_on):
            st.rerun()


def _save(principal: Principal, form: Form, key: str, note: str, *, anyway: bool) -> None:
    """Save the settings; those of a server that does not answer only after the person was asked, or ``anyway``."""
    found = policy_problems(form.policy)
    if reason := wrong_key(key):
        problem = Problem(row="Settings", field="Key", reason=reason)
        notices.problems([*found, problem], "Nothing was saved:")
        return
    trouble = ""
    if not (found or anyway):
        with contextlib.suppress(FrontlineError):  # the fields are wrong, or may not be changed: saving says so
            trouble = connection.trouble(principal, form, key)
    if trouble:
        _ask_first(form.org_id, trouble)
    else:
        _keep(principal, form, key, note)


def _keep(principal: Principal, form: Form, key: str, note: str) -> None:
    """Save the settings, then the key: never a key for settings that were refused."""
    policy = form.policy
    try:
        revision = frontline().questions.save_settings(
            principal, form.org_id, base_revision=form.sheet.revision, policy=policy, note=note
        )
    except InvalidInput as error:
        notices.problems(error.problems, "Nothing was saved:")
    except SettingsConflict as conflict:
        session.put(PAGE, form.org_id, "conflict", (conflict, policy))
        st.rerun()
    except FrontlineError as error:
        notices.show(error)
    else:
        put_away(form.sheet)
        _keep_key(principal, form.org_id, policy.model.base_url, key)
        session.say(_saved(revision, with_key=bool(key)))
        st.rerun()


def _keep_key(principal: Principal, org_id: str, address: str, key: str) -> None:
    if not key:
        return
    try:
        frontline().servers.keep_key(principal, org_id, address, key)
    except InvalidInput as error:
        session.put(PAGE, org_id, "trouble", error.problems)
    except FrontlineError as error:
        session.put(PAGE, org_id, "trouble", [Problem(row="Settings", field="Key", reason=str(error))])
    else:
        server_key.forget_entered(org_id)


def _saved(revision: Revision | None, *, with_key: bool) -> str:
    if revision:
        return f"Saved as revision {revision.number}"
    return "The key is saved" if with_key else "Nothing to save: the settings are the same already"

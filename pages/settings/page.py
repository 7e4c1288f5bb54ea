"""Settings: what visitors read when a person takes over, and how careful the bot is."""

import streamlit as st

from core.bootstrap import frontline
from core.errors import FrontlineError, InvalidInput
from core.identity.principal import Membership, Permission, Principal
from core.questions.checks import FALLBACK_LIMIT
from core.questions.entry import Policy
from core.questions.revisions import SettingsConflict, Snapshot
from pages.settings.careful import CAREFUL, careful
from pages.shell import notices, session

PAGE = "settings"


def render(principal: Principal, membership: Membership) -> None:
    """The settings of one org: to change for owners, to read for the others."""
    st.title("Settings")
    opened = _opened(principal, membership.org_id)
    may_change = Permission.MANAGE in membership.permissions
    if not may_change:
        st.info(f"Your role here ({membership.role}) may read the settings. An owner can change them.")
    with st.form(session.key(PAGE, membership.org_id, f"form_{opened.revision}"), enter_to_submit=False):
        policy = _fields(membership.org_id, opened, disabled=not may_change)
        pressed = st.form_submit_button("Save", type="primary", disabled=not may_change)
    st.caption("Each change is a revision in the history of the questions and answers, and can be restored there.")
    if pressed and may_change:
        _save(principal, membership.org_id, opened, policy)


def _opened(principal: Principal, org_id: str) -> Snapshot:
    """The settings as they stood when this person opened them: a save has to say what it was made on."""
    opened: Snapshot | None = session.get(PAGE, org_id, "opened")
    if opened is None:
        opened = frontline().questions.table(principal, org_id)
        session.put(PAGE, org_id, "opened", opened)
    return opened


def _fields(org_id: str, opened: Snapshot, *, disabled: bool) -> Policy:
    policy = opened.policy
    fallback = st.text_area(
        "What visitors read when a person takes over",
        value=policy.fallback,
        key=session.key(PAGE, org_id, f"fallback_{opened.revision}"),
        help=f"Visitors get this text word for word. At most {FALLBACK_LIMIT} characters.",
        disabled=disabled,
    )
    options = sorted({*CAREFUL, policy.strictness})
    strictness = st.select_slider(
        "How careful the bot is",
        options,
        value=policy.strictness,
        format_func=careful,
        key=session.key(PAGE, org_id, f"strictness_{opened.revision}"),
        help="More careful: fewer wrong answers, more questions for your people. An evaluation shows how many.",
        disabled=disabled,
    )
    return Policy(fallback=fallback, strictness=strictness)


def _save(principal: Principal, org_id: str, opened: Snapshot, policy: Policy) -> None:
    try:
        revision = frontline().questions.save_settings(principal, org_id, base_revision=opened.revision, policy=policy)
    except InvalidInput as error:
        notices.problems(error.problems, "Nothing was saved:")
    except SettingsConflict as conflict:
        notices.show(conflict)
        st.text(f"Now: {conflict.current.fallback}")
        st.text(f"Yours: {policy.fallback}")
        st.button("Show the newest settings", on_click=session.drop, args=(PAGE, org_id, "opened"))
    except FrontlineError as error:
        notices.show(error)
    else:
        session.say(
            f"Saved as revision {revision.number}" if revision else "Nothing to save: the settings are so already"
        )
        session.drop(PAGE, org_id, "opened")
        st.rerun()

"""The line that says what visitors get, and the way to publish what waits."""

from typing import Literal

import streamlit as st

from core.bootstrap import frontline
from core.errors import FrontlineError
from core.identity.principal import Membership, Permission, Principal
from core.plurals import counted
from core.publishing.check import CheckNeeded
from core.publishing.flips import CheckResult
from core.publishing.publication import LiveState
from pages.questions import differences, saved_check
from pages.questions.editor import unsaved
from pages.shell import dialogs, notices, session

PAGE = "questions"


def line(principal: Principal, membership: Membership) -> None:
    """What visitors get, how many saves wait, and the button that publishes them; in a row of the page."""
    org_id = membership.org_id
    state = frontline().publishing.state(principal, org_id)
    if state.each_save_is_live or state.newest == state.live:
        st.caption(_gets(state), width="content", help=_since(state))
        return
    may_publish = Permission.PUBLISH in membership.permissions
    who = "" if may_publish else " An admin or owner can publish them."
    st.badge(f"{counted(state.waiting, 'save')} not published", color="orange", help=f"{in_words(state)}.{who}")
    # What is not saved is saved first: then "Save" is the green button, and there is one.
    weight: Literal["primary", "secondary"] = "secondary" if unsaved.here(org_id) else "primary"
    if may_publish and st.button("Publish…", type=weight, key=session.key(PAGE, org_id, "publish")):
        open_for(org_id, state.newest)


def _gets(state: LiveState) -> str:
    if not state.live:
        return in_words(state)
    how = "each save is live at once" if state.each_save_is_live else "all is published"
    return f"Visitors get revision {state.live} · {how}"


def _since(state: LiveState) -> str | None:
    return f"Since {notices.moment(state.live_at)}" if state.live and state.live_at else None


def dialog(principal: Principal, membership: Membership) -> None:
    """What becomes different for visitors, and the last word; where somebody asked for it."""
    org_id = membership.org_id
    wanted: int | None = session.get(PAGE, org_id, "publishing")
    if wanted is None:
        return
    state = frontline().publishing.state(principal, org_id)
    if not state.each_save_is_live:
        dialogs.dialog(f"Publish revision {wanted}", width="large", on_dismiss=lambda: close(org_id))(_dialog)(
            principal, membership, state, wanted
        )


def in_words(state: LiveState) -> str:
    """The line, e.g. "Visitors get revision 12, of 3 Nov 2026, 14:05 UTC · 3 saves are waiting"."""
    if not state.live:
        gets = "Visitors get no answers yet: nothing is published"
    else:
        of = f", of {notices.moment(state.live_at)}" if state.live_at else ""
        gets = f"Visitors get revision {state.live}{of}"
    if not state.newest:
        begin = "what you save is live at once" if state.each_save_is_live else "save the first ones, then publish them"
        return f"Visitors get no answers yet: {begin}"
    if state.each_save_is_live:
        return f"{gets} · each save is live at once"
    if state.waiting > 0:
        return f"{gets} · {counted(state.waiting, 'save')} {'is' if state.waiting == 1 else 'are'} waiting"
    return f"{gets} · nothing is waiting"


def open_for(org_id: str, revision: int) -> None:
    """Open the dialog for this revision."""
    session.put(PAGE, org_id, "publishing", revision)


def close(org_id: str) -> None:
    """Forget what was about to be published."""
    session.drop(PAGE, org_id, "publishing")
    saved_check.forget(org_id)


def _dialog(principal: Principal, membership: Membership, state: LiveState, revision: int) -> None:
    org_id = membership.org_id
    may_check = Permission.EVALUATE in membership.permissions
    checked = saved_check.render(principal, org_id, state.live, revision) if may_check else None
    reason, pressed = _last_word(org_id, revision, _why(state, checked))
    if pressed:
        _publish(principal, org_id, state, revision, reason)
    found = differences.between(principal, org_id, state.live, revision)
    now = f"Visitors get revision {state.live} now" if state.live else "Visitors get no answers yet"
    st.markdown(f"{now}. This is what becomes different for them:")
    differences.render(found)


def _last_word(org_id: str, revision: int, why: str) -> tuple[str, bool]:
    """The reason, and the two ways out, above the long list; whether it is to be published."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="right"):
        reason = st.text_input(
            "Why (kept with the publication)",
            key=session.key(PAGE, org_id, f"publish_reason_{revision}"),
            placeholder=why,
            label_visibility="collapsed",
        )
        if st.button("Not now", key=session.key(PAGE, org_id, "publish_cancel")):
            close(org_id)
            st.rerun()
        return reason, st.button("Publish", type="primary", key=session.key(PAGE, org_id, "publish_now"))


def _why(state: LiveState, checked: CheckResult | None) -> str:
    """Whether a reason has to be given, as far as the check tells; said above the field too where it has to be."""
    optional = "Why (optional)"
    if state.rules.max_broken is None:
        return optional
    if checked is None:
        return "Why (needed if too many test questions break)"
    if not state.rules.need_a_reason(broken=len(checked.broken), failed=checked.failed):
        return optional
    found = [f"{counted(len(checked.broken), 'test question')} broken"] if checked.broken else []
    found += [f"{counted(checked.failed, 'test question')} not checked"] if checked.failed else []
    st.warning(f"Write why you publish it all the same: {', '.join(found)}.", icon=":material/edit_note:")
    return "Why (needed to publish this)"


def _publish(principal: Principal, org_id: str, state: LiveState, revision: int, reason: str) -> None:
    try:
        with st.spinner("Checking and publishing…"):
            frontline().publishing.publish(principal, org_id, revision=revision, live=state.live, reason=reason)
    except FrontlineError as error:
        if isinstance(error, CheckNeeded):  # the one that is shown was asked on something else: offer another
            saved_check.forget(org_id)
        notices.show(error)
        return
    close(org_id)
    session.say(f"Visitors get revision {revision} now")
    st.rerun()

"""Settings: whether each save is live at once, and what is checked before somebody publishes.

Both are changed in a dialog of their own: the page shows what holds, so nothing here ever waits for the page's *Save*.
"""

from collections.abc import Mapping

import streamlit as st

from core.bootstrap import frontline
from core.datasets.dataset import Dataset
from core.identity.principal import Membership, Permission, Principal
from core.plurals import counted
from core.publishing.publication import MOST_BROKEN, LiveState, PublishingRules
from pages.shell import dialogs, notices, session

PAGE = "settings"
AT_ONCE, BY_HAND = "Each save is live at once", "Saves wait until somebody publishes them"


def render(principal: Principal, membership: Membership) -> None:
    """How publishing works here; changed by owners, each change at once."""
    org_id = membership.org_id
    state = frontline().publishing.state(principal, org_id)
    with st.container():
        st.header("Publishing", anchor=False)
        now = f"{AT_ONCE if state.each_save_is_live else BY_HAND}."
        if Permission.MANAGE not in membership.permissions:
            st.markdown(now)
            return
        datasets = {one.dataset_id: one for one in frontline().datasets.listed(principal, org_id)}
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            with st.container(gap="xxsmall"):
                st.markdown(f"**{now}**")
                st.caption(_rules_in_words(state, datasets))
            label = "Let saves wait…" if state.each_save_is_live else "Make each save live at once…"
            if st.button(label, key=session.key(PAGE, org_id, "publishing_switch")):
                session.put(PAGE, org_id, "publishing_open", "switch")
            has_rules = datasets or not state.each_save_is_live  # else there is nothing to choose
            if has_rules and st.button("Change the check…", key=session.key(PAGE, org_id, "publishing_rules")):
                session.put(PAGE, org_id, "publishing_open", "rules")
        _dialog(principal, org_id, state, datasets)


def _dialog(principal: Principal, org_id: str, state: LiveState, datasets: Mapping[str, Dataset]) -> None:
    """The dialog that is open; it stays when the page is drawn again."""
    which = session.get(PAGE, org_id, "publishing_open")
    if which == "switch":
        title = "Change when visitors get a save?"
        dialogs.dialog(title, on_dismiss=lambda: _close(org_id))(_confirm_switch)(principal, org_id, state)
    elif which == "rules":
        title = "What is checked before publishing"
        dialogs.dialog(title, on_dismiss=lambda: _close(org_id))(_change_rules)(principal, org_id, state, datasets)


def _close(org_id: str) -> None:
    session.drop(PAGE, org_id, "publishing_open")


def _rules_in_words(state: LiveState, datasets: Mapping[str, Dataset]) -> str:
    chosen = [notices.plain(datasets[one].name) for one in state.rules.dataset_ids if one in datasets]
    asked = f"the test questions {', '.join(chosen)}" if chosen else "all test questions that are kept"
    words = (
        f"Each publication is checked with {asked}." if datasets else "No test questions to check with are kept yet."
    )
    if state.each_save_is_live:
        return words
    most = state.rules.max_broken
    if most is None:
        return f"{words} It never needs a reason."
    breaks = f"more than {most:,}" if most else "any"
    return f"{words} It needs a reason when it breaks {breaks} of them."


def _confirm_switch(principal: Principal, org_id: str, state: LiveState) -> None:
    st.markdown(_what_becomes_live(state))

    def switch() -> str:
        publishing = frontline().publishing
        if state.each_save_is_live:
            publishing.publish_by_hand(principal, org_id)
            return "Saves wait now until somebody publishes them"
        publishing.make_each_save_live(principal, org_id)
        return "Each save is live at once now"

    go_on = "Let saves wait" if state.each_save_is_live else "Make each save live"
    dialogs.choice("Leave it", go_on, switch, lambda: _close(org_id))


def _what_becomes_live(state: LiveState) -> str:
    if state.each_save_is_live:
        return f"Visitors go on getting revision {state.newest}. Later saves wait for “Publish” above the table."
    if state.newest != state.live:
        instead = f"in place of {state.live}" if state.live else "in place of nothing"
        return f"Visitors get revision {state.newest} {instead} at once, with everything that waits."
    return "From now on visitors get each save at once."


def _change_rules(principal: Principal, org_id: str, state: LiveState, datasets: Mapping[str, Dataset]) -> None:
    chosen = st.multiselect(
        "Test questions to check with",
        list(datasets),
        default=[one for one in state.rules.dataset_ids if one in datasets],
        format_func=lambda dataset_id: f"{datasets[dataset_id].name} ({counted(datasets[dataset_id].rows, 'row')})",
        placeholder="All of them" if datasets else "None yet: upload some under Evaluations",
        disabled=not datasets,
    )
    rules = PublishingRules(dataset_ids=tuple(chosen), max_broken=_guard(state))

    def keep() -> str:
        frontline().publishing.set_rules(principal, org_id, rules)
        return "The check is changed"

    dialogs.choice("Leave it", "Change", keep, lambda: _close(org_id))


def _guard(state: LiveState) -> int | None:
    """How many test questions a publication may break without a reason, None where that is not asked; as it is where
    nothing is published by hand."""
    if state.each_save_is_live:
        return state.rules.max_broken
    guarded = st.checkbox(
        "Ask for a reason when publishing breaks test questions",
        value=state.rules.max_broken is not None,
    )
    if not guarded:
        return None
    return st.number_input(
        "How many may break without a reason",
        min_value=0,
        max_value=MOST_BROKEN,
        value=state.rules.max_broken or 0,
        step=1,
        help="The reason is kept with the revision and shown in the history.",
    )

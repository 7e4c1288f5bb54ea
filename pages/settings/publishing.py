"""Settings: whether each save is live at once, and what is checked before somebody publishes."""

import streamlit as st

from core.bootstrap import frontline
from core.errors import FrontlineError
from core.identity.principal import Membership, Permission, Principal
from core.publishing.publication import MOST_BROKEN, LiveState, PublishingRules
from pages.shell import notices, session

PAGE = "settings"
AT_ONCE, BY_HAND = "Each save is live at once", "Saves wait until somebody publishes them"


def render(principal: Principal, membership: Membership) -> None:
    """How publishing works here; changed by owners, each change at once."""
    org_id = membership.org_id
    state = frontline().publishing.state(principal, org_id)
    with st.container():
        st.header("Publishing", anchor=False)
        if Permission.MANAGE not in membership.permissions:
            st.markdown(AT_ONCE if state.each_save_is_live else BY_HAND)
            return
        wanted = st.radio(
            "What a save does",
            (AT_ONCE, BY_HAND),
            index=0 if state.each_save_is_live else 1,
            key=session.key(PAGE, org_id, f"publishing_mode_{state.each_save_is_live}"),
        )
        if (wanted == AT_ONCE) != state.each_save_is_live:
            _switch(principal, org_id, state)
        _rules(principal, org_id, state)


def _switch(principal: Principal, org_id: str, state: LiveState) -> None:
    if state.each_save_is_live:
        words = f"Visitors go on getting revision {state.newest}. Later saves wait for “Publish” above the table."
    elif state.newest != state.live:
        instead = f"in place of {state.live}" if state.live else "in place of nothing"
        words = f"Visitors get revision {state.newest} {instead} at once, with everything that waits."
    else:
        words = "From now on visitors get each save at once."
    st.caption(words)
    if st.button("Change this now", type="primary", key=session.key(PAGE, org_id, "publishing_switch")):
        publishing = frontline().publishing
        with notices.shown():
            if state.each_save_is_live:
                publishing.publish_by_hand(principal, org_id)
            else:
                publishing.make_each_save_live(principal, org_id)
            session.say("Changed how publishing works")
            st.rerun()


def _rules(principal: Principal, org_id: str, state: LiveState) -> None:
    datasets = {one.dataset_id: one for one in frontline().datasets.listed(principal, org_id)}
    chosen = st.multiselect(
        "Test questions to check with",
        list(datasets),
        default=[one for one in state.rules.dataset_ids if one in datasets],
        format_func=lambda dataset_id: f"{datasets[dataset_id].name} ({datasets[dataset_id].rows:,})",
        key=session.key(PAGE, org_id, "publishing_datasets"),
        placeholder="All of them" if datasets else "There are none yet: upload some under Evaluations",
        disabled=not datasets,
    )
    rules = PublishingRules(dataset_ids=tuple(chosen), max_broken=_guard(org_id, state))
    if rules == state.rules:
        return
    if st.button("Save these rules", key=session.key(PAGE, org_id, "publishing_rules")):
        try:
            frontline().publishing.set_rules(principal, org_id, rules)
        except FrontlineError as error:
            notices.show(error)
        else:
            session.say("The rules are saved")
            st.rerun()


def _guard(org_id: str, state: LiveState) -> int | None:
    """How many test questions a publication may break without a reason, None where that is not asked; as it is where
    nothing is published by hand."""
    if state.each_save_is_live:
        return state.rules.max_broken
    guarded = st.checkbox(
        "Ask for a reason when publishing breaks test questions",
        value=state.rules.max_broken is not None,
        key=session.key(PAGE, org_id, "publishing_guard"),
    )
    if not guarded:
        return None
    return st.number_input(
        "How many may break without a reason",
        min_value=0,
        max_value=MOST_BROKEN,
        value=state.rules.max_broken or 0,
        step=1,
        key=session.key(PAGE, org_id, "publishing_most"),
        width=320,
        help="The reason is kept with the revision and shown in the history.",
    )

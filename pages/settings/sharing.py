"""Share as an example: an owner lets every organisation of this installation use a copy of some entries."""

import streamlit as st

from core.bootstrap import frontline
from core.examples.copying import ENTRIES_LIMIT
from core.examples.example import OwnExample
from core.identity.principal import Membership, Permission, Principal
from pages.settings import example_choice
from pages.settings.example import seen, size
from pages.shell import dialogs, notices, session

PAGE = "settings"


def render(principal: Principal, membership: Membership) -> None:
    """What this org shares, and the way to share or to stop; nothing for others than owners."""
    if Permission.MANAGE not in membership.permissions:
        return
    with st.container():
        st.header("Share as an example", anchor=False)
        st.caption(
            "A model can be shown the tables of other companies first, so that it sees what to do. Here you can let "
            f"every organisation of this installation use up to {ENTRIES_LIMIT} of your entries for that. "
            "Nothing is shared unless you do it here."
        )
        if example_choice.is_open(membership.org_id):
            example_choice.render(principal, membership.org_id)
        else:
            _state(principal, membership)


def _state(principal: Principal, membership: Membership) -> None:
    org_id = membership.org_id
    shared = frontline().examples.shared(principal, org_id)
    if shared:
        _what_is_shared(shared)
    with st.container(horizontal=True):
        label = "Choose other entries" if shared else "Choose entries to share"
        if st.button(label, key=session.key(PAGE, org_id, "share_begin")):
            example_choice.begin(principal, membership, shared)
            st.rerun()
        if shared and st.button("Stop sharing", key=session.key(PAGE, org_id, "share_stop")):
            _confirm_stop(principal, org_id, shared)


def _what_is_shared(shared: OwnExample) -> None:
    since = f"{notices.plain(shared.author)}, {notices.moment(shared.at)}"
    st.markdown(f"Every organisation here can use **{notices.plain(shared.name)}**: {size(shared)} ({since})")
    with st.expander("What the others see"):
        seen(shared)


@dialogs.dialog("Stop sharing?")
def _confirm_stop(principal: Principal, org_id: str, shared: OwnExample) -> None:
    st.markdown(
        f"**{notices.plain(shared.name)}** is gone for everybody at once. Organisations that chose it go on without "
        "it, also if you share again later."
    )

    def stop() -> str:
        frontline().examples.unshare(principal, org_id)
        return "No longer shared"

    dialogs.choice("Keep sharing", "Stop sharing", stop)

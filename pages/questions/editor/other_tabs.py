"""The way to unsaved changes that a person left in another tab of their browser, or at another time."""

from collections.abc import Callable, Mapping
from datetime import datetime

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.questions.changes import Changes
from core.questions.revisions import UnsavedChanges
from pages.questions.editor import review, unsaved
from pages.shell import dialogs, notices, session

PAGE = "questions"


def render(
    principal: Principal,
    org_id: str,
    others: Mapping[str, datetime],
    *,
    busy: bool,
    on_open: Callable[[UnsavedChanges], None],
) -> None:
    """Say that there are more unsaved changes; offer them once nothing is unsaved here (``busy``)."""
    if not others:
        return
    newest = max(others, key=others.__getitem__)
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":material/tab: You have other unsaved changes, of {notices.moment(others[newest])}: from another tab, "
            "which may still be open, or from an earlier visit."
            + (" Save or discard what is here to open them." if busy else "")
        )
        if busy:
            return
        if st.button("Open them here", key=session.key(PAGE, org_id, "open_other")) and (
            draft := _draft(principal, org_id, newest)
        ):
            unsaved.take(principal, org_id, draft)
            on_open(draft)
        if st.button("Discard them", key=session.key(PAGE, org_id, "discard_other")) and (
            draft := _draft(principal, org_id, newest)
        ):
            _confirm_discard(principal, org_id, draft)


def _draft(principal: Principal, org_id: str, tab: str) -> UnsavedChanges | None:
    return next((draft for draft in frontline().questions.drafts(principal, org_id) if draft.tab == tab), None)


@dialogs.dialog("Discard these changes?")
def _confirm_discard(principal: Principal, org_id: str, draft: UnsavedChanges) -> None:
    lost = review.counted_changes(draft.changes)
    st.write(f"What is not saved there will be lost: {lost}. The saved table stays as it is.")

    def discard() -> None:
        frontline().questions.keep_draft(
            principal, org_id, base_revision=draft.base_revision, changes=Changes(), tab=draft.tab
        )

    dialogs.choice("Keep them", "Discard", discard)

"""What a person has not saved yet: in this tab of their browser, on the server, and in their other tabs."""

import logging
import uuid
from datetime import datetime

import streamlit as st

from core.bootstrap import frontline
from core.errors import FrontlineError
from core.identity.principal import Principal
from core.questions.changes import Changes
from core.questions.revisions import UnsavedChanges
from core.questions.undo import UndoHistory
from pages.shell import notices, session

log = logging.getLogger(__name__)

PAGE = "questions"
TAB = "tab"
"""The name in the address, by which a tab finds its own draft again after a reload."""


def here(org_id: str) -> Changes:
    """The changes that the person was told last of in this tab, and has neither saved nor discarded."""
    steps = history(org_id)
    return steps.present if steps else Changes()


def history(org_id: str) -> UndoHistory | None:
    """The steps in which these came about; None before the first."""
    found: UndoHistory | None = session.get(PAGE, org_id, "unsaved")
    return found


def put(org_id: str, base_revision: int, changes: Changes) -> None:
    """Remember the changes in this tab: as a step that can be undone, but for those that the tab begins with."""
    steps = history(org_id) or UndoHistory(base_revision=base_revision, present=changes)
    move(org_id, steps.then(base_revision, changes))


def move(org_id: str, steps: UndoHistory) -> None:
    """Go to another step."""
    session.put(PAGE, org_id, "unsaved", steps)


def tab(org_id: str) -> str:
    """This tab's own id."""
    found: str | None = session.get(PAGE, org_id, "tab")
    if found is None:
        found = uuid.uuid4().hex[:8]
        session.put(PAGE, org_id, "tab", found)
    return found


def found(principal: Principal, org_id: str) -> UnsavedChanges | None:
    """The draft that a tab opens with: the one that its address names, else the newest; the first time only."""
    if session.get(PAGE, org_id, "tab"):
        return None
    drafts = frontline().questions.drafts(principal, org_id)
    named = st.query_params.get(TAB)
    draft = next((draft for draft in drafts if draft.tab == named), next(iter(drafts), None))
    if draft is not None:
        take(principal, org_id, draft)
    return draft


def take(principal: Principal, org_id: str, draft: UnsavedChanges) -> None:
    """Make a draft this tab's own. If another tab still has the changes too, it will keep them anew."""
    keep(principal, org_id, draft.base_revision, draft.changes)
    questions = frontline().questions
    questions.keep_draft(principal, org_id, base_revision=draft.base_revision, changes=Changes(), tab=draft.tab)
    put(org_id, draft.base_revision, draft.changes)
    session.put(PAGE, org_id, "draft_from", draft.at)


def keep(principal: Principal, org_id: str, base_revision: int, changes: Changes) -> dict[str, datetime]:
    """Keep this tab's changes on the server, so that a closed or reloaded browser loses none.

    Returns when each other tab of the person kept its own.
    """
    questions = frontline().questions
    mine, now = tab(org_id), (base_revision, changes)
    times = questions.draft_times(principal, org_id)
    if (changes and (session.get(PAGE, org_id, "kept") != now or mine not in times)) or (not changes and mine in times):
        questions.keep_draft(principal, org_id, base_revision=base_revision, changes=changes, tab=mine)
    session.put(PAGE, org_id, "kept", now)
    _name_in_address(mine if changes else None)
    return {other: at for other, at in times.items() if other != mine}


def kept(principal: Principal, org_id: str, base_revision: int, changes: Changes) -> dict[str, datetime]:
    """Like ``keep``; what prevents it is shown, and the changes stay in this tab."""
    try:
        return keep(principal, org_id, base_revision, changes)
    except FrontlineError as error:
        notices.show(error)
        st.warning("Your changes are still in this tab. Keep it open: a reload would lose them now.")
        return {}


def _name_in_address(mine: str | None) -> None:
    if mine is None:
        st.query_params.pop(TAB, None)
    elif st.query_params.get(TAB) != mine:
        st.query_params[TAB] = mine


def forget(org_id: str) -> None:
    """Forget what was unsaved here, after it was saved or discarded."""
    for name in ("unsaved", "kept", "draft_from", "lost"):
        session.drop(PAGE, org_id, name)

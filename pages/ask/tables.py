"""Which table answers on the page *Ask*: what visitors get, what is saved and waits, what is not saved yet."""

from collections.abc import Sequence
from enum import StrEnum

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Membership, Permission, Principal
from core.publishing.publication import LiveState
from core.questions.entry import Published
from pages.questions.editor import unsaved
from pages.shell import session

PAGE = "ask"


class TableChoice(StrEnum):
    """A table that can answer; the values are the words that are shown."""

    LIVE = "What visitors get"
    SAVED = "Saved, not published"
    UNSAVED = "My unsaved changes"


def chosen(principal: Principal, membership: Membership) -> Sequence[TableChoice]:
    """The tables that the person wants answers from, side by side; only the live one where no other differs."""
    org_id = membership.org_id
    offered = [TableChoice.LIVE]
    state = frontline().publishing.state(principal, org_id)
    nothing_live(state)
    if state.newest != state.live:
        offered.append(TableChoice.SAVED)
    if Permission.EDIT in membership.permissions and frontline().questions.draft(principal, org_id):
        offered.append(TableChoice.UNSAVED)
    if len(offered) == 1:
        return offered
    picked = st.segmented_control(
        "Answer from",
        offered,
        selection_mode="multi",
        default=offered[-1:],
        key=session.key(PAGE, org_id, f"sources_{len(offered)}"),
        help="Choose several to see the answers side by side.",
    )
    return sorted(picked, key=list(TableChoice).index) or [TableChoice.LIVE]


def nothing_live(state: LiveState) -> None:
    """Say why visitors get no answers, where there are none for them yet."""
    if state.live:
        return
    if not state.newest:
        words = "There are no questions and answers yet, so each question goes to a person."
    else:
        words = (
            "Nothing is published yet, so visitors get no answers: each question goes to a person. An admin or owner "
            "can publish under Questions & answers."
        )
    st.info(words, icon=":material/info:")


def table(principal: Principal, org_id: str, source: TableChoice) -> Published | None:
    """The table of a source; None for what visitors get."""
    questions = frontline().questions
    if source is TableChoice.LIVE:
        return None
    if source is TableChoice.SAVED:
        return questions.trial(principal, org_id)
    draft = questions.draft(principal, org_id)
    if draft is None:
        return questions.trial(principal, org_id)
    changes = unsaved.here(org_id) or draft.changes
    return questions.trial(principal, org_id, revision=draft.base_revision, changes=changes)

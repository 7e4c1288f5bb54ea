"""Undo and redo of each step of the unsaved changes."""

import streamlit as st

from core.questions.undo import UndoHistory
from pages.questions.editor import unsaved
from pages.shell import session

PAGE = "questions"


def render(org_id: str) -> UndoHistory | None:
    """The two buttons, once something was changed; the history to go on with when one is pressed."""
    steps = unsaved.history(org_id)
    if steps is None or not (steps.past or steps.future):
        return None
    undo = st.button(
        "Undo",
        key=session.key(PAGE, org_id, "undo"),
        icon=":material/undo:",
        type="tertiary",
        disabled=not steps.past,
        help="Take back the last change that is not saved",
    )
    redo = st.button(
        "Redo",
        key=session.key(PAGE, org_id, "redo"),
        icon=":material/redo:",
        type="tertiary",
        disabled=not steps.future,
        help="Make the change again that was taken back last",
    )
    return steps.undone() if undo else steps.redone() if redo else None

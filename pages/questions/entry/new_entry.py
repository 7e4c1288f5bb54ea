"""A new entry with room to write: what is written joins the unsaved changes of the table, like a row typed there."""

from typing import Any

import streamlit as st

from core.errors import Problem
from core.identity.principal import Membership, Permission
from core.questions.changes import Changes
from core.questions.checks import LABELS
from core.questions.lines import from_lines
from core.questions.text import whole
from pages.questions.editor import unsaved
from pages.questions.editor.state import Editor
from pages.questions.entry import entry_fields
from pages.shell import dialogs, notices, session

PAGE = "questions"
_OPEN, _COUNT = "new_entry", "new_entries"


def button(org_id: str) -> None:
    """The button that opens the form."""
    st.button(
        "New entry",
        key=session.key(PAGE, org_id, "new_entry_button"),
        icon=":material/add:",
        on_click=lambda: session.put(PAGE, org_id, _OPEN, value=True),
    )


def dialog(membership: Membership) -> None:
    """The form, where somebody asked for it; at the end of the page."""
    org_id = membership.org_id
    if not session.get(PAGE, org_id, _OPEN):
        return
    if Permission.EDIT not in membership.permissions or session.get(PAGE, org_id, "editor") is None:
        _close(org_id)
        return
    # The browser would drop what stands in a field that still has the cursor, if it closed the form by itself.
    dialogs.dialog("New entry", width="medium", dismissible=False)(_form)(org_id)


def _form(org_id: str) -> None:
    editor: Editor | None = session.get(PAGE, org_id, "editor")
    if editor is None:
        return
    fields = _fields(org_id)
    refused = st.container()
    with st.container(key="dialog-bar", horizontal=True, horizontal_alignment="right"):
        if st.button("Cancel", key=session.key(PAGE, org_id, "new_entry_cancel")):
            _close(org_id)
            st.rerun()
        pressed = st.button("Add to the table", type="primary", key=session.key(PAGE, org_id, "new_entry_add"))
    st.caption("Ctrl + S adds it, on a Mac ⌘ + S. Save it there with your other changes.")
    if not pressed:
        return
    changes = unsaved.here(org_id)
    if found := _problems(editor, fields):
        lines = "\n".join(f"- {notices.plain(f'{one.field}: {one.reason}')}" for one in found)
        refused.error(f"Put this right first:\n\n{lines}", icon=":material/error:")
        return
    joined = Changes(edited=changes.edited, added=(*changes.added, fields), deleted=changes.deleted)
    entry_fields.join(org_id, editor, joined)
    _close(org_id)
    session.say("Added at the end of the table, not saved yet")
    st.rerun()


def _fields(org_id: str) -> dict[str, Any]:
    def key(name: str) -> str:
        return session.key(PAGE, org_id, f"new_{name}_{session.get(PAGE, org_id, _COUNT) or 0}")

    question = st.text_area(LABELS["question"], height=68, key=key("question"))
    answer = st.text_area(LABELS["answer"], height=140, key=key("answer"), help="Visitors get this text word for word")
    alternates = st.text_area(
        LABELS["alternates"],
        height=110,
        key=key("alternates"),
        placeholder="Other ways to ask the same, one a line",
    )
    return {
        "question": whole(question),
        "answer": whole(answer),
        "alternates": from_lines(whole(alternates)),
        "enabled": True,
    }


def _problems(editor: Editor, fields: dict[str, Any]) -> list[Problem]:
    """What the table's own rules say of this entry alone."""
    return list(editor.checks.problems(Changes(added=(fields,))))


def _close(org_id: str) -> None:
    session.drop(PAGE, org_id, _OPEN)
    session.put(PAGE, org_id, _COUNT, (session.get(PAGE, org_id, _COUNT) or 0) + 1)

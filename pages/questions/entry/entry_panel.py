"""One entry with room for it: its texts to edit, its history, its test questions, and what else is near.

What is written here joins the table's unsaved changes at once, so that closing the panel loses nothing, and the check,
the save bar and undo have it like any other edit.
"""

from collections.abc import Sequence

import streamlit as st

from core.bootstrap import frontline
from core.errors import Problem
from core.identity.principal import Membership, Permission, Principal
from core.plurals import counted
from core.questions.changes import Changes, edited_entry
from core.questions.entry import Entry
from core.questions.text import shortened
from pages.questions.editor import review, saving, table, unsaved
from pages.questions.editor.state import Editor
from pages.questions.entry import entry_fields, entry_opening, entry_sections
from pages.questions.entry.entry_opening import OpenPanel, button, by_number, open_for, opened
from pages.shell import dialogs, frame, notices, session, turning

__all__ = ["button", "by_number", "dialog", "open_for", "opened"]

PAGE = "questions"
WIDTH = 720
"""Pixels: the table's numbers stay in view beside it at 1280; a phone gives it the whole width."""

_QUESTION = 90
"""Characters of a question in the heading."""


def dialog(principal: Principal, membership: Membership, page: str = PAGE) -> None:
    """The panel, where somebody asked for one; at the end of the page of this name."""
    org_id = membership.org_id
    if entry_opening.opened_on(org_id, page) is None:
        return
    if Permission.EDIT in membership.permissions:
        table.opened(principal, org_id)
    # The browser would drop what stands in a field that still has the cursor, if it closed the panel by itself.
    dialogs.dialog("Entry", width=WIDTH, position="right", dismissible=False)(_dialog)(principal, membership)


def _dialog(principal: Principal, membership: Membership) -> None:
    with notices.shown(), st.container(key="entry-panel"):  # by this name the style sheet knows the dialog
        _content(principal, membership)


def _content(principal: Principal, membership: Membership) -> None:
    org_id = membership.org_id
    panel = entry_opening.opened(org_id)
    editor: Editor | None = session.get(PAGE, org_id, "editor")
    if panel is None:
        return
    if Permission.EDIT in membership.permissions and editor is not None:
        _editable(principal, org_id, panel, editor)
    else:
        entries = frontline().questions.table(principal, org_id).entries
        entry = next((one for one in entries if one.id == panel.entry_id), None)
        with st.container(key="entry-bar", horizontal=True):
            _title(panel.entry_id, entry)
            _turning(org_id, panel, [entry.id for entry in entries])
            _done(org_id)
        if entry is None:
            _gone(principal, org_id, panel.entry_id)
            return
        entry_fields.readable(entry)
        entry_sections.render(principal, org_id, panel, entry)


def _editable(principal: Principal, org_id: str, panel: OpenPanel, editor: Editor) -> None:
    changes = unsaved.here(org_id)
    if editor.conflict is not None:
        _conflict(org_id, editor.conflict.conflicts[0].entry_id)
        return
    unsaved.kept(principal, org_id, editor.snapshot.revision, changes)
    problems = editor.checks.problems(changes)
    stored = editor.entries.get(panel.entry_id)
    with st.container(key="dialog-bar", horizontal=True):
        _title(panel.entry_id, stored and edited_entry(stored, changes.edited.get(stored.id, {})))
        _turning(org_id, panel, list(editor.entries))
        _buttons(principal, org_id, editor, changes, problems)
    _not_saved(panel.entry_id, editor, changes, problems)
    if stored is None:
        _gone(principal, org_id, panel.entry_id)
        return
    if stored.id in changes.deleted:
        _deleted(org_id, editor, changes, stored)
    else:
        entry = edited_entry(stored, changes.edited.get(stored.id, {}))
        row = editor.checks.row_name(entry.id)
        entry_fields.editable(
            org_id,
            entry,
            name=f"{panel.opening}_{entry.id}_{editor.snapshot.revision}",
            tags=table.tags(editor, changes),
            problems=[one for one in problems if one.row == row],
        )
    entry_sections.render(principal, org_id, panel, edited_entry(stored, changes.edited.get(stored.id, {})))


def _turning(org_id: str, panel: OpenPanel, table_order: Sequence[int]) -> None:
    """The way to the entries before and after it, where it has a place among several."""
    order = panel.order if panel.entry_id in panel.order else table_order
    if panel.entry_id not in order or len(order) == 1:
        return
    place = order.index(panel.entry_id)
    turning.arrows(
        order,
        panel.entry_id,
        what="entry",
        key=session.key(PAGE, org_id, "panel_step"),
        on_turn=entry_opening.turn_to,
        org_id=org_id,
        told=f"{place + 1:,} of {len(order):,}" if panel.order else "",  # the place in the list that is seen beside it
    )


def _title(entry_id: int, entry: Entry | None) -> None:
    """The heading: its number, and its question as it stands in the field."""
    question = f" · {notices.plain(shortened(entry.question, _QUESTION))}" if entry else ""
    st.header(f"No. {entry_id}{question}", anchor=False)


def _buttons(principal: Principal, org_id: str, editor: Editor, changes: Changes, problems: Sequence[Problem]) -> None:
    _done(org_id, unsaved=bool(changes))
    if changes and st.button(
        "Save",
        type="primary",
        key=session.key(PAGE, org_id, "panel_save"),
        disabled=bool(problems),
        help=frame.KEYS_THAT_SAVE,
    ):
        _save(principal, org_id, editor, changes)


def _done(org_id: str, *, unsaved: bool = False) -> None:
    """The way out; what was written stays unsaved in the table."""
    words = "Done, save later" if unsaved else "Done"
    help_ = "Closes the panel. What you wrote stays in the table, not saved yet" if unsaved else "Closes the panel"
    if st.button(words, key=session.key(PAGE, org_id, "panel_done"), help=help_):
        entry_opening.close(org_id)
        st.rerun()


def _not_saved(entry_id: int, editor: Editor, changes: Changes, problems: Sequence[Problem]) -> None:
    """What *Save* would save: the rest of the table's unsaved changes too."""
    if not changes:
        st.caption("Changes are kept unsaved until you press Save, here or in the table.")
        return
    row = editor.checks.row_name(entry_id)
    others = len({problem.row for problem in problems} - {row})
    held = f" {counted(others, 'other row')} to put right in the table first." if others else ""
    st.caption(f"Not saved yet, in the whole table: {review.counted_changes(changes)}.{held}")


def _save(principal: Principal, org_id: str, editor: Editor, changes: Changes) -> None:
    try:
        saving.save(principal, org_id, editor.snapshot.revision, changes, "")
    finally:
        if session.get(PAGE, org_id, "editor") is None:  # saved: the table is read anew
            entry_opening.close(org_id)


def _deleted(org_id: str, editor: Editor, changes: Changes, stored: Entry) -> None:
    st.info("You deleted this entry. That is not saved yet.", icon=":material/delete:")
    entry_fields.readable(stored)
    st.button(
        "Bring it back",
        key=session.key(PAGE, org_id, "panel_bring_back"),
        on_click=entry_fields.join,
        args=(org_id, editor, changes.without([stored.id])),
    )


def _gone(principal: Principal, org_id: str, entry_id: int) -> None:
    st.info(f"There is no No. {entry_id} in the table.", icon=":material/delete:")
    entry_sections.history(principal, org_id, entry_id)


def _conflict(org_id: str, entry_id: int) -> None:
    st.warning(
        f"No. {entry_id} was changed in the saved table after you opened it. Nothing is saved yet, and nothing is "
        "lost: choose on Questions & answers which text to keep.",
        icon=":material/call_split:",
    )
    _done(org_id)

"""The table of questions and answers: find, edit or select, and the bar that saves."""

import logging
from collections.abc import Sequence

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Membership, Permission, Principal
from core.questions.changes import Changes
from core.questions.revisions import UnsavedChanges
from core.questions.table_view import Filter, TableView
from pages.questions.editor import (
    conflicts,
    other_tabs,
    others_editing,
    pasted_rows,
    review,
    saving,
    selection,
    steps,
    table_look,
    unsaved,
    unsaved_check,
    view_bar,
)
from pages.questions.editor.state import Editor
from pages.questions.entry import entry_opening, new_entry
from pages.shell import notices, session

log = logging.getLogger(__name__)

PAGE = "questions"


def render(principal: Principal, membership: Membership) -> None:
    """The table, to edit for those who may, else to read."""
    if Permission.EDIT in membership.permissions:
        _editable(principal, membership)
    else:
        _readable(principal, membership)


def _readable(principal: Principal, membership: Membership) -> None:
    org_id = membership.org_id
    editor = Editor(snapshot=frontline().questions.table(principal, org_id))
    view = view_bar.render(org_id, editor.stored.tags)
    editor = editor.again(view=view, tested=_tested(principal, org_id, view))
    with st.container(horizontal=True, vertical_alignment="center"):
        view_bar.caption(org_id, editor.stored, editor.table, view, Changes())
        role = notices.plain(membership.role)
        st.caption(f"Your role here ({role}) may read this table. Ask an admin or owner for changes.", width="content")
    st.dataframe(entry_opening.with_buttons(editor.table, sortable=True), **table_look.look(org_id, editor.table))


def _editable(principal: Principal, membership: Membership) -> None:
    org_id = membership.org_id
    editor = opened(principal, org_id)
    if editor.conflict:
        conflicts.render(
            principal,
            org_id,
            editor,
            on_resolved=lambda changes: saving.save_resolved(principal, org_id, changes),
            on_back=lambda: saving.back_to_editing(org_id),
        )
        return
    changes = _changes(org_id, editor)
    if not changes and unsaved.here(org_id) and saving.pressed(org_id):
        _bring_back(org_id, editor)
    unsaved.put(org_id, editor.snapshot.revision, changes)  # before anything can end this run, and the widget with it
    saving.wanted(principal, org_id, editor, changes)
    others = unsaved.kept(principal, org_id, editor.snapshot.revision, changes)
    editor = _viewed(principal, org_id, editor, changes)
    with st.container(horizontal=True, vertical_alignment="center"):
        view_bar.caption(org_id, editor.stored, editor.table, editor.view, changes)
        if (wanted := steps.render(org_id)) is not None:
            unsaved.move(org_id, wanted)
            _start_with(org_id, editor.again(changes=wanted.present))
        if not selection.is_put_away(org_id):
            selection.switch(org_id)
    others_editing.line(principal, org_id)
    _notices(principal, org_id, editor, changes)
    other_tabs.render(
        principal,
        org_id,
        others,
        busy=bool(changes),
        on_open=lambda draft: _start_with(org_id, _of_draft(principal, org_id, draft)),
    )
    pasted_rows.render(org_id, changes, on_chosen=lambda chosen: _start_with(org_id, editor.again(changes=chosen)))
    if editor.is_selecting:
        _selectable(org_id, editor, changes)
    else:
        _changeable(org_id, editor, changes)
    if changes:
        look = st.container(key="unsaved-look", horizontal=True)  # side by side while both are folded in
        with look:
            review.render(org_id, editor, changes, lambda kept: _start_with(org_id, editor.again(changes=kept)))
        in_bar = saving.render(principal, org_id, editor, changes)
        if in_bar is not None and Permission.EVALUATE in membership.permissions:
            with look:
                unsaved_check.render(principal, org_id, editor, changes, in_bar)
    elif not editor.is_selecting:
        st.caption(
            "Click a cell to change it, or a number to open the entry. Rows of a spreadsheet can be pasted below the "
            "last entry. Ctrl + S saves (on a Mac ⌘ + S), / goes to Find."
        )


def _viewed(principal: Principal, org_id: str, editor: Editor, changes: Changes) -> Editor:
    """The editor that shows what the fields above the table ask for."""
    view = view_bar.render(org_id, tags(editor, changes), beside=lambda: new_entry.button(org_id))
    is_selecting = selection.wanted(org_id)
    if (view, is_selecting) == (editor.view, editor.is_selecting):
        return editor
    tested = _tested(principal, org_id, view)
    return saving.open_editor(
        org_id, editor.again(changes=changes, view=view, is_selecting=is_selecting, tested=tested)
    )


def _tested(principal: Principal, org_id: str, view: TableView) -> frozenset[int]:
    if Filter.NO_TEST not in view.filters:
        return frozenset()
    return frontline().datasets.tested_entries(principal, org_id)


def tags(editor: Editor, changes: Changes) -> Sequence[str]:
    """Every tag of the table with the changes in it, by letter."""
    new = {str(tag) for fields in (*changes.edited.values(), *changes.added) for tag in fields.get("tags") or ()}
    return sorted(new.union(editor.stored.tags), key=str.casefold) if new else editor.stored.tags


def _changeable(org_id: str, editor: Editor, changes: Changes) -> None:
    """The table whose cells can be changed."""
    key = saving.widget_key(org_id, editor)
    with st.container(key="editable-table"):
        st.data_editor(
            entry_opening.with_buttons(editor.table),
            key=key,
            num_rows="dynamic",
            placeholder="",
            alt="Questions and answers",
            on_change=_heard,
            args=(org_id, key, editor),
            **table_look.look(org_id, editor.table),
        )
    if _changes(org_id, editor) != changes:
        _bring_back(org_id, editor)


def _selectable(org_id: str, editor: Editor, changes: Changes) -> None:
    """The table whose rows can be selected."""
    selection.render(
        org_id,
        editor,
        key=f"{saving.widget_key(org_id, editor)}_rows",
        tags=tags(editor, changes),
        look=table_look.look(org_id, editor.table),
        on_changed=lambda changed: _start_with(org_id, editor.again(changes=changed)),
    )


def opened(principal: Principal, org_id: str) -> Editor:
    """The editor as this session left it, else the newest table with the draft that was kept."""
    editor: Editor | None = session.get(PAGE, org_id, "editor")
    if editor is None:
        return saving.open_editor(org_id, _fresh(principal, org_id))
    if editor.conflict:
        return editor
    if not editor.is_selecting and session.widget(saving.widget_key(org_id, editor)) is None:
        # The person was on another page: the widget forgot its edits, the session did not.
        editor = saving.open_editor(org_id, editor.again(changes=unsaved.here(org_id)))
    taken_back = (history := unsaved.history(org_id)) is not None and history.future
    if unsaved.here(org_id) or taken_back or _changes(org_id, editor):
        return editor
    questions = frontline().questions
    if questions.newest_revision(principal, org_id) == editor.snapshot.revision:
        return editor
    return saving.open_editor(org_id, editor.again(snapshot=questions.table(principal, org_id), changes=Changes()))


def _fresh(principal: Principal, org_id: str) -> Editor:
    draft = unsaved.found(principal, org_id)
    if draft is not None:
        return _of_draft(principal, org_id, draft)
    return Editor(snapshot=frontline().questions.table(principal, org_id), generation=saving.next_generation(org_id))


def _of_draft(principal: Principal, org_id: str, draft: UnsavedChanges) -> Editor:
    return Editor(
        snapshot=frontline().questions.table(principal, org_id, draft.base_revision),
        changes=draft.changes,
        generation=saving.next_generation(org_id),
    )


def _start_with(org_id: str, editor: Editor) -> None:
    """Show this table, and these unsaved changes, instead of what is on the screen."""
    unsaved.put(org_id, editor.snapshot.revision, editor.changes)
    saving.open_editor(org_id, editor)
    st.rerun()


def _changes(org_id: str, editor: Editor) -> Changes:
    """Every unsaved change, as the table on the screen has it now."""
    return editor.current(session.widget(saving.widget_key(org_id, editor)))


def _heard(org_id: str, key: str, editor: Editor) -> None:
    """Remember an edit as it comes: a click on the menu sends it along with the wish for another page."""
    now: Editor | None = session.get(PAGE, org_id, "editor")
    if now is None:
        return
    if now.generation == editor.generation:
        editor = now  # the same table on the screen, which may have been saved meanwhile
    elif now.snapshot.revision != editor.snapshot.revision:
        return
    changes = editor.current(session.widget(key))
    unsaved.put(org_id, editor.snapshot.revision, changes)
    if now.generation != editor.generation:  # the edit was on its way while another table was put in its place
        saving.open_editor(org_id, now.again(changes=changes))


def _bring_back(org_id: str, editor: Editor) -> None:
    """Start again with a new table that holds what was announced as unsaved: the one on the screen lost it."""
    changes = unsaved.here(org_id)
    log.error("The table of %s lost unsaved changes: %s", org_id, review.counted_changes(changes))
    session.put(PAGE, org_id, "lost", value=True)
    _start_with(org_id, editor.again(changes=changes))


def _notices(principal: Principal, org_id: str, editor: Editor, changes: Changes) -> None:
    """What the person should know before they go on: old changes, lost ones, other people's."""
    if drafted := session.get(PAGE, org_id, "draft_from"):
        st.info(f"Your unsaved changes of {notices.moment(drafted)} are back in the table.", icon=":material/history:")
        if not changes:
            session.drop(PAGE, org_id, "draft_from")
    if changes and session.get(PAGE, org_id, "lost"):
        st.error(
            f"The table had lost unsaved changes ({review.counted_changes(changes)}). They are back in it and not "
            "saved yet: please look them over, then save.",
            icon=":material/error:",
        )
    else:
        session.drop(PAGE, org_id, "lost")
    _notice_of_newer(principal, org_id, editor, is_busy=bool(changes))


def _notice_of_newer(principal: Principal, org_id: str, editor: Editor, *, is_busy: bool) -> None:
    history = frontline().questions.history(principal, org_id)
    newer = [revision for revision in history if revision.number > editor.snapshot.revision]
    if not newer:
        return
    others = sorted({revision.author for revision in newer if revision.author_id != principal.user_id})
    own = len(others) < len({revision.author_id for revision in newer})
    people = " and ".join([*(["you, in another tab or on another page,"] if own else []), *others])
    saved = f"{people[0].upper()}{people[1:]} saved the table meanwhile."
    if is_busy:
        st.warning(
            f"{saved} Your changes here are still unsaved. When you save, both stay; if the same entry was changed "
            "twice, you will see both texts.",
            icon=":material/group:",
        )
        return
    st.warning(f"{saved} You still see the table of before, so that *Redo* works.", icon=":material/group:")
    st.button(
        "Show the newest table",
        key=session.key(PAGE, org_id, "newest"),
        on_click=unsaved.forget,
        args=(org_id,),
    )

"""The bar that saves or discards, and the editor that a person goes on with afterwards."""

import contextlib

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.bootstrap import frontline
from core.errors import FrontlineError, InvalidInput
from core.identity.principal import Principal
from core.questions.changes import Changes
from core.questions.revisions import EditConflict
from pages.questions.editor import problems, review, unsaved
from pages.questions.editor.state import Editor
from pages.shell import device, dialogs, frame, notices, session

PAGE = "questions"


def render(principal: Principal, org_id: str, editor: Editor, changes: Changes) -> DeltaGenerator | None:
    """The bar at the foot: what is unsaved, what keeps it from being saved, and the buttons.

    Returns the place in it for what a check finds, which may be later; None where the changes cannot be saved.
    """
    found = problems.found(editor, changes)
    with st.bottom:
        if found:
            problems.render(org_id, editor, changes, found)
        place = st.empty()
        with st.container(key="save-bar", horizontal=True, vertical_alignment="center"):
            # The browser lets nobody write into a table that goes with the next press, but into one that stays.
            stays = editor.keeps_rows(changes) and not editor.is_selecting
            with st.container(key="table-stays" if stays else "table-goes", width="content"):
                st.markdown(f"**{review.counted_changes(changes)}**, not saved yet", width="content")
            if touched := review.numbers(changes):
                st.caption(touched, width="content")
            with st.popover("Note", icon=":material/edit_note:") if device.is_phone() else contextlib.nullcontext():
                st.text_input(
                    "Note",
                    key=_note_key(org_id, editor),
                    placeholder="What changed and why (optional)",
                    label_visibility="collapsed",
                )
            if st.button("Discard", key=session.key(PAGE, org_id, "discard")):
                _confirm_discard(principal, org_id, review.counted_changes(changes))
            st.button("Save", type="primary", key=_save_key(org_id), disabled=bool(found), help=frame.KEYS_THAT_SAVE)
    return None if found else place


def wanted(principal: Principal, org_id: str, editor: Editor, changes: Changes) -> None:
    """Save when the button was pressed, before anything is drawn: what is typed into a table that goes is lost."""
    if changes and pressed(org_id):
        note = session.widget(_note_key(org_id, editor)) or ""
        save(principal, org_id, editor.snapshot.revision, changes, note, stays=not editor.is_selecting)


def pressed(org_id: str) -> bool:
    """Whether it was the button *Save* that made the script run."""
    return bool(session.widget(_save_key(org_id)))


def open_editor(org_id: str, editor: Editor) -> Editor:
    """Show this editor's table from now on."""
    session.put(PAGE, org_id, "editor", editor)
    session.put(PAGE, org_id, "generation", editor.generation)
    return editor


def widget_key(org_id: str, editor: Editor) -> str:
    """Another one for each table that is shown, and for each visit: the browser forgets the edits of the last."""
    return session.key(PAGE, org_id, f"table_{editor.generation}_{session.visit()}")


def next_generation(org_id: str) -> int:
    """The number of a table that this session has not shown yet."""
    last: int | None = session.get(PAGE, org_id, "generation")
    return 0 if last is None else last + 1


def save_resolved(principal: Principal, org_id: str, changes: Changes) -> None:
    """Save after both texts were seen: now on the revision in which the conflict was found."""
    editor: Editor = session.get(PAGE, org_id, "editor")
    if editor.conflict is None:
        return
    latest = frontline().questions.table(principal, org_id, editor.conflict.latest)
    unsaved.put(org_id, latest.revision, changes)
    open_editor(org_id, editor.again(snapshot=latest, changes=changes, conflict=None))
    save(principal, org_id, latest.revision, changes, session.get(PAGE, org_id, "note") or "")


def back_to_editing(org_id: str) -> None:
    """Show the table as it was before the conflict, with every change and the note unsaved in it."""
    editor: Editor = session.get(PAGE, org_id, "editor")
    session.set_widget(_note_key(org_id, editor), session.get(PAGE, org_id, "note") or "")
    open_editor(org_id, editor.again(conflict=None))
    st.rerun()


def _note_key(org_id: str, editor: Editor) -> str:
    return session.key(PAGE, org_id, f"note_{editor.snapshot.revision}")


def _save_key(org_id: str) -> str:
    return session.key(PAGE, org_id, "save")


@dialogs.dialog("Discard your changes?")
def _confirm_discard(principal: Principal, org_id: str, counted: str) -> None:
    st.write(f"What is not saved will be lost: {counted}. The saved table stays as it is.")

    def discard() -> None:
        tab = unsaved.tab(org_id)
        frontline().questions.keep_draft(principal, org_id, base_revision=0, changes=Changes(), tab=tab)
        _reload(org_id)

    dialogs.choice("Keep editing", "Discard", discard)


def save(
    principal: Principal, org_id: str, base_revision: int, changes: Changes, note: str, *, stays: bool = False
) -> None:
    """Save, then show the newest table; on a conflict, both texts.

    With ``stays`` the table on the screen is left where it can be: somebody may be writing into it again already.
    """
    editor: Editor = session.get(PAGE, org_id, "editor")
    try:
        revision = frontline().questions.save(
            principal, org_id, base_revision=base_revision, changes=changes, note=note, tab=unsaved.tab(org_id)
        )
    except EditConflict as conflict:
        session.put(PAGE, org_id, "note", note)
        open_editor(org_id, editor.again(changes=changes, conflict=conflict))
        st.rerun()
    except InvalidInput as error:
        notices.problems(error.problems, "Nothing was saved. Put these cells right first:")
    except FrontlineError as error:
        notices.show(error)
    else:
        saved = f"Saved as revision {revision.number}" if revision else "Nothing to save: the table is the same already"
        session.say(saved)
        kept = None
        if stays and revision:
            snapshot = frontline().questions.table(principal, org_id)
            kept = editor.saved(snapshot, changes, session.widget(widget_key(org_id, editor)))
        _reload(org_id, kept)


def _reload(org_id: str, kept: Editor | None = None) -> None:
    unsaved.forget(org_id)
    for name in ("editor", "note"):
        session.drop(PAGE, org_id, name)
    if kept is not None:
        open_editor(org_id, kept)
    st.rerun()

"""The table of questions and answers: search, edit, and the bar that saves."""

import logging
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.bootstrap import frontline
from core.counted import counted
from core.errors import FrontlineError, InvalidInput
from core.files.writing import safe_file_name, to_xlsx
from core.identity.principal import Membership, Permission, Principal
from core.questions.changes import Changes
from core.questions.checks import LABELS
from core.questions.revisions import EditConflict, Snapshot
from pages.questions import conflicts, review
from pages.questions.delta import NUMBER, as_file, shown
from pages.questions.state import Editor
from pages.shell import downloads, notices, session

log = logging.getLogger(__name__)

PAGE = "questions"
ROW_HEIGHT = 36
HEIGHT = 12 * ROW_HEIGHT + 2
"""Pixels of the table, whatever it holds: an argument that followed what is typed into an editor would make Streamlit
put a new, empty editor in its place."""

_COLUMNS: Mapping[str, Any] = {
    NUMBER: st.column_config.NumberColumn("No.", width=56, disabled=True, pinned=True, help="Stays the same for ever"),
    "question": st.column_config.TextColumn(LABELS["question"], width=240),
    "answer": st.column_config.TextColumn(LABELS["answer"], width=280, help="Visitors get this text word for word"),
    "alternates": st.column_config.ListColumn(
        LABELS["alternates"],
        width=240,
        help="Other ways to ask the same. Each one helps more than any setting: press Enter after each",
    ),
    "tags": st.column_config.ListColumn(LABELS["tags"], width=100, help="For your own order; visitors never see them"),
    "enabled": st.column_config.CheckboxColumn(
        LABELS["enabled"], width=64, default=True, help="Visitors only get answers that are on"
    ),
}


def render(principal: Principal, membership: Membership) -> None:
    """The table, to edit for those who may, else to read."""
    if Permission.EDIT in membership.permissions:
        _editable(principal, membership.org_id)
    else:
        _readable(principal, membership)


def _readable(principal: Principal, membership: Membership) -> None:
    st.info(f"Your role here ({membership.role}) may read this table. Ask an admin or owner for changes.")
    snapshot = frontline().questions.table(principal, membership.org_id)
    search = _search(membership.org_id)
    table = shown(snapshot.entries, Changes(), search)
    _caption(snapshot, len(table.keys), search)
    st.dataframe(
        table.frame,
        column_config=_COLUMNS,
        hide_index=True,
        height=min(HEIGHT, (max(len(table.keys), 1) + 1) * ROW_HEIGHT + 2),
        row_height=ROW_HEIGHT,
    )


def _editable(principal: Principal, org_id: str) -> None:
    editor = _opened(principal, org_id)
    if editor.conflict:
        conflicts.render(org_id, editor, on_resolved=lambda changes: _save_resolved(principal, org_id, changes))
        return
    changes = _changes(org_id, editor)
    if not changes and _unsaved(org_id) and session.widget(_save_key(org_id)):
        _bring_back(org_id, editor)
    session.put(PAGE, org_id, "unsaved", changes)  # before anything can end this run, and the widget with it
    search = _search(org_id)
    if search != editor.search:
        editor = _keep(org_id, editor.again(changes=changes, search=search))
    _caption(editor.snapshot, len(editor.table.keys), search)
    _notice_of_newer(principal, org_id, editor, changes)
    _notice_of_lost(org_id, changes)
    st.data_editor(
        editor.table.frame,
        key=_widget_key(org_id, editor),
        column_config=_COLUMNS,
        num_rows="dynamic",
        hide_index=True,
        height=HEIGHT,
        row_height=ROW_HEIGHT,
        placeholder="",
        alt="Questions and answers",
    )
    if _changes(org_id, editor) != changes:
        _bring_back(org_id, editor)
    _keep_draft(principal, org_id, editor, changes)
    if changes:
        review.render(editor, changes)
        _save_bar(principal, org_id, editor, changes)
    else:
        st.caption("Click a cell to change it; add rows at the end of the table, or paste them from a spreadsheet.")


def download(principal: Principal, membership: Membership) -> None:
    """The saved table as a workbook, in the columns that files for Frontline have."""

    def make() -> bytes:
        return to_xlsx({"Questions": as_file(frontline().questions.table(principal, membership.org_id).entries)})

    revision = frontline().questions.latest_revision(principal, membership.org_id)
    st.download_button(
        "Download the table",
        data=downloads.noted(principal, membership.org_id, "the table", make),
        file_name=safe_file_name(f"{membership.org_name} revision {revision}", ".xlsx"),
        on_click="ignore",
        icon=":material/download:",
        type="tertiary",
        key=session.key(PAGE, membership.org_id, "download"),
    )


def _opened(principal: Principal, org_id: str) -> Editor:
    """The editor as this session left it, else the newest table with the draft that was kept."""
    editor: Editor | None = session.get(PAGE, org_id, "editor")
    if editor is None:
        return _keep(org_id, _fresh(principal, org_id))
    if _widget_key(org_id, editor) not in st.session_state and not editor.conflict:
        # The person was on another page: the widget forgot its edits, the session did not.
        editor = _keep(org_id, editor.again(changes=_unsaved(org_id)))
    if editor.conflict or _unsaved(org_id) or _changes(org_id, editor):
        return editor
    questions = frontline().questions
    if questions.latest_revision(principal, org_id) == editor.snapshot.revision:
        return editor
    return _keep(org_id, editor.again(snapshot=questions.table(principal, org_id), changes=Changes()))


def _fresh(principal: Principal, org_id: str) -> Editor:
    generation = session.get(PAGE, org_id, "generation") or 0
    draft = frontline().questions.draft(principal, org_id)
    if draft is None:
        return Editor(snapshot=frontline().questions.table(principal, org_id), generation=generation)
    session.put(PAGE, org_id, "draft_from", draft.at)
    snapshot = frontline().questions.table(principal, org_id, draft.base_revision)
    session.put(PAGE, org_id, "unsaved", draft.changes)
    return Editor(snapshot=snapshot, changes=draft.changes, generation=generation)


def _keep(org_id: str, editor: Editor) -> Editor:
    session.put(PAGE, org_id, "editor", editor)
    return editor


def _widget_key(org_id: str, editor: Editor) -> str:
    return session.key(PAGE, org_id, f"table_{editor.snapshot.revision}_{editor.generation}")


def _save_key(org_id: str) -> str:
    return session.key(PAGE, org_id, "save")


def _search(org_id: str) -> str:
    return st.text_input(
        "Find",
        key=session.key(PAGE, org_id, "search"),
        placeholder="Find in questions, answers, phrasings and tags",
        icon=":material/search:",
        label_visibility="collapsed",
    )


def _caption(snapshot: Snapshot, rows: int, search: str) -> None:
    size = len(snapshot.entries)
    on = sum(entry.enabled for entry in snapshot.entries)
    entries = counted(size, "entry", "entries")
    found = f"{rows:,} of {entries} found" if search.strip() else f"{entries}, {on:,} on"
    st.caption(f"Revision {snapshot.revision} · {found}")


def _notice_of_newer(principal: Principal, org_id: str, editor: Editor, changes: Changes) -> None:
    if drafted := session.get(PAGE, org_id, "draft_from"):
        st.info(f"Your unsaved changes of {notices.moment(drafted)} are back in the table.", icon=":material/history:")
        if not changes:
            session.drop(PAGE, org_id, "draft_from")
    history = frontline().questions.history(principal, org_id)
    newer = [revision for revision in history if revision.number > editor.snapshot.revision]
    if newer:
        people = " and ".join(sorted({revision.author for revision in newer}))
        st.warning(
            f"{people} saved the table meanwhile. Your changes are still here. When you save, theirs stay too; "
            "if you both changed the same row, you will see both texts.",
            icon=":material/group:",
        )


def _unsaved(org_id: str) -> Changes:
    """The changes that the person was told last of, and has neither saved nor discarded."""
    return session.get(PAGE, org_id, "unsaved") or Changes()


def _changes(org_id: str, editor: Editor) -> Changes:
    """Every unsaved change, as the table on the screen has it now."""
    return editor.current(session.widget(_widget_key(org_id, editor)))


def _bring_back(org_id: str, editor: Editor) -> None:
    """Start again with a new table that holds what was announced as unsaved: the one on the screen lost it."""
    changes = _unsaved(org_id)
    log.error("The table of %s lost unsaved changes: %s", org_id, review.counted(changes))
    session.put(PAGE, org_id, "lost", value=True)
    _keep(org_id, editor.again(changes=changes))
    st.rerun()


def _notice_of_lost(org_id: str, changes: Changes) -> None:
    """Say that the table had to be filled again, until the changes are saved or discarded."""
    if changes and session.get(PAGE, org_id, "lost"):
        st.error(
            f"The table had lost unsaved changes ({review.counted(changes)}). They are back in it and not saved yet: "
            "please look them over, then save.",
            icon=":material/error:",
        )
    else:
        session.drop(PAGE, org_id, "lost")


def _keep_draft(principal: Principal, org_id: str, editor: Editor, changes: Changes) -> None:
    """Keep unsaved changes on the server, so that a closed or reloaded browser loses none."""
    kept = session.get(PAGE, org_id, "kept")
    now = (editor.snapshot.revision, changes)
    if kept != now and (changes or kept is not None):
        frontline().questions.keep_draft(principal, org_id, base_revision=editor.snapshot.revision, changes=changes)
    session.put(PAGE, org_id, "kept", now)


def _save_bar(principal: Principal, org_id: str, editor: Editor, changes: Changes) -> None:
    problems = editor.checks.problems(changes)
    with st.bottom:
        if problems:
            notices.problems(problems, "Mend these cells, then save:")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{review.counted(changes)}**, not saved yet", width="content")
            note = st.text_input(
                "Note",
                key=session.key(PAGE, org_id, f"note_{editor.snapshot.revision}"),
                placeholder="What changed and why (optional)",
                label_visibility="collapsed",
                max_chars=200,
            )
            if st.button("Discard", key=session.key(PAGE, org_id, "discard")):
                _confirm_discard(principal, org_id, editor, review.counted(changes))
            if st.button("Save", type="primary", key=_save_key(org_id), disabled=bool(problems)):
                _save(principal, org_id, editor.snapshot.revision, changes, note)


@st.dialog("Discard your changes?")
def _confirm_discard(principal: Principal, org_id: str, editor: Editor, counted: str) -> None:
    st.write(f"{counted} will be lost. The saved table stays as it is.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep editing"):
            st.rerun()
        if st.button("Discard", type="primary"):
            frontline().questions.keep_draft(
                principal, org_id, base_revision=editor.snapshot.revision, changes=Changes()
            )
            _reload(org_id, editor)


def _save(principal: Principal, org_id: str, base_revision: int, changes: Changes, note: str) -> None:
    """Save, then show the newest table; on a conflict, both texts."""
    editor: Editor = session.get(PAGE, org_id, "editor")
    try:
        revision = frontline().questions.save(
            principal, org_id, base_revision=base_revision, changes=changes, note=note
        )
    except EditConflict as conflict:
        session.put(PAGE, org_id, "note", note)
        _keep(org_id, editor.again(changes=changes, conflict=conflict))
        st.rerun()
    except InvalidInput as error:
        notices.problems(error.problems, "Nothing was saved. Mend these cells first:")
    except FrontlineError as error:
        notices.show(error)
    else:
        saved = f"Saved as revision {revision.number}" if revision else "Nothing to save: the table reads so already"
        session.say(saved)
        _reload(org_id, editor)


def _save_resolved(principal: Principal, org_id: str, changes: Changes) -> None:
    """Save after both texts were seen: now on the revision in which the conflict was found."""
    editor: Editor = session.get(PAGE, org_id, "editor")
    if editor.conflict is None:
        return
    latest = frontline().questions.table(principal, org_id, editor.conflict.latest)
    _keep(org_id, editor.again(snapshot=latest, changes=changes, conflict=None))
    _save(principal, org_id, latest.revision, changes, session.get(PAGE, org_id, "note") or "")


def _reload(org_id: str, editor: Editor) -> None:
    for name in ("editor", "draft_from", "unsaved", "lost", "kept", "note"):
        session.drop(PAGE, org_id, name)
    session.put(PAGE, org_id, "generation", editor.generation + 1)
    st.rerun()

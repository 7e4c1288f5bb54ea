"""The same rows to select: one change of all that are selected, which stays unsaved like any other."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from core.plurals import counted
from core.questions.bulk import Change, changed_rows, deleted_rows, switched, with_tag, without_tag
from core.questions.changes import Changes, one_line
from pages.questions.editor.state import Editor
from pages.questions.entry import entry_opening
from pages.shell import device, session

PAGE = "questions"


def wanted(org_id: str) -> bool:
    """Whether the person is about to select rows."""
    return bool(session.widget(session.key(PAGE, org_id, "select")))


def is_put_away(org_id: str) -> bool:
    """Whether the switch stands under "More": on a phone, until it is on."""
    return device.is_phone() and not wanted(org_id)


def switch(org_id: str) -> None:
    """The switch between changing cells and selecting rows."""
    st.toggle(
        "Select rows",
        key=session.key(PAGE, org_id, "select"),
        help="To give many entries a tag, switch them on or off, or delete them at once",
    )


def render(
    org_id: str,
    editor: Editor,
    *,
    key: str,
    tags: Sequence[str],
    look: Mapping[str, Any],
    on_changed: Callable[[Changes], None],
) -> None:
    """The rows, and the changes that can be made to the selected ones; ``look`` is how the table looks."""
    place = st.container(horizontal=True, vertical_alignment="center", gap="xsmall")
    table = editor.table
    state = st.dataframe(
        entry_opening.with_buttons(table),
        key=key,
        placeholder="",
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": _still_selected(org_id, editor)}},
        **look,
    )
    keys = frozenset(table.keys[i] for i in state["selection"]["rows"] if i < len(table.keys))
    with place:
        changed = _bar(org_id, editor, keys, tags)
    if changed is not None and changed != editor.changes:
        session.put(PAGE, org_id, "selected", (editor.generation + 1, keys))
        on_changed(changed)


def _still_selected(org_id: str, editor: Editor) -> list[int]:
    """The places of the rows that were changed just now: often more is to be done with them."""
    generation, keys = session.get(PAGE, org_id, "selected") or (0, frozenset())
    if generation != editor.generation:
        return []
    return [place for place, key in enumerate(editor.table.keys) if key in keys]


def _bar(org_id: str, editor: Editor, keys: frozenset[int], tags: Sequence[str]) -> Changes | None:
    """The changes to go on with, when one of the buttons is pressed."""
    if not keys:
        st.caption("Tick the rows to change, or the box above them for all that are shown.")
        return None
    st.markdown(f"**{counted(len(keys), 'row')} selected**", width="content")
    change = _tag(org_id, tags) or _switch(org_id)
    if change is not None:
        return changed_rows(editor.entries, editor.changes, keys, change)
    st.space("small")  # not at the right end, where the table's own buttons would lie over it
    if st.button("Delete", key=session.key(PAGE, org_id, "bulk_delete"), icon=":material/delete:"):
        return deleted_rows(editor.changes, keys)
    return None


def _tag(org_id: str, tags: Sequence[str]) -> Change | None:
    with st.popover("Tag", icon=":material/sell:"):
        tag = one_line(
            st.selectbox(
                "Tag",
                tags,
                key=session.key(PAGE, org_id, "bulk_tag"),
                index=None,
                placeholder="Choose or write a tag",
                accept_new_options=True,
            )
        )
        with st.container(horizontal=True):
            add = st.button("Add tag", key=session.key(PAGE, org_id, "bulk_add_tag"), disabled=not tag)
            remove = st.button("Remove tag", key=session.key(PAGE, org_id, "bulk_remove_tag"), disabled=not tag)
    return with_tag(tag) if add else without_tag(tag) if remove else None


def _switch(org_id: str) -> Change | None:
    on = st.button("Switch on", key=session.key(PAGE, org_id, "bulk_on"))
    off = st.button("Switch off", key=session.key(PAGE, org_id, "bulk_off"))
    return switched(on=on) if on or off else None

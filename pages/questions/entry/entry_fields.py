"""The fields of one entry with room to read and write; what is written joins the unsaved changes at once."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.errors import Problem
from core.questions.bulk import changed_rows
from core.questions.changes import Changes
from core.questions.checks import LABELS
from core.questions.entry import Entry
from core.questions.lines import as_lines, from_lines
from core.questions.text import whole
from pages.questions.editor import saving, unsaved
from pages.questions.editor.state import Editor
from pages.shell import notices, session

PAGE = "questions"


def editable(org_id: str, entry: Entry, *, name: str, tags: Sequence[str], problems: Sequence[Problem]) -> None:
    """The fields to write in; ``name`` tells them from those of other entries and openings.

    ``tags`` are those of the whole table, to choose from; ``problems`` what has to be put right in this entry.
    """

    def key(field: str) -> str:
        return session.key(PAGE, org_id, f"panel_{field}_{name}")

    def heard(field: str, read: Callable[[Any], Any]) -> dict[str, Any]:
        return {"key": key(field), "on_change": _heard, "args": (org_id, entry.id, field, key(field), read)}

    session.seed(key("question"), entry.question)
    st.text_area(LABELS["question"], height=68, **heard("question", whole))
    session.seed(key("answer"), entry.answer)
    st.text_area(
        LABELS["answer"],
        height="content",
        help="Visitors get this text word for word",
        **heard("answer", whole),
    )
    session.seed(key("alternates"), as_lines(entry.alternates))
    st.text_area(
        LABELS["alternates"],
        height="content",
        help="Other ways to ask the same, one a line. Each helps more than any setting",
        placeholder="One a line",
        **heard("alternates", lambda text: from_lines(whole(text))),
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        session.seed(key("tags"), list(entry.tags))
        st.multiselect(
            LABELS["tags"],
            list(dict.fromkeys([*tags, *entry.tags])),
            accept_new_options=True,
            placeholder="Choose or write a tag",
            help="For your own order; visitors never see them",
            **heard("tags", lambda chosen: tuple(map(whole, chosen))),
        )
        session.seed(key("enabled"), entry.enabled)
        st.toggle(LABELS["enabled"], help="Visitors only get answers that are on", **heard("enabled", bool))
    if problems:
        lines = "\n".join(f"- {notices.plain(f'{one.field}: {one.reason}')}" for one in problems)
        st.error(f"To put right before this can be saved:\n\n{lines}", icon=":material/error:")


def readable(entry: Entry) -> None:
    """The entry to read; texts are data, so they are shown as they are."""
    facts = {
        "question": entry.question,
        "answer": entry.answer,
        "alternates": as_lines(entry.alternates),
        "tags": ", ".join(entry.tags),
        "enabled": "yes" if entry.enabled else "no",
    }
    for field, text in facts.items():
        with st.container(gap=None):
            st.caption(LABELS[field])
            st.text(text or "none")


def join(org_id: str, editor: Editor, changes: Changes) -> None:
    """Let the table show these unsaved changes from now on."""
    unsaved.put(org_id, editor.snapshot.revision, changes)
    saving.open_editor(org_id, editor.again(changes=changes))


def _heard(org_id: str, entry_id: int, field: str, key: str, read: Callable[[Any], Any]) -> None:
    """Join what was written to the unsaved changes; nothing else of them is touched."""
    editor: Editor | None = session.get(PAGE, org_id, "editor")
    if editor is None or entry_id not in editor.entries:
        return
    value = read(session.widget(key))
    join(org_id, editor, changed_rows(editor.entries, unsaved.here(org_id), [entry_id], lambda _entry: {field: value}))

"""Both texts of each row that two people changed, to choose from."""

from collections.abc import Callable

import streamlit as st

from core.identity.principal import Principal
from core.plurals import counted
from core.questions.changes import FIELD_NAMES, Changes
from core.questions.checks import LABELS
from core.questions.conflicts import with_choices
from core.questions.entry import Entry
from core.questions.revisions import Conflict
from pages.questions.editor import review
from pages.questions.editor.state import Editor
from pages.shell import notices, session

THEIRS, MINE = "Keep theirs", "Use mine"


def render(
    principal: Principal,
    org_id: str,
    editor: Editor,
    *,
    on_resolved: Callable[[Changes], None],
    on_back: Callable[[], None],
) -> None:
    """Ask, row by row, which text to keep; nothing is saved before that. ``on_back`` is called without a choice."""
    if editor.conflict is None:
        return
    found = editor.conflict.conflicts
    were = "was" if len(found) == 1 else "were"
    st.warning(
        f"{counted(len(found), 'entry', 'entries')} {were} changed in the saved table after you opened it. Nothing is "
        "saved yet. Choose for each which text to keep; the rest of your changes is saved with it.",
        icon=":material/call_split:",
    )
    for conflict in found:
        _one(org_id, conflict, own=conflict.by_id == principal.user_id)
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(
            "Back to the table",
            key=session.key("questions", org_id, "unresolved"),
            help="Nothing is saved or lost: your changes stay unsaved in the table. You will be asked again when you "
            "save.",
        ):
            on_back()
        if st.button("Save with these choices", type="primary", key=session.key("questions", org_id, "resolve")):
            mine = {c.entry_id for c in found if st.session_state.get(_choice_key(org_id, c)) == MINE}
            on_resolved(with_choices(editor.changes, found, mine))


def _one(org_id: str, conflict: Conflict, *, own: bool) -> None:
    with st.container(border=True):
        st.markdown(f"**No. {conflict.entry_id}**")
        theirs, mine = st.columns(2)
        with theirs:
            by = "You, in another tab or on another page" if own else conflict.by
            st.caption(f"{by}, {notices.moment(conflict.at)}")
            _text(conflict.theirs, conflict.shown)
        with mine:
            st.caption("You, not saved")
            _text(conflict.mine, conflict.shown)
        st.radio(
            f"Which text of No. {conflict.entry_id}?",
            (THEIRS, MINE),
            format_func=lambda choice: "Keep what is saved" if own and choice == THEIRS else choice,
            key=_choice_key(org_id, conflict),
            horizontal=True,
            label_visibility="collapsed",
        )


def _text(entry: Entry | None, shown: Entry) -> None:
    """What a side makes of the row: the fields that it changed, or always at least the answer."""
    if entry is None:
        st.text("(deleted)")
        return
    names = [name for name in FIELD_NAMES if getattr(entry, name) != getattr(shown, name)]
    for name in dict.fromkeys(["question", "answer", *names]):
        changed = " (changed)" if name in names else ""
        st.caption(LABELS[name] + changed)
        st.text(review.text(getattr(entry, name)))


def _choice_key(org_id: str, conflict: Conflict) -> str:
    return session.key("questions", org_id, f"choice_{conflict.entry_id}")

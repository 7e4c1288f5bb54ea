"""Phrasing suggestions for one entry: asked for, looked at, and added one by one."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.bootstrap import frontline
from core.health.asked_questions import Suggestion
from core.plurals import counted
from core.questions.entry import Entry
from core.questions.text import shortened
from pages.questions.health.health_actions import At
from pages.shell import notices, session

PAGE = "questions"
_FOUND = "suggested"


def render(at: At, entries: Sequence[Entry]) -> None:
    """Choose one of these entries, the ones in need first, and look for phrasings of it."""
    with st.expander("Suggestions for more phrasings"):
        st.caption(
            "Texts that may be other ways to ask the same. Each was tried: it leads to this entry, and makes no test "
            "question worse. Nothing enters the table before you add it."
        )
        entry = st.selectbox(
            "For the entry",
            entries,
            format_func=lambda one: f"No. {one.id} · {shortened(one.question)}",
            key=session.key(PAGE, at.org_id, "suggest_for"),
        )
        if entry is not None:
            with notices.shown():
                _buttons(at, entry)
                _list(at, entry)


def _buttons(at: At, entry: Entry) -> None:
    suggestions = frontline().suggestions
    with st.container(horizontal=True):
        if st.button("Look through your evaluations", key=session.key(PAGE, at.org_id, "suggest_runs")):
            _look(at, entry, lambda: suggestions.from_runs(at.principal, at.org_id, entry.id))
        if suggestions.can_write(at.principal, at.org_id) and st.button(
            "Ask the model server",
            key=session.key(PAGE, at.org_id, "suggest_model"),
            help="One call, which counts towards this month’s limit",
        ):
            _look(at, entry, lambda: suggestions.written(at.principal, at.org_id, entry.id))


def _look(at: At, entry: Entry, find: Callable[[], list[Suggestion]]) -> None:
    session.drop(PAGE, at.org_id, _FOUND)
    with st.spinner("Looking, and trying each one…"):
        session.put(PAGE, at.org_id, _FOUND, (entry.id, find()))


def _list(at: At, entry: Entry) -> None:
    found: tuple[int, list[Suggestion]] | None = session.get(PAGE, at.org_id, _FOUND)
    if found is None or found[0] != entry.id:
        return
    if not found[1]:
        st.caption("Nothing was found that leads to this entry and makes no test question worse.")
    for one in found[1]:
        with st.container(border=True, gap="small"):
            st.markdown(f"**{notices.plain(one.phrasing)}**")
            tried = f" Tried on {counted(one.tried_on, 'test question')}." if one.tried_on else ""
            st.caption(f"{one.by.value[:1].upper()}{one.by.value[1:]}.{tried}")
            with st.container(horizontal=True):
                _add(at, entry, one)
                st.button(
                    "Not this one",
                    key=_key(at, "drop", one),
                    type="tertiary",
                    on_click=_without,
                    args=(at.org_id, one),
                )


def _add(at: At, entry: Entry, one: Suggestion) -> None:
    if st.button(f"Add to No. {entry.id}", key=_key(at, "add", one), icon=":material/add:"):
        revision = frontline().suggestions.accept(at.principal, at.org_id, entry.id, one)
        _without(at.org_id, one)
        session.say(f"Saved as revision {revision.number}" if revision else "The entry has this phrasing already")
        st.rerun()


def _without(org_id: str, one: Suggestion) -> None:
    found: tuple[int, list[Suggestion]] | None = session.get(PAGE, org_id, _FOUND)
    if found is not None:
        session.put(PAGE, org_id, _FOUND, (found[0], [other for other in found[1] if other != one]))


def _key(at: At, name: str, one: Suggestion) -> str:
    return session.key(PAGE, at.org_id, f"suggest_{name}_{one.phrasing}")

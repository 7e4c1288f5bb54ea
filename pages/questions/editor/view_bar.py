"""Above the table: what a person looks for, keeps to and sorts by, and how many entries that are."""

from collections.abc import Callable, Collection, Iterable

import streamlit as st

from core.plurals import counted
from core.questions.changes import Changes
from core.questions.table_view import Filter, SortOrder, TableView
from core.questions.text import shortened
from pages.questions.editor.delta import Shown
from pages.questions.editor.state import StoredTable
from pages.shell import device, notices, session

PAGE = "questions"
TAG = "Tag: "
"""Before the name of a tag, among the filters."""
_ORDERS: tuple[SortOrder, ...] = tuple(SortOrder)


def render(org_id: str, tags: Iterable[str], *, beside: Callable[[], None] = lambda: None) -> TableView:
    """The fields, and what is in them.

    ``tags`` are those that can be chosen; ``beside`` draws what stands in the same line.
    """
    keys = _keys(org_id)
    chosen: Collection[str] = session.widget(keys["filter"]) or ()
    options = dict.fromkeys([*(each.value for each in Filter), *(TAG + tag for tag in tags), *chosen])
    with st.container(key="view-bar", horizontal=True, vertical_alignment="center"):
        search = st.text_input(
            "Find",
            key=keys["search"],
            persist_state="page",
            placeholder="Find" if device.is_phone() else "Find in questions, answers, phrasings and tags",
            icon=":material/search:",
            label_visibility="collapsed",
        )
        with st.popover("Filter and sort", icon=":material/filter_list:", key="view-filter"):
            chosen = st.multiselect(
                "Filter", list(options), key=keys["filter"], persist_state="page", placeholder="All entries"
            )
            order = st.selectbox(
                "Sort by", _ORDERS, key=keys["order"], persist_state="page", format_func=lambda one: one.value
            )
        beside()
    only, only_words = session.get(PAGE, org_id, "only") or (None, "")
    return TableView(
        search=search,
        filters=frozenset(each for each in Filter if each.value in chosen),
        tags=frozenset(each.removeprefix(TAG) for each in chosen if each.startswith(TAG)),
        order=order,
        only=only,
        only_words=only_words,
    )


def show_only(org_id: str, entry_ids: Iterable[int], words: str) -> None:
    """Show these entries alone until the person wants all again; ``words`` says which they are, e.g. "collisions"."""
    _clear(org_id)
    session.put(PAGE, org_id, "only", (frozenset(entry_ids), words))


def caption(org_id: str, stored: StoredTable, table: Shown, view: TableView, changes: Changes) -> None:
    """How many saved entries there are, and how many of them are shown; those deleted in ``changes`` are told apart."""
    snapshot = stored.snapshot
    entries = counted(len(snapshot.entries), "entry", "entries")
    deleted = f", {len(changes.deleted):,} to be deleted" if changes.deleted else ""
    if not view.is_narrow:
        if device.is_phone() and not changes.deleted:  # there each line counts
            return
        st.caption(f"Revision {snapshot.revision} · {entries}, {stored.on:,} on{deleted}", width="content")
        return
    here = stored.entries.keys() - changes.deleted
    entries = counted(len(here), "entry", "entries")
    if table.keys:
        found = _found(table, view, sum(key in here for key in table.keys), entries)
        st.caption(f"Revision {snapshot.revision} · {found}{deleted}", width="content")
    elif view.search.strip():
        st.markdown(f"Nothing found for “{notices.plain(shortened(view.search.strip()))}”.", width="content")
    else:
        st.markdown("No entry is like that.", width="content")
    st.button(
        "Show all",
        key=session.key(PAGE, org_id, "clear_search"),
        icon=":material/close:",
        type="tertiary",
        on_click=_clear,
        args=(org_id,),
    )


def _found(table: Shown, view: TableView, stored: int, entries: str) -> str:
    new = sum(key < 0 for key in table.keys)
    parts = [f"{stored:,} of {entries} {'found' if view.search.strip() else 'shown'}"]
    if table.similar:
        which = "" if table.similar >= stored else f"the last {table.similar:,} "
        parts.append(f"{which}by similar spelling")
    if view.only_words:
        parts.append(view.only_words)
    if new:
        parts.append(f"{new:,} new")
    return ", ".join(parts)


def _clear(org_id: str) -> None:
    keys = _keys(org_id)
    session.set_widget(keys["search"], "")
    session.set_widget(keys["filter"], [])
    session.drop(PAGE, org_id, "only")


def _keys(org_id: str) -> dict[str, str]:
    return {name: session.key(PAGE, org_id, name) for name in ("search", "filter", "order")}

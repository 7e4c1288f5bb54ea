"""Every save of the table: who, when, why, what was live, what two of them have different, and the way back."""

import pandas as pd
import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Membership, Permission, Principal
from core.publishing.publication import LiveState, Publication
from core.questions.revisions import Revision
from pages.questions import differences, publish
from pages.questions.editor import review, unsaved
from pages.questions.entry import entry_panel
from pages.shell import dialogs, notices, session

PAGE = "questions"
LIVE, WAS_LIVE = "live", "was live"
WAYS = 8
"""Buttons that lead to entries, at most."""


def render(principal: Principal, membership: Membership) -> None:
    """The saves, newest first; one of them opened, at first the newest; restore for those who may edit."""
    org_id = membership.org_id
    saves = frontline().questions.history(principal, org_id)
    if not saves:
        st.info("Nothing was saved yet.")
        return
    state = frontline().publishing.state(principal, org_id)
    published = frontline().publishing.publications(principal, org_id)
    were = frontline().publishing.were_live(principal, org_id)
    st.caption(f"{publish.in_words(state)}. Every save is kept: click one to see what it changed.")
    picked = st.dataframe(
        _listed(saves, state, were),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        key=session.key(PAGE, org_id, f"history_{saves[0].number}"),  # a choice by place holds for this list alone
        column_config={
            "When": notices.when(width=150),
            "Visitors": st.column_config.TextColumn(width=80),
            "Who": st.column_config.TextColumn(width=150),
            "Note": st.column_config.TextColumn(width="large"),
            **{
                name: st.column_config.NumberColumn(format="localized", width=72)
                for name in ("Revision", "New", "Edited", "Deleted")
            },
        },
    )
    cells = picked["selection"]["cells"]
    place = cells[0][0] if cells and cells[0][0] < len(saves) else 0
    _one(principal, membership, saves[place], state, published)


def _listed(saves: list[Revision], state: LiveState, were: list[range]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (
                save.number,
                LIVE if save.number == state.live else WAS_LIVE if any(save.number in some for some in were) else "",
                save.at,
                save.author,
                save.note,
                save.added,
                save.edited,
                save.deleted,
            )
            for save in saves
        ],
        columns=["Revision", "Visitors", "When", "Who", "Note", "New", "Edited", "Deleted"],
    )


def _one(
    principal: Principal, membership: Membership, save: Revision, state: LiveState, published: list[Publication]
) -> None:
    org_id = membership.org_id
    st.header(f"What revision {save.number} changed")
    for one in published:
        if one.revision == save.number:
            _published(one)
    with st.container(horizontal=True):
        other, wanted = _other(org_id, save), _entry(org_id, save)
    found = differences.between(principal, org_id, min(other, save.number), max(other, save.number))
    shown = [line for line in found if wanted is None or line.entry_id == wanted]
    differences.render(shown)
    _entries(org_id, shown)
    with st.container(horizontal=True, vertical_alignment="center"):
        _publish(membership, save, state)
        if save.number == state.newest:
            st.caption("This is the newest revision, the one that the table shows.")
        elif Permission.EDIT in membership.permissions:
            if st.button(f"Restore revision {save.number}", key=session.key(PAGE, org_id, "restore")):
                _confirm_restore(principal, org_id, save, Permission.MANAGE in membership.permissions)
        else:
            st.caption(f"Your role here ({membership.role}) may look at earlier revisions, not restore them.")


def _published(one: Publication) -> None:
    if one.revision == one.replaced:
        st.caption(f"It was live when {notices.plain(one.author)} let later saves wait, {notices.moment(one.at)}.")
        return
    reason = f": “{notices.plain(one.reason)}”" if one.reason else ""
    broken = f" It broke {one.broken:,} of the test questions." if one.broken else ""
    st.caption(f"Published by {notices.plain(one.author)}, {notices.moment(one.at)}{reason}.{broken}")


def _other(org_id: str, save: Revision) -> int:
    """The revision to compare with: the one before, unless the person wants another."""
    last = save.number - 1
    return int(
        st.number_input(
            "Compare with revision",
            min_value=0,
            value=last,
            step=1,
            max_value=1_000_000 if save.number > 1_000_000 else max(last, save.number + 50),
            key=session.key(PAGE, org_id, f"compare_{save.number}"),
            width=200,
        )
    )


def _entry(org_id: str, save: Revision) -> int | None:
    """The one entry that the person wants to see, None for all."""
    found = st.number_input(
        "Only entry No.",
        min_value=1,
        value=None,
        step=1,
        placeholder="all",
        key=session.key(PAGE, org_id, f"only_{save.number}"),
        width=200,
    )
    return int(found) if found is not None else None


def _entries(org_id: str, shown: list[differences.Line]) -> None:
    """The ways to the entries that are different; with many of them the number above leads to one."""
    ids = list(dict.fromkeys(line.entry_id for line in shown if line.entry_id))
    if not 0 < len(ids) <= WAYS:
        return
    with st.container(horizontal=True):
        for entry_id in ids:
            entry_panel.button(org_id, entry_id, f"Open No. {entry_id}", key=f"history_{entry_id}")


def _publish(membership: Membership, save: Revision, state: LiveState) -> None:
    """The way to make this revision live, where saves are published by hand."""
    if state.each_save_is_live or save.number == state.live or Permission.PUBLISH not in membership.permissions:
        return
    again = "again" if save.number < state.live else ""
    label = f"Publish revision {save.number} {again}".strip()
    if st.button(f"{label}…", key=session.key(PAGE, membership.org_id, "history_publish")):
        publish.open_for(membership.org_id, save.number)
        st.rerun()


@dialogs.dialog("Restore this revision?", width="large")
def _confirm_restore(principal: Principal, org_id: str, save: Revision, with_settings: bool) -> None:
    state = frontline().publishing.state(principal, org_id)
    at_once = ", at once for visitors too" if state.each_save_is_live else "; visitors get it when it is published"
    st.write(
        f"This makes a new revision that reads as revision {save.number}{at_once}. Nothing in the history is lost."
    )
    found = differences.between(principal, org_id, state.newest, save.number)
    of_answers = [line for line in found if line.entry_id]
    of_settings = [line for line in found if not line.entry_id]
    answers = st.checkbox(
        f"Restore the answers ({len(of_answers):,} different)",
        value=bool(of_answers),
        disabled=not of_answers,
        key=session.key(PAGE, org_id, f"restore_answers_{save.number}"),
    )
    settings = with_settings and st.checkbox(
        f"Restore the settings ({len(of_settings):,} different)",
        value=bool(of_settings),
        disabled=not of_settings,
        key=session.key(PAGE, org_id, f"restore_settings_{save.number}"),
    )
    shown = [*(of_settings if settings else ()), *(of_answers if answers else ())]
    with st.container(height=240 if len(shown) > 4 else "content", border=False):
        differences.render(shown)
    if changes := unsaved.here(org_id):
        st.write(
            f"Your own unsaved changes ({review.counted_changes(changes)}) are not touched: they stay in the table, "
            "and you save or discard them there afterwards."
        )

    def restore() -> str:
        revision = frontline().questions.restore(principal, org_id, save.number, answers=answers, settings=settings)
        return f"Restored as revision {revision.number}" if revision else "The table reads so already"

    dialogs.choice("Cancel", "Restore", restore)

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
LIVE, WAS_LIVE, WAITING = "live", "was live", "waiting"


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
    with st.container(horizontal=True, vertical_alignment="center"):
        publish.line(principal, membership)
        st.caption("Every save is kept: choose one to see what it changed.", width="content")
    picked = st.dataframe(
        _listed(saves, state, were),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row-required",
        key=session.key(PAGE, org_id, f"history_{saves[0].number}"),  # a choice by place holds for this list alone
        column_config={
            "When": notices.when(width=150),
            "Visitors": st.column_config.TextColumn(width=80),
            "Who": st.column_config.TextColumn(width=130),
            "Changed": st.column_config.TextColumn(width=110),
            "Revision": st.column_config.NumberColumn(format="localized", width=72, alignment="left"),
        },
    )
    rows = picked["selection"]["rows"]
    place = rows[0] if rows and rows[0] < len(saves) else 0
    _one(principal, membership, saves[place], saves, state=state, published=published)


def _listed(saves: list[Revision], state: LiveState, were: list[range]) -> pd.DataFrame:
    """The saves; columns that none of them fills are left out."""
    columns: dict[str, list[object]] = {
        "Revision": [save.number for save in saves],
        "Visitors": [_visitors(save, state, were) for save in saves],
        "Changed": [_counted(save) for save in saves],
        "Note": [save.note for save in saves],
        "When": [save.at for save in saves],
        "Who": [save.author for save in saves],
    }
    return pd.DataFrame({name: cells for name, cells in columns.items() if any(cells)})


def _visitors(save: Revision, state: LiveState, were: list[range]) -> str:
    """Whether they get it, once did, or are to get it; "" where it never was live and a newer one is."""
    if save.number == state.live:
        return LIVE
    if any(save.number in some for some in were):
        return WAS_LIVE
    return WAITING if save.number > state.live and not state.each_save_is_live else ""


def _counted(save: Revision) -> str:
    """How many entries it changed, e.g. "2 new, 1 edited"."""
    parts = ((save.added, "new"), (save.edited, "edited"), (save.deleted, "deleted"))
    return ", ".join(f"{count:,} {word}" for count, word in parts if count)


def _one(
    principal: Principal,
    membership: Membership,
    save: Revision,
    saves: list[Revision],
    *,
    state: LiveState,
    published: list[Publication],
) -> None:
    org_id = membership.org_id
    st.header(f"What revision {save.number} changed")
    for one in published:
        if one.revision == save.number:
            _published(one)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        other = _other(org_id, save, saves)
        found = differences.between(principal, org_id, min(other, save.number), max(other, save.number))
        wanted = _entry(org_id, save, found)
    differences.render([line for line in found if wanted is None or line.entry_id == wanted])
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


def _other(org_id: str, save: Revision, saves: list[Revision]) -> int:
    """The revision to compare with: the one before, unless the person wants another."""
    names = {one.number: f"Revision {one.number} · {notices.moment(one.at)} · {one.author}" for one in saves}
    others = sorted({*names, save.number - 1, 0} - {save.number}, reverse=True)
    found: int = st.selectbox(
        "Compare with",
        others,
        index=others.index(save.number - 1),
        format_func=lambda number: names.get(number, f"Revision {number}" if number else "The empty table"),
        key=session.key(PAGE, org_id, f"compare_{save.number}"),
        width=360,
    )
    return found


def _entry(org_id: str, save: Revision, found: list[differences.Line]) -> int | None:
    """The one entry that the person wants to see, with the way to it; None for all that are different."""
    ids = list(dict.fromkeys(line.entry_id for line in found if line.entry_id))
    if not ids:
        return None
    chosen: int | None = st.selectbox(
        "Entry",
        ids,
        index=0 if len(ids) == 1 else None,
        placeholder=f"All {len(ids):,} that are different",
        format_func=lambda entry_id: f"No. {entry_id}",
        key=session.key(PAGE, org_id, f"only_{save.number}_{hash(tuple(ids))}"),
        width=230,
    )
    if chosen is not None:
        entry_panel.button(org_id, chosen, f"Open No. {chosen}", key=f"history_{chosen}")
    return chosen if len(ids) > 1 else None


def _publish(membership: Membership, save: Revision, state: LiveState) -> None:
    """The way to make an earlier revision live, where saves are published by hand; the newest has its own above."""
    if (
        state.each_save_is_live
        or save.number in (state.live, state.newest)
        or Permission.PUBLISH not in membership.permissions
    ):
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
        return f"Restored as revision {revision.number}" if revision else "The table is the same already"

    dialogs.choice("Cancel", "Restore", restore)

"""Activity: what people did in the organisation, for its owners to look up and to take away."""

import html
from collections.abc import Collection, Sequence

import streamlit as st

from core.audit.event import Event, EventKind
from core.audit.service import EVENTS_A_PAGE
from core.bootstrap import frontline
from core.files.writing import safe_file_name
from core.identity.principal import Membership, Permission, Principal
from core.moments import day
from pages.shell import downloads, notices, session

PAGE = "settings"
_LEFT_OUT = (EventKind.SIGNED_IN,)
"""Kinds that are shown only to those who ask: they would stand between all others."""
_FILTER_WIDTH = 230
_COLUMNS = ("When", "Who", "What", "Details")


def render(principal: Principal, membership: Membership) -> None:
    """The newest events, filters by person and kind, and all events as a file; nothing for others than owners."""
    if Permission.MANAGE not in membership.permissions:
        return
    org_id = membership.org_id
    with st.container(gap="small"):
        st.caption("What people changed, ran, downloaded or shared here, newest first. Only owners see this.")
        actor_id, what, without = _filters(principal, membership)
        earlier = _earlier(org_id)
        # One more than is shown tells whether there are older ones.
        found = frontline().audit.events(
            principal,
            org_id,
            before=earlier[-1] if earlier else None,
            limit=EVENTS_A_PAGE + 1,
            actor_id=actor_id,
            what=what,
            without=without,
        )
        if found:
            st.html(_table(found[:EVENTS_A_PAGE]))
        else:
            st.info(_nothing(actor_id is None and what is None, without))
        _ways_on(org_id, found)
        _outsiders(principal, org_id)


def _outsiders(principal: Principal, org_id: str) -> None:
    """How often people from outside were refused; they stand in no line above."""
    refused = frontline().audit.outsiders(principal, org_id)
    if refused:
        times, last = sum(refused.values()), max(refused)
        often = "once" if times == 1 else f"{times:,} times"
        st.caption(
            f"People who do not belong to this organisation were refused {often} in the last 90 days, "
            f"most lately on {day(last)}. They are counted here and have no line above."
        )


def _filters(
    principal: Principal, membership: Membership
) -> tuple[str | None, EventKind | None, Collection[EventKind]]:
    """The person and the kind to show, None for all, and the kinds that are left out; beside them the file."""
    org_id = membership.org_id
    with st.container(horizontal=True, vertical_alignment="bottom"):
        actor_id, what = _person(principal, org_id), _kind(org_id)
        sign_ins = st.toggle(
            "Show sign-ins",
            key=session.key(PAGE, org_id, "activity_sign_ins"),
            disabled=what is not None,
            persist_state="session",
            on_change=_to_the_newest,
            args=(org_id,),
        )
        downloads.button(
            "Download all activity",
            make=lambda: frontline().audit.export(principal, org_id),
            file_name=safe_file_name(f"{membership.org_name} activity", ".csv"),
            key=session.key(PAGE, org_id, "activity_download"),
        )
    return actor_id, what, () if sign_ins or what is not None else _LEFT_OUT


def _person(principal: Principal, org_id: str) -> str | None:
    people = frontline().audit.people(principal, org_id)
    return st.selectbox(
        "Person",
        list(people),
        index=None,
        placeholder="Everybody",
        format_func=lambda user_id: people.get(user_id, user_id),
        key=session.key(PAGE, org_id, "activity_person"),
        on_change=_to_the_newest,
        args=(org_id,),
        width=_FILTER_WIDTH,
    )


def _kind(org_id: str) -> EventKind | None:
    return st.selectbox(
        "Kind",
        list(EventKind),
        index=None,
        placeholder="Everything",
        format_func=lambda kind: _capital(kind.value),
        key=session.key(PAGE, org_id, "activity_kind"),
        on_change=_to_the_newest,
        args=(org_id,),
        width=_FILTER_WIDTH,
    )


def _nothing(is_all: bool, without: Collection[EventKind]) -> str:
    if not is_all:
        return "Nothing fits this choice."
    return "Nothing but sign-ins yet." if without else "Nothing yet."


def _ways_on(org_id: str, found: Sequence[Event]) -> None:
    """Newer and older events."""
    with st.container(horizontal=True):
        if _earlier(org_id):
            st.button("Newer", key=session.key(PAGE, org_id, "activity_newer"), on_click=_back, args=(org_id,))
        if len(found) > EVENTS_A_PAGE:
            last = found[EVENTS_A_PAGE - 1].event_id
            key = session.key(PAGE, org_id, "activity_older")
            st.button("Older", key=key, on_click=_on, args=(org_id, last))


def _table(events: Sequence[Event]) -> str:
    """The events as a table whose texts wrap; on a phone each event is what was done, and below it when and by whom."""
    head = "".join(f'<th scope="col">{name}</th>' for name in _COLUMNS)
    lines = "".join(map(_line, events))
    return f'<table class="frontline-events"><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>'


def _line(event: Event) -> str:
    cells = (notices.moment(event.at), event.actor, _capital(event.what.value), _capital(event.details))
    return f"<tr>{''.join(f'<td>{html.escape(text)}</td>' for text in cells)}</tr>"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _earlier(org_id: str) -> tuple[str, ...]:
    """The ids of the last events of the pages before this one; empty at the newest."""
    return session.get(PAGE, org_id, "activity_earlier") or ()


def _on(org_id: str, last: str) -> None:
    session.put(PAGE, org_id, "activity_earlier", (*_earlier(org_id), last))


def _back(org_id: str) -> None:
    session.put(PAGE, org_id, "activity_earlier", _earlier(org_id)[:-1])


def _to_the_newest(org_id: str) -> None:
    session.drop(PAGE, org_id, "activity_earlier")

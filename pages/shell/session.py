"""The only home of a person's session state: what is kept here belongs to one page of one org."""

from collections.abc import Collection
from typing import Any

import streamlit as st

from pages.shell.streamlit_internals import page_id

_SHELL = ""
"""Stands for the org in keys of the shell itself, which belong to the person."""


def key(page: str, org_id: str, name: str) -> str:
    """The session's key of a value or widget, ``"<page>.<org>.<name>"``: the same name in another org is another."""
    return f"{page}.{org_id}.{name}"


def get(page: str, org_id: str, name: str) -> Any:  # noqa: ANN401 - what a page kept, it knows the type of
    """What was put here, else None."""
    return st.session_state.get(key(page, org_id, name))


def put(page: str, org_id: str, name: str, value: object) -> None:
    """Keep a value until the person closes the browser tab or opens another org."""
    st.session_state[key(page, org_id, name)] = value


def drop(page: str, org_id: str, name: str) -> None:
    """Forget a value; does nothing when there is none."""
    st.session_state.pop(key(page, org_id, name), None)


def widget(of: str) -> Any:  # noqa: ANN401 - any widget's value
    """The value of the widget with this key, before or after it is drawn."""
    return st.session_state.get(of)


def has(of: str) -> bool:
    """Whether the widget with this key has a value, which may be None, before or after it is drawn."""
    return of in st.session_state


def seed(of: str, value: object) -> None:
    """Give a widget its first value; before it is drawn. One that has a value keeps it, also when that is None."""
    st.session_state.setdefault(of, value)


def set_widget(of: str, value: object) -> None:
    """Set a widget's value; only before it is drawn, or in a callback."""
    st.session_state[of] = value


def say(text: str) -> None:
    """Tell the person something at the next run of the script, so that it survives ``st.rerun``."""
    put("shell", _SHELL, "said", [*(get("shell", _SHELL, "said") or ()), text])


def heard() -> list[str]:
    """What was said since the last run; each text is given once."""
    said: list[str] = get("shell", _SHELL, "said") or []
    drop("shell", _SHELL, "said")
    return said


def belongs_to(user_id: str) -> None:
    """Forget everything when this browser tab was another person's before."""
    if get("shell", _SHELL, "user") not in (None, user_id):
        st.session_state.clear()
    put("shell", _SHELL, "user", user_id)


def enter_page() -> None:
    """Note which page this run of the script is for; before anything else of the run.

    The browser forgets what is in the widgets of a page at the first word of a run for another one, also when that run
    is interrupted at once.
    """
    try:
        _enter(page_id())
    except BaseException:  # the browser wants the next run already, and has begun this one
        _enter(page_id())
        raise


def found_page() -> None:
    """Note the page's own name too: a browser that just came asks for it by another one."""
    names, visits = get("shell", _SHELL, "visit") or (frozenset(), 0)
    put("shell", _SHELL, "visit", (names | {page_id()}, visits))


def _enter(page: str) -> None:
    names, visits = get("shell", _SHELL, "visit") or (frozenset(), 0)
    if page not in names:
        put("shell", _SHELL, "visit", (frozenset({page}), visits + 1))


def visit() -> int:
    """Counts how often the person came to another page; widgets are as the server knows them only within one."""
    _names, visits = get("shell", _SHELL, "visit") or (frozenset(), 0)
    return int(visits)


def last_org() -> str | None:
    """The org that was open last in this browser tab."""
    found: str | None = get("shell", _SHELL, "org")
    return found


def open_org(org_id: str) -> None:
    """Make this the open org and forget what any other one left in the session."""
    keep_orgs((org_id,))
    put("shell", _SHELL, "org", org_id)


def keep_orgs(org_ids: Collection[str]) -> None:
    """Forget what was left by orgs that are not among these; only after a clear answer which these are."""
    for found in list(st.session_state):
        parts = str(found).split(".", 2)
        if len(parts) == 3 and parts[1] not in (_SHELL, *org_ids):
            del st.session_state[found]


def role_is(org_id: str, permissions: frozenset[str]) -> None:
    """Forget what the org left when the person may do less in it than a moment ago: drafts of old rights go."""
    before: tuple[str, frozenset[str]] | None = get("shell", _SHELL, "rights")
    if before and before[0] == org_id and not before[1] <= permissions:
        keep_orgs(())
    put("shell", _SHELL, "rights", (org_id, permissions))

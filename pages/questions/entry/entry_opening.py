"""Which entry's panel is open in a person's session, and the ways to open one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import streamlit as st

from pages.questions.editor.delta import NUMBER, Shown
from pages.shell import device, session

PAGE = "questions"
_NAME = "panel"
_OPENED = ":material/open_in_full:"


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenPanel:
    """The panel of an entry. ``order`` are the entries to turn the pages in, () for those of the whole table.

    ``opening`` counts the panels of a session, so that none has the fields of an earlier one. It stays with the visit
    to the page on which it is shown first, "" before that.
    """

    entry_id: int
    opening: int
    order: tuple[int, ...] = ()
    page: str = ""
    visit: int = 0


def open_for(org_id: str, entry_id: int, order: Sequence[int] = ()) -> None:
    """Open the panel of an entry at the end of this run of the script."""
    count: int = session.get(PAGE, org_id, "panels") or 0
    session.put(PAGE, org_id, "panels", count + 1)
    session.put(PAGE, org_id, _NAME, OpenPanel(entry_id=entry_id, opening=count, order=tuple(order)))


def opened_on(org_id: str, page: str) -> OpenPanel | None:
    """The panel to show on this page; one that was left open elsewhere is closed."""
    found = opened(org_id)
    if found is None:
        return None
    if not found.page:
        found = replace(found, page=page, visit=session.visit())
        session.put(PAGE, org_id, _NAME, found)
    if (found.page, found.visit) != (page, session.visit()):
        close(org_id)
        return None
    return found


def opened(org_id: str) -> OpenPanel | None:
    """The panel that is open, if one is."""
    found: OpenPanel | None = session.get(PAGE, org_id, _NAME)
    return found


def turn_to(org_id: str, entry_id: int) -> None:
    """Show another entry in the open panel."""
    if (found := opened(org_id)) is not None:
        session.put(PAGE, org_id, _NAME, replace(found, entry_id=entry_id))


def close(org_id: str) -> None:
    """Close the panel."""
    session.drop(PAGE, org_id, _NAME)


def button(org_id: str, entry_id: int, words: str, *, key: str) -> None:
    """A button that opens the panel of an entry; ``key`` tells it from others of the page."""
    st.button(
        words,
        key=session.key(PAGE, org_id, f"open_entry_{key}"),
        icon=_OPENED,
        on_click=open_for,
        args=(org_id, entry_id),
    )


def by_number(org_id: str) -> None:
    """A field that opens the entry whose number is written into it: without a mouse the table's buttons are no way."""
    key = session.key(PAGE, org_id, "open_number")

    def wanted() -> None:
        if (number := session.widget(key)) is not None:
            open_for(org_id, int(number))
        session.set_widget(key, None)

    st.number_input(
        "Open an entry by its number",
        min_value=1,
        max_value=999_999_999,
        value=None,
        step=1,
        placeholder="No.",
        key=key,
        on_change=wanted,
    )


def with_buttons(table: Shown, *, sortable: bool = False) -> pd.DataFrame:
    """The rows of the table with their numbers as buttons; new ones have none.

    Where the browser sorts by a click on a heading, ``sortable`` puts spaces as wide as a figure before short numbers.
    """
    width = len(str(max(table.keys, default=0))) if sortable else 0
    labels = [str(key).rjust(width, "\u2007") if key > 0 else None for key in table.keys]
    return table.frame.assign(**{NUMBER: pd.array(labels, dtype="str")})


def number_column(org_id: str, keys: Sequence[int]) -> Any:  # noqa: ANN401 - Streamlit's own
    """How the numbers look, and what a click on one does: it opens the entry."""
    key = session.key(PAGE, org_id, "open_row")

    def clicked() -> None:
        place = session.widget(key)["row"]
        if 0 <= place < len(keys) and keys[place] > 0:
            open_for(org_id, keys[place], [one for one in keys if one > 0])

    return st.column_config.ButtonColumn(
        "No.",
        width=48 if device.is_phone() else 56,
        pinned=True,
        type="tertiary",
        help="Click a number to open the entry with room to write. A number stays the same for ever",
        key=key,
        on_click=clicked,
    )

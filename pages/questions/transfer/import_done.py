"""What an import came to, above the field for the next file: how many entries, and whether visitors get them."""

from dataclasses import dataclass

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.plurals import counted
from pages.shell import session

PAGE = "questions"


@dataclass(frozen=True)
class _Done:
    revision: int
    entries: int


def keep(org_id: str, revision: int, entries: int) -> None:
    """Remember an import until the next file is uploaded."""
    session.put(PAGE, org_id, "import_done", _Done(revision, entries))


def forget(org_id: str) -> None:
    """Say nothing of it any more."""
    session.drop(PAGE, org_id, "import_done")


def render(principal: Principal, org_id: str) -> None:
    """The last import of this browser tab, where no other file was uploaded since, with the way to the table."""
    done: _Done | None = session.get(PAGE, org_id, "import_done")
    if done is None:
        return
    state = frontline().publishing.state(principal, org_id)
    one = done.entries == 1
    them = "it" if one else "them"
    visitors = f"Visitors get {them} now."
    if not state.each_save_is_live and state.live < done.revision:
        visitors = f"Visitors do not get {them} yet: publish revision {done.revision} above the table."
    count = counted(done.entries, "entry", "entries")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success(
            f"{count} {'was' if one else 'were'} imported as revision {done.revision}. {visitors}",
            icon=":material/check_circle:",
        )
        st.button(
            "Show the table",
            icon=":material/table:",
            key=session.key(PAGE, org_id, "import_to_table"),
            on_click=lambda: session.set_widget(session.key(PAGE, org_id, "view"), "Table"),
        )

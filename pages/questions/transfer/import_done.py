"""What an import came to, above the field for the next file: how many entries, and whether visitors get them."""

from dataclasses import dataclass

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Membership, Permission, Principal
from core.plurals import counted
from pages.questions import publish, saved_check
from pages.shell import dialogs, session

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


def render(principal: Principal, membership: Membership) -> None:
    """The last import of this browser tab, where no other file was uploaded since, with the ways on from there."""
    org_id = membership.org_id
    done: _Done | None = session.get(PAGE, org_id, "import_done")
    if done is None:
        return
    state = frontline().publishing.state(principal, org_id)
    one = done.entries == 1
    them = "it" if one else "them"
    visitors = f"Visitors get {them} now."
    waits = not state.each_save_is_live and state.live < done.revision
    if waits:
        visitors = f"Visitors do not get {them} yet."
    count = counted(done.entries, "entry", "entries")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success(
            f"{count} {'was' if one else 'were'} imported as revision {done.revision}. {visitors}",
            icon=":material/check_circle:",
        )
        if waits and Permission.PUBLISH in membership.permissions:
            if st.button("Check and publish…", key=session.key(PAGE, org_id, "import_publish")):
                publish.open_for(org_id, state.newest)
        elif Permission.EVALUATE in membership.permissions and st.button(
            "What it does to the test questions", key=session.key(PAGE, org_id, "import_check")
        ):
            _check(principal, org_id, done.revision)
        st.button(
            "Show the table",
            icon=":material/table:",
            key=session.key(PAGE, org_id, "import_to_table"),
            on_click=lambda: session.set_widget(session.key(PAGE, org_id, "view"), "Table"),
        )


@dialogs.dialog("What the import does to the test questions", width="large")
def _check(principal: Principal, org_id: str, revision: int) -> None:
    """Against the table as it was just before."""
    saved_check.render(principal, org_id, revision - 1, revision)

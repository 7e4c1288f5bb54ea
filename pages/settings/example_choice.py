"""Where an owner chooses what to share as an example, sees exactly what others will see, and confirms it."""

from collections.abc import Collection
from dataclasses import asdict, dataclass

import pandas as pd
import streamlit as st

from core.bootstrap import frontline
from core.errors import FrontlineError
from core.examples.example import OwnExample
from core.identity.principal import Membership, Principal
from core.questions.checks import LABELS
from core.questions.revisions import Snapshot
from pages.settings.example import seen, size
from pages.shell import notices, session

PAGE = "settings"
_ROW_HEIGHT = 36
_ROWS_SHOWN = 8
"""The table grows with its rows up to this; a longer one scrolls."""
_PREVIEW_HEIGHT = 320
_PREVIEW_GROWS = 2
"""The preview grows with so many entries; more of them scroll."""

_COLUMNS = {
    "share": st.column_config.CheckboxColumn("Share", width=80, pinned=True),
    "number": st.column_config.NumberColumn("No.", width=56),
    "question": st.column_config.TextColumn(LABELS["question"], width=260),
    "answer": st.column_config.TextColumn(LABELS["answer"], width=300),
    "alternates": st.column_config.ListColumn(LABELS["alternates"], width=240),
}


@dataclass(frozen=True)
class _Choice:
    """What an owner chooses from: the table that is shown, and the name and the rows that the widgets begin with."""

    snapshot: Snapshot
    name: str
    rows: pd.DataFrame

    @property
    def editor(self) -> str:
        """The name of the rows' widget: other rows have another, so that no old tick is applied to them."""
        return f"share_rows_{self.snapshot.revision}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wanted:
    """What the owner has chosen, and the revision whose texts they see."""

    name: str
    entry_ids: tuple[int, ...]
    with_negatives: bool
    revision: int


def begin(principal: Principal, membership: Membership, shared: OwnExample | None) -> None:
    """Begin to choose from the newest table, with ticks at those entries that are shared now."""
    snapshot = frontline().questions.table(principal, membership.org_id)
    questions = {entry.question for entry in shared.entries} if shared else set()
    ticked = {entry.id for entry in snapshot.entries if entry.question in questions}
    name = shared.name if shared else snapshot.policy.model.company or membership.org_name
    choice = _Choice(snapshot=snapshot, name=name, rows=_rows(snapshot, ticked))
    session.put(PAGE, membership.org_id, "sharing", choice)
    session.put(PAGE, membership.org_id, "share_kept", (name, ticked))


def is_open(org_id: str) -> bool:
    """Whether an owner has begun to choose."""
    return session.get(PAGE, org_id, "sharing") is not None


def _rows(snapshot: Snapshot, ticked: Collection[int]) -> pd.DataFrame:
    """The entries that visitors can get."""
    entries = [entry for entry in snapshot.entries if entry.enabled]
    return pd.DataFrame(
        {
            "share": pd.array([entry.id in ticked for entry in entries], dtype="bool"),
            "number": pd.array([entry.id for entry in entries], dtype="int64"),
            "question": pd.array([entry.question for entry in entries], dtype="str"),
            "answer": pd.array([entry.answer for entry in entries], dtype="str"),
            "alternates": pd.Series([list(entry.alternates) for entry in entries], dtype="object"),
        }
    )


def _current(principal: Principal, org_id: str) -> _Choice:
    """The choice on the newest table. Ticks stay when somebody saves it meanwhile, and when the owner was elsewhere."""
    choice: _Choice = session.get(PAGE, org_id, "sharing")
    newer = frontline().questions.newest_revision(principal, org_id) != choice.snapshot.revision
    if newer or session.widget(session.key(PAGE, org_id, choice.editor)) is None:
        snapshot = frontline().questions.table(principal, org_id) if newer else choice.snapshot
        name, ticked = session.get(PAGE, org_id, "share_kept")
        choice = _Choice(snapshot=snapshot, name=name, rows=_rows(snapshot, ticked))
        session.put(PAGE, org_id, "sharing", choice)
    return choice


@st.fragment
def render(principal: Principal, org_id: str) -> None:
    """The choice, what comes of it, and the button that shares exactly that."""
    choice = _current(principal, org_id)
    name = st.text_input(
        "Name that the others see",
        value=choice.name,
        key=session.key(PAGE, org_id, "share_name"),
    )
    edited = st.data_editor(
        choice.rows,
        column_config=_COLUMNS,
        disabled=[column for column in _COLUMNS if column != "share"],
        hide_index=True,
        height=(min(len(choice.rows), _ROWS_SHOWN) + 1) * _ROW_HEIGHT + 2,
        row_height=_ROW_HEIGHT,
        key=session.key(PAGE, org_id, choice.editor),
        alt="Entries to share",
    )
    entry_ids = tuple(int(number) for number in edited.loc[edited["share"], "number"])
    session.put(PAGE, org_id, "share_kept", (name, entry_ids))
    negatives = choice.snapshot.policy.model.negatives
    with_negatives = bool(negatives) and st.checkbox(
        f"Share our examples of questions for a person too ({len(negatives)})",
        key=session.key(PAGE, org_id, "share_negatives"),
    )
    wanted = _Wanted(name=name, entry_ids=entry_ids, with_negatives=with_negatives, revision=choice.snapshot.revision)
    sure = bool(entry_ids) and _preview(principal, org_id, wanted)
    with st.container(horizontal=True):
        if st.button("Share", type="primary", disabled=not sure, key=session.key(PAGE, org_id, "share_now")) and sure:
            _share(principal, org_id, wanted)
        if st.button("Cancel", key=session.key(PAGE, org_id, "share_cancel")):
            session.drop(PAGE, org_id, "sharing")
            st.rerun()


def _preview(principal: Principal, org_id: str, wanted: _Wanted) -> bool:
    """Show what would become visible; whether the owner has confirmed exactly this."""
    try:
        company = frontline().examples.preview(principal, org_id, **asdict(wanted))
    except FrontlineError as error:
        notices.show(error)
        return False
    st.markdown(
        f"This is what every organisation here will see, as **{notices.plain(company.name)}**, {size(company)}:"
    )
    with st.container(border=True, height=_PREVIEW_HEIGHT if len(company.entries) > _PREVIEW_GROWS else "content"):
        seen(company)
    return st.checkbox(
        "I have read it. Everybody in every organisation of this installation may see it.",
        key=session.key(PAGE, org_id, f"share_sure_{hash(company)}"),  # another choice has to be confirmed anew
    )


def _share(principal: Principal, org_id: str, wanted: _Wanted) -> None:
    try:
        shared = frontline().examples.share(principal, org_id, **asdict(wanted))
    except FrontlineError as error:
        notices.show(error)
        return
    session.drop(PAGE, org_id, "sharing")
    session.say(f"Shared as {shared.name}: {size(shared)}")
    st.rerun()

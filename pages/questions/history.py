"""Every save of the table: who, when, why, and the way back."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Membership, Permission, Principal
from core.questions.checks import LABELS
from core.questions.entry import Entry
from core.questions.policy import Policy
from core.questions.policy_fields import POLICY_LABELS, changed, value
from core.questions.revisions import Revision, Snapshot
from pages.questions import review, unsaved
from pages.settings.words import said
from pages.shell import dialogs, notices, session

PAGE = "questions"


def render(principal: Principal, membership: Membership) -> None:
    """The saves, newest first; one of them opened; restore for those who may edit."""
    org_id = membership.org_id
    saves = frontline().questions.history(principal, org_id)
    if not saves:
        st.info("Nothing was saved yet.")
        return
    st.caption("Every save is kept. Click one to see what it changed.")
    picked = st.dataframe(
        _listed(saves),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        key=session.key(PAGE, org_id, f"history_{saves[0].number}"),  # a choice by place holds for this list alone
        column_config={"When": notices.when()},
    )
    cells = picked["selection"]["cells"]
    if cells and cells[0][0] < len(saves):
        _one(principal, membership, saves[cells[0][0]], newest=saves[0].number)


def _listed(saves: list[Revision]) -> pd.DataFrame:
    return pd.DataFrame(
        [(save.number, save.at, save.author, save.note, save.added, save.edited, save.deleted) for save in saves],
        columns=["Revision", "When", "Who", "Note", "New", "Edited", "Deleted"],
    )


def _one(principal: Principal, membership: Membership, save: Revision, newest: int) -> None:
    org_id = membership.org_id
    questions = frontline().questions
    before = questions.table(principal, org_id, save.number - 1)
    after = questions.table(principal, org_id, save.number)
    st.header(f"What revision {save.number} changed")
    examples = frontline().examples.available(principal, org_id)
    names = {example.example_id: example.name for example in examples}
    st.dataframe(_difference(before, after, names), hide_index=True, width="stretch")
    if save.number == newest:
        st.caption("This is what visitors get now.")
    elif Permission.EDIT in membership.permissions:
        if st.button(f"Restore revision {save.number}", key=session.key(PAGE, org_id, "restore")):
            _confirm_restore(principal, org_id, save, Permission.MANAGE in membership.permissions)
    else:
        st.caption(f"Your role here ({membership.role}) may look at earlier revisions, not restore them.")


def _difference(before: Snapshot, after: Snapshot, example_names: Mapping[str, str]) -> pd.DataFrame:
    lines = _settings(before.policy, after.policy, example_names)
    old_entries, new_entries = ({entry.id: entry for entry in side.entries} for side in (before, after))
    for entry_id in sorted(old_entries.keys() | new_entries.keys()):
        old, new = old_entries.get(entry_id), new_entries.get(entry_id)
        if old is None and new is not None:
            lines.append((f"No. {entry_id}", "New entry", new.question, new.answer))
        elif new is None and old is not None:
            lines.append((f"No. {entry_id}", "Deleted", old.question, old.answer))
        elif old is not None and new is not None:
            lines += _cells(old, new)
    return pd.DataFrame(lines, columns=["Entry", "What", "Before / question", "After / answer"])


def _settings(old: Policy, new: Policy, example_names: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    names = changed(old, new)
    befores, afters = ([said(name, value(policy, name), example_names) for name in names] for policy in (old, new))
    return [("Settings", POLICY_LABELS[n], b, a) for n, b, a in zip(names, befores, afters, strict=True)]


def _cells(old: Entry, new: Entry) -> list[tuple[str, str, str, str]]:
    return [
        (f"No. {old.id}", LABELS[name], review.text(getattr(old, name)), review.text(getattr(new, name)))
        for name in LABELS
        if getattr(old, name) != getattr(new, name)
    ]


@st.dialog("Restore this revision?")
def _confirm_restore(principal: Principal, org_id: str, save: Revision, with_settings: bool) -> None:
    st.write(
        f"The table will read again as in revision {save.number}, at once for visitors too. "
        "This makes a new revision; nothing in the history is lost. "
        + ("The settings of then come back too." if with_settings else "The settings stay as they are now.")
    )
    if changes := unsaved.here(org_id):
        st.write(
            f"Your own unsaved changes ({review.counted_changes(changes)}) are not touched: they stay in the table, "
            "and you save or discard them there afterwards."
        )

    def restore() -> str:
        revision = frontline().questions.restore(principal, org_id, save.number)
        return f"Restored as revision {revision.number}" if revision else "The table reads so already"

    dialogs.choice("Cancel", "Restore", restore)

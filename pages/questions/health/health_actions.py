"""What a click on a finding does: a save of its own with a note, or a finding that nobody wants to see again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from core.bootstrap import frontline
from core.errors import FrontlineError
from core.health.findings import AlikePair, Collision, HealthReport, SameQuestion
from core.identity.principal import Principal
from core.questions.revisions import EditConflict, Revision
from core.questions.text import shortened
from pages.shell import dialogs, notices, session

PAGE = "questions"
IGNORED_LAST = "health_ignored_last"
"""Where the session keeps which finding was ignored last, and where it stood."""
_CHANGED = "Somebody changed this entry meanwhile. Look at the findings again: they are of the newest table now."


@dataclass(frozen=True, kw_only=True, slots=True)
class At:
    """Whose click it is, and on which table."""

    principal: Principal
    org_id: str
    revision: int
    may_edit: bool
    spot: tuple[str, int] = ("", 0)
    """The heading that the finding is under, and its place there, from 0."""


def merge(at: At, report: HealthReport, one: AlikePair) -> None:
    """A button that asks which answer stays; a quiet one where the two answers are not the same."""
    kind: Literal["secondary", "tertiary"] = "secondary" if one.same_answer else "tertiary"
    if at.may_edit and st.button("Merge…", key=_key(at, "merge", one.key), icon=":material/merge:", type=kind):
        _merge_dialog(at, report, one)


@dialogs.dialog("Merge these two entries?", width="medium")
def _merge_dialog(at: At, report: HealthReport, one: AlikePair) -> None:
    first, second = (report.entries[i] for i in one.entry_ids)
    names = {i: f"No. {i} · {shortened(report.entries[i].question)}" for i in one.entry_ids}
    keep = st.radio(
        "Which answer do visitors get?",
        one.entry_ids,
        format_func=lambda i: names[i],
        captions=[shortened(" ".join(entry.answer.split()), 160) for entry in (first, second)],
        key=_key(at, "keep", one.key),
    )
    gone = next(i for i in one.entry_ids if i != keep)
    st.write(
        f"No. {keep} gets all phrasings and tags of No. {gone}. No. {gone} is deleted with its answer. "
        "It is one save; History can undo it."
    )
    dialogs.choice(
        "Keep both",
        "Merge",
        lambda: _said(
            frontline().table_health.merge(at.principal, at.org_id, base_revision=at.revision, keep=keep, gone=gone)
        ),
    )


def move(at: At, one: Collision, *, is_one_of_several: bool = False) -> None:
    """A button that moves the phrasing, and names it where the card has several."""
    what = f"“{notices.plain(shortened(one.phrasing, 40))}”" if is_one_of_several else "it"
    if at.may_edit and st.button(
        f"Move {what} to No. {one.rival_id}",
        key=_key(at, "move", one.key),
        icon=":material/arrow_forward:",
        help=f"“{shortened(one.phrasing)}” then belongs to No. {one.rival_id}, and no longer to No. {one.entry_id}. "
        "It is one save; History can undo it.",
    ):
        _done(
            lambda: frontline().table_health.move(
                at.principal,
                at.org_id,
                base_revision=at.revision,
                phrasing=one.phrasing,
                source=one.entry_id,
                target=one.rival_id,
            )
        )


def ask_once(at: At, report: HealthReport, one: SameQuestion) -> None:
    """A button that takes the second phrasing out, where that entry has another."""
    entry_id = one.entry_ids[1]
    if not at.may_edit or len(report.entries[entry_id].phrasings) == 1:
        return
    if st.button(f"Take it out of No. {entry_id}", key=_key(at, "once", one.key), icon=":material/remove:"):
        _done(lambda: frontline().table_health.ask_once(at.principal, at.org_id, base_revision=at.revision, found=one))


def ignore(at: At, key: str) -> None:
    """A button that takes a finding away, for everybody."""
    if not at.may_edit:
        return
    if st.button(
        "Ignore",
        key=_key(at, "ignore", key),
        type="tertiary",
        help="Nobody here sees it again, until one of its texts changes",
    ):
        with notices.shown():
            frontline().table_health.ignore(at.principal, at.org_id, key)
            session.put(PAGE, at.org_id, IGNORED_LAST, (at.spot, key))
            st.rerun()


def show_ignored(at: At) -> None:
    """A button that brings all of them back."""
    if st.button("Show all again", key=_key(at, "ignored", "all"), type="tertiary"):
        with notices.shown():
            frontline().table_health.ignore_nothing(at.principal, at.org_id)
            st.rerun()


def _done(act: Callable[[], Revision | None]) -> None:
    try:
        session.say(_said(act()))
    except EditConflict:
        session.say(_CHANGED)
    except FrontlineError as error:
        notices.show(error)
        return
    st.rerun()


def _said(revision: Revision | None) -> str:
    return f"Saved as revision {revision.number}" if revision else "The table is the same already"


def _key(at: At, name: str, of: str) -> str:
    return session.key(PAGE, at.org_id, f"health_{name}_{of}")

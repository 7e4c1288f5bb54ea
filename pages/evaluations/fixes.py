"""From a row that went wrong to what puts it right: the table, or the label of the test question."""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from core.bootstrap import frontline
from core.datasets.dataset import DatasetRow
from core.datasets.fixes import Source
from core.datasets.labels import LabelKind
from core.errors import FrontlineError
from core.identity.principal import Permission, Principal
from core.questions.entry import Entry
from core.questions.text import shortened
from core.runs.ledger import Run
from core.runs.results import A_PERSON, Results
from core.statistics.verdict import Verdict
from pages.questions.entry import entry_panel
from pages.shell import notices, session

PAGE = "evaluations"
_NOT_KEPT = "This evaluation is from before test questions were kept: to correct a label, upload the file again."
_PERSON = Entry(id=0, question=A_PERSON, answer="")
"""Stands for a person among the entries to choose from."""
_ENDED = "This evaluation keeps its figures, whatever you change here."


def render(principal: Principal, org_id: str, results: Results, line: int) -> None:
    """What can be done about the row on this line of the file; of one that is right or failed, to open its entry."""
    run, ledger = results.run, results.ledger
    row = ledger[ledger["line"] == line].iloc[0]
    is_settled = row["verdict"] in (Verdict.RIGHT.value, Verdict.FAILED.value)
    try:
        entries = {e.id: e for e in frontline().questions.table(principal, org_id).entries if e.enabled}
        if is_settled:
            _open(org_id, row, [entries[one] for one in right_ids(row, None) if one in entries], entries)
            return
        source = frontline().fixes.source(principal, org_id, run.run_id, line)
    except FrontlineError as error:
        notices.show(error)
        return
    for words in said(source, entries):
        st.caption(notices.plain(words))
    allowed = _allowed(principal, org_id)
    wanted = [entries[entry_id] for entry_id in right_ids(row, source) if entry_id in entries]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        is_new = source is None or source.now is None or source.now.held_out
        if wanted and is_new and Permission.EDIT in allowed:
            _add_phrasing(principal, org_id, run, row, wanted)
        if Permission.EVALUATE in allowed and source is not None and source.now is not None:
            _correct_label(principal, org_id, run, row, list(entries.values()))
        _open(org_id, row, wanted, entries)
    st.caption(_ENDED if source is not None else _NOT_KEPT)


def right_ids(row: pd.Series, source: Source | None) -> Sequence[int]:
    """The entries that are right for a row now: as somebody named them, if that is known, else as it was judged."""
    if source is not None and source.now is not None:
        return source.now.content.meant
    found: Sequence[int] = row["label_ids"] or ()
    return found


def said(source: Source | None, entries: dict[int, Entry]) -> list[str]:
    """What became of the test question since it was run, in sentences."""
    if source is None:
        return []
    now, name = source.now, source.dataset.name
    if now is None:
        return [f"The newest version of “{name}” no longer has this question."]
    lines = []
    if now.labelled is not None:
        by = f"{now.labelled.name}, {notices.moment(now.labelled.at)}"
        lines.append(f"Its label was corrected ({by}): it expects {_expects(now, entries)} from then on.")
    if not now.held_out:
        lines.append(f"Its phrasing is in the table, so later evaluations of “{name}” leave it out.")
    return lines


def _allowed(principal: Principal, org_id: str) -> frozenset[Permission]:
    """What the person may do here: decides only what is offered, each use case asks again."""
    orgs = {membership.org_id: membership.permissions for membership in frontline().access.orgs(principal)}
    return orgs.get(org_id, frozenset())


def _expects(row: DatasetRow, entries: dict[int, Entry]) -> str:
    if row.content.label.kind is LabelKind.FALLBACK:
        return A_PERSON
    names = [
        f"“{shortened(entries[entry_id].question)}”" if entry_id in entries else f"No. {entry_id}"
        for entry_id in row.content.meant
    ]
    return " or ".join(names)


def _add_phrasing(principal: Principal, org_id: str, run: Run, row: pd.Series, wanted: list[Entry]) -> None:
    entry, where = wanted[0], f" to “{notices.plain(shortened(wanted[0].question))}”"
    if len(wanted) > 1:
        entry = st.selectbox(
            "Right entry",
            wanted,
            format_func=lambda one: one.question,
            key=session.key(PAGE, org_id, f"right_{run.run_id}_{row['line']}"),
            width=300,
        )
        where = ""
    pressed = st.button(
        f"Add this phrasing{where}",
        icon=":material/add:",
        key=session.key(PAGE, org_id, f"add_{run.run_id}_{row['line']}"),
        help="Saves the question as one more way to ask this entry. It then tests nothing any more, so later "
        "evaluations leave it out.",
    )
    if pressed:
        question, line = str(row["question"]), int(row["line"])
        _done(
            lambda: frontline().fixes.add_phrasing(
                principal, org_id, run.run_id, line=line, question=question, entry_id=entry.id
            ),
            "Added to the table",
            "The entry has this phrasing already",
        )


def _correct_label(principal: Principal, org_id: str, run: Run, row: pd.Series, entries: list[Entry]) -> None:
    words = "Say what is right" if row["verdict"] == Verdict.NOT_LABELLED.value else "The label is wrong"
    key = f"{run.run_id}_{row['line']}"
    with st.popover(words, icon=":material/edit:"):
        chosen = st.selectbox(
            "Right is",
            [_PERSON, *entries],
            index=None,
            format_func=lambda entry: entry.question,
            placeholder="Choose an entry, or a person",
            key=session.key(PAGE, org_id, f"label_{key}"),
        )
        pressed = st.button(
            "Save the label",
            type="primary",
            disabled=chosen is None,
            key=session.key(PAGE, org_id, f"save_label_{key}"),
        )
    if pressed and chosen is not None:
        entry_id = chosen.id or None
        _done(
            lambda: frontline().fixes.correct_label(
                principal, org_id, run.run_id, line=int(row["line"]), entry_id=entry_id
            ),
            "Saved, with your name",
            "The label says so already",
        )


def _open(org_id: str, row: pd.Series, wanted: list[Entry], entries: dict[int, Entry]) -> None:
    """A way to the right entry, or where a person is right, to the one that was given."""
    given = None if pd.isna(row["given_id"]) else entries.get(int(row["given_id"]))
    entry = wanted[0] if wanted else given
    if entry is None:
        return
    if row["verdict"] in (Verdict.RIGHT.value, Verdict.FAILED.value):
        words = f"Open No. {entry.id}"
    else:
        words = "Open the right entry" if wanted else "Open the entry that was given"
    entry_panel.button(org_id, entry.id, words, key="of_row")


def _done(act: Callable[[], object], words: str, nothing: str) -> None:
    try:
        changed = act()
    except FrontlineError as error:
        notices.show(error)
    else:
        session.say(words if changed is not None else nothing)
        st.rerun()

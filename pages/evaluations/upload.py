"""From a file of test questions to a preview: what its format is, what its columns mean, what it is kept as."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath

import streamlit as st

from core.bootstrap import frontline
from core.datasets.columns import ColumnMapping
from core.datasets.intake import RunInput
from core.datasets.labels import Label, LabelKind
from core.datasets.preview import Preview
from core.datasets.service import NAME_LIMIT
from core.datasets.understanding import Understanding
from core.errors import FrontlineError
from core.files.messages import how_read
from core.files.table import Table
from core.identity.principal import Principal
from core.plurals import counted
from pages.evaluations import columns, labels, reading
from pages.evaluations.reading import Read
from pages.shell import notices, session

PAGE = "evaluations"


@dataclass(frozen=True)
class _Checked:
    """What came of a check of this file with these columns and these meanings of its labels only."""

    digest: str
    mapping: ColumnMapping
    ready: RunInput


def render(principal: Principal, org_id: str) -> RunInput | None:
    """The uploader, what is in the file, and its rows once they are checked."""
    above, choices = st.container(), st.container(horizontal=True, vertical_alignment="bottom")
    with above:
        read = reading.file(principal, org_id, choices)
    if read is None:
        return None
    kept = frontline().datasets.understood(principal, org_id, _name(org_id, read.table.name))
    seen = kept.mapping_of(read.table, read.recognised.mapping)
    with choices:
        mapping = columns.render(org_id, read.digest, read.table, seen, _found(read.table, read.recognised.words))
    _told(read)
    first = _checked(principal, org_id, read, mapping, kept)
    if first is None:
        return None
    _offer(org_id, read, first.ready.preview)
    chosen = _meanings(principal, org_id, first)
    said = replace(kept, labels=chosen)
    checked = first if said == kept else _checked(principal, org_id, read, mapping, said)
    if checked is None:
        return None
    said_here = Understanding(mapping=mapping if mapping != read.recognised.mapping else None, labels=chosen)
    return replace(checked.ready, understood=said_here)


def name_field(org_id: str, ready: RunInput) -> str:
    """The name under which the rows are kept when they are run; the file's to begin with."""
    return st.text_input(
        "Keep these test questions as",
        value=_first_name(ready.source),
        key=_name_key(org_id, ready.source),
        width=360,
    )


def kept_as(principal: Principal, org_id: str, name: str) -> str:
    """What running does to what is kept, in words."""
    wanted = " ".join(name.split()).casefold()
    known = next((d for d in frontline().datasets.listed(principal, org_id) if d.name.casefold() == wanted), None)
    if known is None:
        return "They are saved when you run them, so that they can be run again without the file."
    return (
        f"“{notices.plain(known.name)}” is there already: if this file differs, it becomes version "
        f"{known.version + 1:,}. Write another name to keep both apart."
    )


def _first_name(source: str) -> str:
    return PurePath(source).stem[:NAME_LIMIT] or source


def _name_key(org_id: str, source: str) -> str:
    return session.key(PAGE, org_id, f"name_{source}")


def _name(org_id: str, source: str) -> str:
    """The name under which the rows will be kept, as far as it is known."""
    return str(session.widget(_name_key(org_id, source)) or _first_name(source))


def _told(read: Read) -> None:
    """What is to be known of how the file was understood."""
    for note in (*read.table.notes, *read.recognised.remarks):
        st.caption(notices.plain(note))


def _offer(org_id: str, read: Read, preview: Preview) -> None:
    """Say that nothing is labelled, and offer the columns that may hold what is expected."""
    if preview.good and not preview.counts[LabelKind.ENTRY] and not preview.counts[LabelKind.FALLBACK]:
        if any(value.open for value in preview.values):
            return
        st.info(
            "No question has a label, so a run can only show what is answered, not what is right. Is there a column "
            "with what is expected? Choose it under **How this file is read**.",
            icon=":material/label_off:",
        )
    with st.container(horizontal=True):
        for column in preview.offered:
            st.button(
                f"Take “{columns.name(column)}” for what is expected",
                key=session.key(PAGE, org_id, f"offered_{read.digest}_{read.table.columns.index(column)}"),
                on_click=columns.take_for_expected,
                args=(org_id, read.digest, read.table, column),
            )


def _meanings(principal: Principal, org_id: str, first: _Checked) -> Mapping[str, Label]:
    """What the labels mean, as it was kept and as somebody says now."""
    key = hashlib.sha256(
        repr(
            (first.digest, first.mapping, first.ready.revision, sorted(first.ready.understood.labels.items()))
        ).encode()
    ).hexdigest()
    entries = frontline().questions.table(principal, org_id, first.ready.revision).entries
    said = labels.render(org_id, key, first.ready.preview.values, entries)
    in_file = {value.key for value in first.ready.preview.values}
    return {name: label for name, label in first.ready.understood.labels.items() if name not in in_file} | said


def _found(table: Table, words: str) -> str:
    rows = counted(len(table.rows) + len(table.problems), "row")
    return f"Read {notices.plain(table.name)} as {words}: {rows} ({notices.plain(how_read(table))})"


def _checked(
    principal: Principal, org_id: str, read: Read, mapping: ColumnMapping, said: Understanding
) -> _Checked | None:
    """The rows against the newest revision; the last two previews are kept: before and after labels have a meaning."""
    try:
        revision = frontline().questions.newest_revision(principal, org_id)
        kept: tuple[_Checked, ...] = session.get(PAGE, org_id, "checked") or ()
        wanted = (read.digest, mapping, said, revision)
        known = next((k for k in kept if (k.digest, k.mapping, k.ready.understood, k.ready.revision) == wanted), None)
        if known is not None:
            return known
        with st.spinner("Checking the rows…"):
            found = replace(read.recognised, mapping=mapping)
            ready = frontline().intake.check(principal, org_id, found, said)
            preview = frontline().runs.guess_labels(principal, org_id, ready.preview)
    except FrontlineError as error:
        notices.show(error)
        return None
    checked = _Checked(read.digest, mapping, replace(ready, preview=preview))
    session.put(PAGE, org_id, "checked", (*kept[-1:], checked))
    return checked

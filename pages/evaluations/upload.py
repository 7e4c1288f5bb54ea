"""From a file of test questions to a preview: what its format is, what its columns mean, what it is kept as."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import PurePath

import streamlit as st

from core.bootstrap import frontline
from core.counted import counted
from core.datasets.service import NAME_LIMIT
from core.errors import FrontlineError
from core.evaluation.columns import ROLES, ExpectedKind, Mapping
from core.evaluation.dataset import Preview
from core.files.table import Table
from core.files.telling import how_read
from core.identity.principal import Principal
from pages.evaluations import reading
from pages.evaluations.reading import Read
from pages.evaluations.ready import Ready
from pages.shell import notices, session

PAGE = "evaluations"


@dataclass(frozen=True)
class _Checked:
    """A preview, for this file, mapping and revision only."""

    digest: str
    mapping: Mapping
    revision: int
    preview: Preview


def render(principal: Principal, org_id: str) -> Ready | None:
    """The uploader, what is in the file, and its rows once they are checked."""
    read = reading.file(principal, org_id)
    if read is None:
        return None
    mapping = _mapping(org_id, read)
    checked = _checked(principal, org_id, read, mapping)
    if checked is None:
        return None
    return Ready(
        key=hashlib.sha256(repr((read.digest, mapping, checked.revision)).encode()).hexdigest(),
        name=read.table.name,
        source=read.table.name,
        preview=checked.preview,
        revision=checked.revision,
    )


def name_field(org_id: str, ready: Ready) -> str:
    """The name under which the rows are kept when they are run; the file's to begin with."""
    return st.text_input(
        "Keep these test questions as",
        value=PurePath(ready.source).stem[:NAME_LIMIT] or ready.source,
        max_chars=NAME_LIMIT,
        key=session.key(PAGE, org_id, f"name_{ready.source}"),
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


def _mapping(org_id: str, read: Read) -> Mapping:
    """What the columns mean: as recognised, or as corrected."""
    st.caption(_found(read.table, read.recognised.words))
    for note in (*read.table.notes, *read.recognised.remarks):
        st.caption(notices.plain(note))
    seen = read.recognised.mapping
    with st.container(horizontal=True):
        question, expected = (_column(org_id, read, role) for role in ("question", "expected"))
        kind = st.selectbox(
            "It holds",
            list(ExpectedKind),
            index=list(ExpectedKind).index(seen.expected_kind),
            format_func=lambda kind: kind.label,
            disabled=expected is None,
            key=session.key(PAGE, org_id, f"kind_{read.digest}"),
        )
    return replace(seen, question=question, expected=expected, expected_kind=kind or ExpectedKind.AUTO)


def _column(org_id: str, read: Read, role: str) -> str | None:
    options = [None, *read.table.columns]
    return st.selectbox(
        f"{ROLES[role]} column",
        options,
        index=options.index(getattr(read.recognised.mapping, role)),
        format_func=lambda column: "(none)" if column is None else column,
        key=session.key(PAGE, org_id, f"{role}_{read.digest}"),
    )


def _found(table: Table, words: str) -> str:
    rows = counted(len(table.rows), "row")
    return f"Read {notices.plain(table.name)} as {words}: {rows} ({notices.plain(how_read(table))})"


def _checked(principal: Principal, org_id: str, read: Read, mapping: Mapping) -> _Checked | None:
    try:
        revision = frontline().questions.latest_revision(principal, org_id)
        kept: _Checked | None = session.get(PAGE, org_id, "checked")
        if kept is not None and (kept.digest, kept.mapping, kept.revision) == (read.digest, mapping, revision):
            return kept
        with st.spinner("Checking the rows…"):
            preview, revision = frontline().evaluations.check(principal, org_id, read.table, mapping)
    except FrontlineError as error:
        notices.show(error)
        return None
    checked = _Checked(read.digest, mapping, revision, preview)
    session.put(PAGE, org_id, "checked", checked)
    return checked

"""From a file of test questions to a run: what its columns mean, which rows are good, and the button that starts."""

import hashlib
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from core.bootstrap import frontline
from core.errors import FrontlineError
from core.evaluation.columns import ROLES, ExpectedKind, Mapping, recognise
from core.evaluation.dataset import LabelKind, Preview
from core.files.table import Table
from core.files.writing import safe_file_name, to_csv
from core.identity.principal import Principal
from core.runs.ledger import Run
from core.runs.results import TO_A_PERSON
from pages.evaluations import detectable, effort
from pages.shell import notices, session

PAGE = "evaluations"
SHOWN_ROWS = 200


@dataclass(frozen=True)
class _Upload:
    """A file as it came."""

    name: str
    data: bytes

    def digest(self, sheet: str | None) -> str:
        """A name for this very file and sheet."""
        parts = (self.name.encode("utf-8", "replace"), (sheet or "").encode("utf-8", "replace"), self.data)
        return hashlib.sha256(b"\0".join(parts)).hexdigest()


@dataclass(frozen=True)
class _Read:
    """A file that was read, what its headings seem to mean, and a name for this very file."""

    table: Table
    recognised: Mapping
    digest: str


@dataclass(frozen=True)
class _Checked:
    """A preview, for this file, mapping and revision only."""

    digest: str
    mapping: Mapping
    revision: int
    preview: Preview


def render(principal: Principal, org_id: str) -> Run | None:
    """The way to a new run; the run once it is started."""
    with st.container(border=True):
        st.subheader("New evaluation")
        read = _file(principal, org_id)
        if read is None:
            return None
        mapping = _mapping(org_id, read)
        checked = _checked(principal, org_id, read, mapping)
        if checked is None:
            return None
        _preview(org_id, read.table, checked.preview)
        labelled = checked.preview.counts[LabelKind.ENTRY] + checked.preview.counts[LabelKind.FALLBACK]
        if words := detectable.in_words(labelled):
            st.caption(words)
        anew = effort.render(principal, org_id, checked.preview) if checked.preview.good else False
        return _start(principal, org_id, read.table.name, checked, anew=anew)


def _file(principal: Principal, org_id: str) -> _Read | None:
    """The uploaded file or the sample, read once."""
    uploaded = st.file_uploader(
        "Upload a spreadsheet of test questions",
        type=["csv", "tsv", "txt", "xlsx"],
        max_upload_size=25,
        key=session.key(PAGE, org_id, "file"),
        help="CSV or Excel (.xlsx). One row a question; a second column says what should be answered.",
    )
    if uploaded is not None:
        session.drop(PAGE, org_id, "sample")
        return _chosen_sheet(principal, org_id, _Upload(uploaded.name, uploaded.getvalue()))
    sample = frontline().sample_questions(org_id)
    _help(org_id, sample)
    if sample is not None and session.get(PAGE, org_id, "sample"):
        return _read(principal, org_id, _Upload("Sample questions.csv", sample), None)
    return None


def _help(org_id: str, sample: bytes | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if sample is not None:
            if st.button("Use the sample questions", key=session.key(PAGE, org_id, "use_sample")):
                session.put(PAGE, org_id, "sample", True)
            st.download_button(
                "Download the sample",
                data=sample,
                file_name="sample-questions.csv",
                on_click="ignore",
                icon=":material/download:",
                key=session.key(PAGE, org_id, "get_sample"),
                type="tertiary",
            )
    st.caption(
        "A column **question**, and one of **expected_question**, **expected_answer** or **expected_id**. "
        r"Write \_\_fallback\_\_ where a person should take over; leave a cell empty where nobody has decided yet."
    )


def _chosen_sheet(principal: Principal, org_id: str, upload: _Upload) -> _Read | None:
    """The table of an upload; of a workbook with several sheets the person may choose another one."""
    key = session.key(PAGE, org_id, f"sheet_{upload.digest(None)}")
    read = _read(principal, org_id, upload, st.session_state.get(key))
    if read is not None and len(read.table.sheets) > 1:
        sheets = read.table.sheets
        st.selectbox("Sheet", sheets, index=sheets.index(read.table.sheet or sheets[0]), key=key)
    return read


def _read(principal: Principal, org_id: str, upload: _Upload, sheet: str | None) -> _Read | None:
    digest = upload.digest(sheet)
    kept: _Read | None = session.get(PAGE, org_id, "read")
    if kept is not None and kept.digest == digest:
        return kept
    try:
        with st.spinner("Reading the file…"):
            table = frontline().evaluations.read(principal, org_id, upload.data, upload.name, sheet=sheet)
    except FrontlineError as error:
        notices.show(error)
        return None
    read = _Read(table=table, recognised=recognise(table), digest=digest)
    session.put(PAGE, org_id, "read", read)
    return read


def _mapping(org_id: str, read: _Read) -> Mapping:
    """What the columns mean: as recognised, or as corrected."""
    st.caption(_found(read.table))
    for note in read.table.notes:
        st.caption(notices.plain(note))
    with st.container(horizontal=True):
        question, expected = (_column(org_id, read, role) for role in ("question", "expected"))
        kind = st.selectbox(
            "It holds",
            list(ExpectedKind),
            index=list(ExpectedKind).index(read.recognised.expected_kind),
            format_func=lambda kind: kind.label,
            disabled=expected is None,
            key=session.key(PAGE, org_id, f"kind_{read.digest}"),
        )
    return replace(read.recognised, question=question, expected=expected, expected_kind=kind or ExpectedKind.AUTO)


def _column(org_id: str, read: _Read, role: str) -> str | None:
    options = [None, *read.table.columns]
    return st.selectbox(
        f"{ROLES[role]} column",
        options,
        index=options.index(getattr(read.recognised, role)),
        format_func=lambda column: "(none)" if column is None else column,
        key=session.key(PAGE, org_id, f"{role}_{read.digest}"),
    )


def _found(table: Table) -> str:
    place = f"sheet {notices.plain(table.sheet)}" if table.sheet else f"{table.encoding}"
    delimiter = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "bar"}.get(table.delimiter or "")
    parts = [f"{len(table.rows):,} rows", place, f"separated by {delimiter}" if delimiter else ""]
    return f"Read {notices.plain(table.name)}: " + ", ".join(part for part in parts if part)


def _checked(principal: Principal, org_id: str, read: _Read, mapping: Mapping) -> _Checked | None:
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


def _preview(org_id: str, table: Table, preview: Preview) -> None:
    counts = preview.counts
    with st.container(horizontal=True):
        st.metric("Good rows", f"{len(preview.good):,}", border=True)
        st.metric("Expect an answer", f"{counts[LabelKind.ENTRY]:,}", border=True)
        st.metric("Expect a person", f"{counts[LabelKind.FALLBACK]:,}", border=True)
        st.metric("Not labelled", f"{counts[LabelKind.NONE]:,}", border=True)
        st.metric("Cannot be run", f"{len(preview.bad):,}", border=True)
    for line in _oddities(preview):
        st.warning(notices.plain(line), icon=":material/rule:")
    if preview.bad:
        rows = "1 row" if len(preview.bad) == 1 else f"{len(preview.bad):,} rows"
        with st.expander(f"{rows} cannot be run and will be left out", expanded=True):
            frame = preview.bad_frame()
            st.dataframe(frame, hide_index=True, column_config={"Line": st.column_config.NumberColumn(width=60)})
            st.download_button(
                "Download these rows",
                data=lambda: to_csv(frame),
                file_name=safe_file_name(f"{table.name} - rows left out", ".csv"),
                on_click="ignore",
                icon=":material/download:",
                key=session.key(PAGE, org_id, "get_bad"),
            )
    if preview.good:
        with st.expander("How the rows are understood"):
            st.dataframe(_understood(preview), hide_index=True)


def _oddities(preview: Preview) -> list[str]:
    lines = [str(contradiction) for contradiction in preview.contradictions[:3]]
    if len(preview.contradictions) > len(lines):
        lines.append(f"{len(preview.contradictions) - len(lines):,} more questions are expected in two ways.")
    if preview.repeated:
        rows = "1 row says" if preview.repeated == 1 else f"{preview.repeated:,} rows say"
        lines.append(f"{rows} the same as an earlier one. They are run and counted too.")
    return lines


def _understood(preview: Preview) -> pd.DataFrame:
    words = {LabelKind.FALLBACK: TO_A_PERSON, LabelKind.NONE: "(not labelled)"}
    rows = [
        (row.line, row.question, words.get(row.label.kind, row.expected_as_given)) for row in preview.good[:SHOWN_ROWS]
    ]
    return pd.DataFrame(rows, columns=["Line", "Question", "Expected"])


def _start(principal: Principal, org_id: str, name: str, checked: _Checked, *, anew: bool) -> Run | None:
    count = len(checked.preview.good)
    label = "Run 1 question" if count == 1 else f"Run {count:,} questions"
    key = session.key(PAGE, org_id, "start")
    if not st.button(label, type="primary", disabled=not count, icon=":material/play_arrow:", key=key):
        return None
    try:
        with st.spinner("Starting…"):
            run = frontline().evaluations.start(
                principal, org_id, name=name, preview=checked.preview, revision=checked.revision, anew=anew
            )
    except FrontlineError as error:
        notices.show(error)
        return None
    for kept in ("sample", "read", "checked"):
        session.drop(PAGE, org_id, kept)
    return run

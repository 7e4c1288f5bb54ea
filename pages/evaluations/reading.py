"""The uploaded file of test questions, or the sample, read once a session."""

import hashlib
from dataclasses import dataclass

import streamlit as st

from core.bootstrap import frontline
from core.errors import FrontlineError
from core.evaluation.formats.choosing import recognise_format
from core.evaluation.formats.recognised import Recognised
from core.files.table import ReadingChoices, Table
from core.identity.principal import Principal
from pages.shell import notices, session

PAGE = "evaluations"


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
class Read:
    """A file that was read, what its headings seem to mean, and a name for this very file."""

    recognised: Recognised
    digest: str

    @property
    def table(self) -> Table:
        """The rows, in columns that are known here."""
        return self.recognised.table


def file(principal: Principal, org_id: str) -> Read | None:
    """The uploaded file or the sample."""
    uploaded = st.file_uploader(
        "Upload a spreadsheet of test questions",
        type=["csv", "tsv", "txt", "xlsx", "jsonl"],
        max_upload_size=25,
        key=session.key(PAGE, org_id, "file"),
        help="CSV, Excel (.xlsx) or JSON lines (.jsonl). One row a question; a second column says what should be "
        "answered. Test files of promptfoo, QnA Maker, Copilot Studio, openai evals, Inspect and semantic-router are "
        "recognised.",
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
        r"Write \_\_fallback\_\_ where a person should take over; leave a cell empty where nobody has decided yet. "
        r"Where several answers are right, list the others in **also_accept**."
    )


def _chosen_sheet(principal: Principal, org_id: str, upload: _Upload) -> Read | None:
    """The table of an upload; of a workbook with several sheets the person may choose another one."""
    key = session.key(PAGE, org_id, f"sheet_{upload.digest(None)}")
    read = _read(principal, org_id, upload, st.session_state.get(key))
    if read is not None and len(read.table.sheets) > 1:
        sheets = read.table.sheets
        st.selectbox("Sheet", sheets, index=sheets.index(read.table.sheet or sheets[0]), key=key)
    return read


def _read(principal: Principal, org_id: str, upload: _Upload, sheet: str | None) -> Read | None:
    digest = upload.digest(sheet)
    kept: Read | None = session.get(PAGE, org_id, "read")
    if kept is not None and kept.digest == digest:
        return kept
    try:
        with st.spinner("Reading the file…"):
            choices = ReadingChoices(sheet=sheet)
            table = frontline().evaluations.read(principal, org_id, upload.data, upload.name, choices=choices)
    except FrontlineError as error:
        notices.show(error)
        return None
    read = Read(recognised=recognise_format(table), digest=digest)
    session.put(PAGE, org_id, "read", read)
    return read

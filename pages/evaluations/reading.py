"""The uploaded file of test questions, or the sample, read once a session."""

import functools
import hashlib
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.bootstrap import frontline
from core.datasets.formats.recognised import RecognisedFile
from core.errors import FrontlineError
from core.files.table import ReadingChoices, Table
from core.identity.principal import Principal
from pages.evaluations import reading_choices
from pages.shell import downloads, notices, session, uploads

PAGE = "evaluations"
_COLUMNS = (
    "Name them **question**, and **expected_question**, **expected_answer** or **expected_id**. Write "
    r"\_\_fallback\_\_ where a person should take over; leave a cell empty where nobody has decided yet. Where several "
    "answers are right, list the others in **also_accept**."
)


@dataclass(frozen=True)
class _Upload:
    """A file as it came."""

    name: str
    data: bytes

    @functools.cached_property
    def digest(self) -> str:
        """A name for this very file."""
        return hashlib.sha256(self.name.encode("utf-8", "replace") + b"\0" + self.data).hexdigest()


@dataclass(frozen=True)
class Read:
    """A file that was read, and what its headings seem to mean. ``file`` is a name for the file itself."""

    recognised: RecognisedFile
    file: str

    @functools.cached_property
    def digest(self) -> str:
        """A name for this very file, read in this way."""
        table = self.table
        return hashlib.sha256(repr((self.file, table.sheet, table.key, table.headings)).encode()).hexdigest()

    def fits(self, file: str, choices: ReadingChoices) -> bool:
        """Whether this file was read in the way that is asked for; what is not chosen may be as it is."""
        table = self.table
        asked = (
            (choices.sheet, table.sheet),
            (choices.key, table.key),
            (choices.headings, table.headings.line if table.headings.known else None),
        )
        return self.file == file and all(wanted is None or wanted == have for wanted, have in asked)

    @property
    def table(self) -> Table:
        """The rows, in columns that are known here."""
        return self.recognised.table


def file(principal: Principal, org_id: str, place: DeltaGenerator) -> Read | None:
    """The uploaded file or the sample; the ``place`` is for what may be said of how it is read."""
    uploaded = uploads.field(
        "Upload a spreadsheet of test questions",
        kinds=["csv", "tsv", "txt", "xlsx", "json", "jsonl", "yaml", "yml"],
        megabytes=25,
        key=session.key(PAGE, org_id, "file"),
        about="CSV, Excel (.xlsx), JSON or YAML. One row a question; a second column says what should be answered. "
        "Files of promptfoo, QnA Maker, QnABot, CLU, Copilot Studio, Rasa, LangSmith, Braintrust, openai evals, "
        "Inspect and semantic-router are recognised.",
    )
    if uploaded is not None:
        session.drop(PAGE, org_id, "sample")
        return _chosen(principal, org_id, _Upload(uploaded.name, uploaded.getvalue()), place)
    sample = frontline().sample_questions(org_id)
    _help(org_id, sample)
    if sample is not None and session.get(PAGE, org_id, "sample"):
        return _read(principal, org_id, _Upload("Sample questions.csv", sample), ReadingChoices())
    return None


def _help(org_id: str, sample: bytes | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if sample is not None:
            if st.button("Use the sample questions", key=session.key(PAGE, org_id, "use_sample")):
                session.put(PAGE, org_id, "sample", True)
            downloads.button(
                "Download the sample",
                make=lambda: sample,
                file_name="sample-questions.csv",
                key=session.key(PAGE, org_id, "get_sample"),
                type="tertiary",
            )
    start = " Start from our sample." if sample is not None else ""
    st.caption(f"Two columns: the question, and the answer that you expect.{start}", help=_COLUMNS)


def _chosen(principal: Principal, org_id: str, upload: _Upload, place: DeltaGenerator) -> Read | None:
    """The table of an upload, read as the person says; None while something is to be said first."""
    choices = reading_choices.made(org_id, upload.digest)
    before: Read | None = session.get(PAGE, org_id, "read")
    read = _read(principal, org_id, upload, choices)
    shown = read or before
    if shown is None or shown.file != upload.digest:
        return None
    with place:
        complete = reading_choices.render(org_id, upload.digest, shown.table, choices)  # also where one led to no table
    return read if complete else None


def _read(principal: Principal, org_id: str, upload: _Upload, choices: ReadingChoices) -> Read | None:
    kept: Read | None = session.get(PAGE, org_id, "read")
    if kept is not None and kept.fits(upload.digest, choices):
        return kept
    try:
        with st.spinner("Reading the file…"):
            found = frontline().intake.read(principal, org_id, upload.data, upload.name, choices=choices)
    except FrontlineError as error:
        notices.show(error)
        return None
    read = Read(recognised=found, file=upload.digest)
    session.put(PAGE, org_id, "read", read)
    return read

"""Reads CSV, TSV and plain lists, whatever separates their cells."""

import re

from core.errors import FileRejected
from core.files.assembling import assemble
from core.files.decoding import decode
from core.files.headings import with_headings
from core.files.messages import lines_told
from core.files.quotation import Records
from core.files.separators import Sample
from core.files.table import FileLimits, KnownHeadings, ReadingChoices, Table

_SEP_LINE = re.compile(r"sep=([^\w\s\"']|\t)\r?\n", re.IGNORECASE)
_JSON = re.compile(r"[\[{]\s*[\"\[{]")


def read_delimited(
    data: bytes,
    name: str,
    limits: FileLimits,
    choices: ReadingChoices = ReadingChoices(),  # noqa: B008 - frozen
    known: KnownHeadings = KnownHeadings(),  # noqa: B008 - frozen
) -> Table:
    """Read a text file with one record a line, or several lines where a cell in quotation marks holds line breaks.

    Raises FileRejected when it is not text, has no usable header, no row, or more than the limits allow.
    """
    decoded = decode(data)
    text, skipped, delimiter = decoded.text, 0, None
    if declared := _SEP_LINE.match(text):
        text, skipped, delimiter = text[declared.end() :], 1, declared.group(1)
    _refuse_other_formats(text)
    sample = Sample(text, skipped=skipped, headings=choices.headings, known=known)
    delimiter = delimiter or sample.delimiter(prefer_tab=name.lower().endswith((".tsv", ".tab")))
    records = Records(text, delimiter, skipped=skipped, spaced=sample.spaced(delimiter))
    body = assemble(with_headings(records, delimiter), limits, headings=choices.headings, known=known)
    notes = list(body.notes)
    if decoded.guessed:
        notes.insert(
            0, f"Read as {decoded.encoding}. If letters look wrong, save the file as UTF-8 and upload it again."
        )
    if records.literal:
        notes.append(
            f"A quotation mark in {lines_told(records.literal)} opens or closes no cell: it is read as a character."
        )
    return Table(
        name=name,
        columns=body.columns,
        rows=body.rows,
        problems=body.problems,
        notes=tuple(notes),
        encoding=decoded.encoding,
        delimiter=None if len(body.columns) == 1 else delimiter,
        format="text",
        headings=body.headings,
    )


def _refuse_other_formats(text: str) -> None:
    start = text[:200].lstrip().casefold()
    if _JSON.match(start):
        raise FileRejected(
            "This is JSON, though its name says otherwise. Name it .json (with one object a line: .jsonl), and upload "
            "it again."
        )
    if start.startswith(("<!doctype html", "<html", "<table", "<?xml")):
        raise FileRejected(
            "This is a web page or XML, not a table. If it was a download, sign in there and download it again; "
            "if a spreadsheet opens it, save it as CSV or .xlsx."
        )
    if start.startswith("{\\rtf"):
        raise FileRejected("This is a formatted document (RTF), not a table. Save it as CSV or .xlsx.")

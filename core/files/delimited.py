"""Reads CSV, TSV and plain lists, whatever separates their cells."""

import csv
import io
import re
from collections.abc import Iterator

from core.errors import FileRejected
from core.files.assembling import Record, assemble
from core.files.decoding import decode
from core.files.headings import with_headings
from core.files.table import Limits, RowProblem, Table

_DELIMITERS = ",;\t|"
_NO_DELIMITER = "\x1f"
_SAMPLE = 256 * 1024
_SAMPLED_RECORDS = 300
_SEP_LINE = re.compile(r"sep=([^\w\s\"']|\t)\r?\n", re.IGNORECASE)
_JSON = re.compile(r"[\[{]\s*[\"\[{]")
_NEVER_CLOSED = (
    "A quotation mark opens in this row and is never closed, so nothing from here on could be read. "
    "Close it (or delete it), and upload the file again."
)
_MISPLACED = (
    "There is text after a closing quotation mark. Write a quotation mark inside a quoted cell twice, and "
    "nothing between a closing one and the separator."
)


def read_delimited(data: bytes, name: str, limits: Limits) -> Table:
    """Read a text file with one record a line, or several lines where a cell in quotation marks holds line breaks.

    Raises FileRejected when it is not text, has no usable header, no row, or more than the limits allow.
    """
    decoded = decode(data)
    text, skipped, delimiter = decoded.text, 0, None
    if declared := _SEP_LINE.match(text):
        text, skipped, delimiter = text[declared.end() :], 1, declared.group(1)
    _refuse_other_formats(text)
    delimiter = delimiter or sniffed_delimiter(text, prefer_tab=name.lower().endswith((".tsv", ".tab")))
    body = assemble(with_headings(_records(text, delimiter, skipped), delimiter), limits)
    notes = list(body.notes)
    if decoded.guessed:
        notes.insert(
            0, f"Read as {decoded.encoding}. If letters look wrong, save the file as UTF-8 and upload it again."
        )
    return Table(
        name=name,
        columns=body.columns,
        rows=body.rows,
        problems=body.problems,
        notes=tuple(notes),
        encoding=decoded.encoding,
        delimiter=None if len(body.columns) == 1 else delimiter,
    )


def sniffed_delimiter(text: str, *, prefer_tab: bool = False) -> str:
    """What separates the cells: the delimiter that gives most records as many cells as the header.

    A delimiter that is not in the header separates nothing. Without any, the file is a list with one cell a line: then
    a delimiter that breaks no record is taken (its quoted cells are read as such), else a character that text never
    holds, so that a comma in a sentence stays a comma.
    """
    candidates = "\t,;|" if prefer_tab else _DELIMITERS
    agreement = {delimiter: _agreement(text, delimiter) for delimiter in candidates}
    separating = [delimiter for delimiter in candidates if len(agreement[delimiter][0]) > 1]
    if separating:
        best = max(separating, key=lambda delimiter: agreement[delimiter][1])
        header, share = agreement[best]
        sentence = any(cell.startswith(" ") for cell in header[1:])  # "Question, as asked" rather than two headings
        if share > 0.2 or not sentence:
            return best
    unbroken = [delimiter for delimiter, (header, share) in agreement.items() if len(header) <= 1 and share == 1]
    return unbroken[0] if unbroken else _NO_DELIMITER


def _agreement(text: str, delimiter: str) -> tuple[list[str], float]:
    """The header, and the share of the first records that have as many cells."""
    header: list[str] | None = None
    widths = []
    for record in _records(text[:_SAMPLE], delimiter, 0):
        cells = [] if isinstance(record, RowProblem) else record[1]
        if header is None and any(cell.strip() for cell in cells):
            header = cells
        elif isinstance(record, RowProblem) or any(cell.strip() for cell in cells):
            widths.append(len(cells))
        if len(widths) >= _SAMPLED_RECORDS:
            break
    else:
        if len(text) > _SAMPLE:
            del widths[-1:]  # the sample's end cuts the last record
    share = sum(width == len(header or ()) for width in widths) / len(widths) if widths else 1.0
    return header or [], share


def _records(text: str, delimiter: str, skipped: int) -> Iterator[Record]:
    # The csv module would stop at a long cell, for which assemble() has words. Its limit is one for the whole process.
    csv.field_size_limit(max(len(text), csv.field_size_limit()))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = skipped + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield RowProblem(line, _reason(error, line, skipped + reader.line_num))
        else:
            yield line, cells


def _reason(error: csv.Error, first: int, last: int) -> str:
    if "unexpected end of data" in str(error):
        return _NEVER_CLOSED
    return _MISPLACED if first == last else f"{_MISPLACED} This record reaches to line {last}."


def _refuse_other_formats(text: str) -> None:
    start = text[:200].lstrip().casefold()
    if _JSON.match(start):
        raise FileRejected(
            "This is JSON, not a table. Upload a CSV, TSV or TXT file, or an Excel workbook (.xlsx); name a file with "
            "one JSON object a line .jsonl."
        )
    if start.startswith(("<!doctype html", "<html", "<table", "<?xml")):
        raise FileRejected(
            "This is a web page or XML, not a table. If it was a download, sign in there and download it again; "
            "if a spreadsheet opens it, save it as CSV or .xlsx."
        )
    if start.startswith("{\\rtf"):
        raise FileRejected("This is a formatted document (RTF), not a table. Save it as CSV or .xlsx.")

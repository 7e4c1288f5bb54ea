"""Gives people files that their spreadsheet opens as it was meant: nothing run as a formula, nothing garbled."""

import csv
import datetime
import io
import math
import numbers
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Literal

import pandas as pd

from core.errors import FrontlineError
from core.files.escaping import MARKED, MARKER, UNMARKED, escape, needs_escape

CELL_LIMIT = 32_767
"""What a cell of a workbook can hold, in UTF-16 code units."""
_SHEET_ROWS = 1_048_576
_EXACT_INTEGER = 10**15
_CUT = " … [cut: the whole text has {:,} characters, and is in the CSV file]"

_CONTROL = {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A, 0x0D)}
_NOT_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_NEEDS_WORK = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x")
_LOOKS_ENCODED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]+")
_NOT_IN_FILE_NAMES = re.compile(r'[<>:"/\\|?*\s,-]+')
_UPLOADED = re.compile(r"\.(?:csv|tsv|tab|txt|jsonl?|ndjson|xlsx|xlsm|ya?ml)$", re.IGNORECASE)
_WINDOWS_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def to_csv(frame: pd.DataFrame, delimiter: str = ",") -> bytes:
    """The frame's columns (not its index) as CSV, with commas, in UTF-8 with the mark that tells spreadsheets so.

    With a tab as the ``delimiter`` it is a TSV file.

    Text that a spreadsheet might run as a formula is escaped, also in the headings, and the column ``MARKER`` is added
    if there is any; reading the file gives the text back (see ``escaping``). Missing values become empty cells;
    numbers are written in full; lone surrogates, which no file can hold, as ``\\ud800``. Raises ValueError when the
    frame has a column of the marker's name.
    """
    if MARKER in frame.columns:
        raise ValueError(f"{MARKER} is the name of the column that marks escaped rows")
    header = [_csv_text(name) for name in frame.columns]
    rows, marks = [], []
    for row in frame.itertuples(index=False, name=None):
        rows.append([_csv_text(value) for value in row])
        marks.append(any(map(_begins_like_formula, row)))
    if any(marks) or any(map(_begins_like_formula, frame.columns)):
        header.append(MARKER)
        for cells, mark in zip(rows, marks, strict=True):
            cells.append(MARKED if mark else UNMARKED)
    buffer = io.StringIO(newline="")
    quoting: Literal[0, 1] = csv.QUOTE_ALL if delimiter == "," else csv.QUOTE_MINIMAL
    csv.writer(buffer, delimiter=delimiter, quoting=quoting).writerow(header)  # no reader can mistake the separator
    quoting = csv.QUOTE_ALL if any(cell[:1] == " " for cells in rows for cell in cells) else csv.QUOTE_MINIMAL
    csv.writer(buffer, delimiter=delimiter, quoting=quoting).writerows(rows)  # a space before a cell is its own
    return buffer.getvalue().encode("utf-8-sig", "backslashreplace")


def to_xlsx(sheets: Mapping[str, pd.DataFrame]) -> bytes:
    """A workbook with one sheet for each frame, in the mapping's order, the headings in the first row.

    Text stays text, whatever it begins with. Control characters are shown as their pictures (␇ for U+0007), because a
    workbook cannot hold them; a text over ``CELL_LIMIT`` is cut, and its end says so. Integers of more than 15 digits
    become text, as a spreadsheet would round them. Raises FrontlineError when a frame has more rows than a sheet.
    """
    from openpyxl import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415 - slow to load, seldom needed

    if not sheets:
        raise ValueError("a workbook has at least one sheet")
    workbook = Workbook(write_only=True)
    taken: set[str] = set()
    for title, frame in sheets.items():
        if len(frame) >= _SHEET_ROWS:
            raise FrontlineError(f"A sheet holds at most {_SHEET_ROWS:,} rows. Download the CSV file instead.")
        sheet = workbook.create_sheet(_sheet_name(str(title), taken))
        sheet.freeze_panes = "A2"
        cell = _cells(sheet)
        sheet.append([cell(str(name)) for name in frame.columns])
        for row in frame.itertuples(index=False, name=None):
            sheet.append([cell(value) for value in row])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def safe_file_name(text: str, suffix: str) -> str:
    """A name for a download that any system takes, such as ``Northwind-results.csv``: letters of all scripts stay.

    What could be a path, a formula, a device of Windows or hidden direction marks is left out; between words stands
    one dash. At most 60 characters before the suffix, which comes with or without its dot, and is not repeated.
    """
    suffix = f".{suffix.removeprefix('.')}"
    visible = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c)[0] != "C" or c.isspace())
    name = _NOT_IN_FILE_NAMES.sub("-", visible.strip())
    while name and (name[0] in ".-~'" or needs_escape(name)):
        name = name[1:]
    if name.casefold().endswith(suffix.casefold()):
        name = name[: -len(suffix)]
    name = name[:60].rstrip(" .-")
    if not name or _WINDOWS_DEVICES.match(name):
        name = f"frontline-{name}".rstrip("-")
    return name + suffix


def without_ending(name: str) -> str:
    """What an uploaded file is called without its ending; any other name as it is, whatever dots and slashes it has.

    >>> without_ending("Tests.csv"), without_ending("A/B x"), without_ending("Answers v1.2")
    ('Tests', 'A/B x', 'Answers v1.2')
    """
    return _UPLOADED.sub("", name)


def _begins_like_formula(value: object) -> bool:
    return isinstance(value, str) and needs_escape(value)


def _csv_text(value: object) -> str:
    if isinstance(value, str):
        return escape(value)
    return "" if _missing(value) else str(value)


def _missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def _cells(sheet: object) -> Callable[[object], object]:
    """What makes a cell of this sheet: text explicitly so, because openpyxl takes "=1" for a formula."""
    from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]  # noqa: PLC0415 - as above

    def cell(value: object) -> object:
        plain = _plain(value)
        if not isinstance(plain, str):
            return plain
        if not needs_escape(plain) and not plain.startswith("#"):  # openpyxl takes "#N/A" for an error
            return _sheet_text(plain)
        made = WriteOnlyCell(sheet, value=_sheet_text(plain))
        made.data_type = "s"
        if needs_escape(plain):
            made.quotePrefix = True  # so that it stays text when somebody edits the cell
        return made

    return cell


def _plain(value: object) -> object:
    """The value as a type that a sheet has: nothing, a truth value, a number, a date, or else text."""
    if _missing(value):
        return None
    if isinstance(value, str | bool):
        return value
    if isinstance(value, numbers.Integral):
        return int(value) if abs(int(value)) < _EXACT_INTEGER else str(value)
    if isinstance(value, numbers.Real):
        return float(value) if math.isfinite(value) else str(value)
    if isinstance(value, datetime.datetime):
        return value if value.tzinfo is None else value.isoformat(sep=" ")
    return value if isinstance(value, datetime.date) else str(value)


def _sheet_text(text: str) -> str:
    """The text as a workbook can hold it; ``_x0041_`` in it would be read as an A, and CR as a line feed."""
    if len(text) <= CELL_LIMIT // 2 and not _NEEDS_WORK.search(text):
        return text
    safe = _NOT_IN_XML.sub("�", text.translate(_CONTROL))
    safe = _LOOKS_ENCODED.sub("_x005F_", safe).replace("\r", "_x000D_")
    if _units(safe) <= CELL_LIMIT:
        return safe
    end = _CUT.format(len(text))
    kept = safe.encode("utf-16-le")[: 2 * (CELL_LIMIT - _units(end))].decode("utf-16-le", "ignore")
    return kept + end


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _sheet_name(title: str, taken: set[str]) -> str:
    """At most 31 characters, none of those Excel refuses, and not one that another sheet has in any case."""
    base = " ".join(_NOT_IN_SHEET_NAMES.sub(" ", title).split()).strip("' ") or "Sheet"
    if base.casefold() == "history":  # Excel keeps this name for itself
        base = f"{base} sheet"
    name, copy = base[:31], 1
    while name.casefold() in taken:
        copy += 1
        name = f"{base[: 31 - len(f' ({copy})')]} ({copy})"
    taken.add(name.casefold())
    return name

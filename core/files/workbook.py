"""Reads Excel workbooks; meant to run in a process of its own, because a tiny file can ask for any amount of work."""

import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Protocol

import openpyxl  # type: ignore[import-untyped]  # openpyxl ships no types

from core.errors import FileRejected
from core.files.assembling import NoTable, Record, assemble
from core.files.table import Limits, Table

_PARTS = 5_000
_LAST_ROW = 1_048_576
_EMPTY_PER_CELL = 10
_DAMAGED = "The workbook is damaged. Open it in a spreadsheet program, save it as .xlsx, and upload that."
_ENCODED = re.compile("_x(00[01][0-9A-Fa-f]|005[Ff])_")


class _Sheet(Protocol):
    """What is used of a sheet of openpyxl."""

    title: str
    sheet_state: str

    def reset_dimensions(self) -> None: ...

    def iter_rows(self, *, values_only: bool) -> Iterator[tuple[object, ...]]: ...


def read_workbook(data: bytes, name: str, limits: Limits, sheet: str | None = None) -> Table:
    """Read one sheet of a workbook as people see it: 7 rather than 7.0, a formula's last result, dates as 2026-01-31.

    Takes the sheet named ``sheet``, by default the first visible one with a header and a row below it. A cell's number
    format (currency, per cent) is not applied. A formula that no program has worked out yet reads as empty. Raises
    FileRejected when the workbook is damaged or asks for more than the limits, or has no such sheet.
    """
    _check_parts(data, limits)
    if not openpyxl.DEFUSEDXML:
        raise RuntimeError(
            "openpyxl must read XML through defusedxml; is it installed, and OPENPYXL_DEFUSEDXML not set?"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they tell of charts and validations that are lost; only cells are read
            with closing(openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)) as workbook:
                return _read(workbook.worksheets, name, limits, sheet)
    except (FileRejected, MemoryError):
        raise
    except Exception as error:  # openpyxl raises almost any type on a damaged file, all meaning this
        raise FileRejected(_DAMAGED) from error


def _check_parts(data: bytes, limits: Limits) -> None:
    """Refuse what would not fit before anything is unpacked; zipfile never unpacks more than a part declares."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise FileRejected(_DAMAGED) from error
    if len(parts) > _PARTS or sum(part.file_size for part in parts) > limits.unpacked:
        raise FileRejected(
            f"The workbook unpacks to more than {limits.unpacked // 1024**2:,} MB. "
            "Copy only the rows that are needed to a new workbook, and upload that."
        )
    if any(part.flag_bits & 1 for part in parts):
        raise FileRejected("The workbook is protected by a password. Save it without one, and upload that.")


def _read(worksheets: Iterable[_Sheet], name: str, limits: Limits, wanted: str | None) -> Table:
    sheets = {sheet.title: sheet for sheet in worksheets}
    if wanted is not None and wanted not in sheets:
        raise FileRejected(f"There is no sheet “{wanted}” in the workbook; it has {_listed(list(sheets))}.")
    visible_first = sorted(sheets, key=lambda title: sheets[title].sheet_state != "visible")
    chosen = visible_first if wanted is None else [wanted]
    refused: NoTable | None = None
    for title in chosen:
        try:
            body = assemble(_records(sheets[title], limits), limits, ragged=True)
        except NoTable as error:
            refused = refused or error
            continue
        return Table(
            name=name,
            columns=body.columns,
            rows=body.rows,
            problems=body.problems,
            notes=body.notes,
            sheet=title,
            sheets=tuple(sheets),
        )
    raise refused or NoTable("There is no sheet with cells in the workbook.")


def _records(sheet: _Sheet, limits: Limits) -> Iterator[Record]:
    sheet.reset_dimensions()  # what a file declares as its size may be wrong, and openpyxl would leave out the rest
    passed = 0
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        width = len(values)
        passed += width
        if number > _LAST_ROW:
            raise FileRejected(_DAMAGED)
        if passed > _EMPTY_PER_CELL * limits.cells:
            raise FileRejected(
                f"The sheet “{sheet.title}” has far more empty cells than full ones. "
                "Copy only the rows that are needed to a new workbook, and upload that."
            )
        while width and values[width - 1] in (None, ""):
            width -= 1
        yield number, [_text(v) if type(v) is str else _shown(v) for v in values[:width]]


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.15g}"  # spreadsheets show and keep 15 digits
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(sep=" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def _text(value: str) -> str:
    """Spreadsheets write control characters (a line break of Windows, say) as ``_x000D_``."""
    return _ENCODED.sub(lambda found: chr(int(found.group(1), 16)), value) if "_x" in value else value


def _listed(titles: list[str]) -> str:
    return ", ".join(f"“{title}”" for title in titles[:10]) + (" and others" if len(titles) > 10 else "")

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
from core.files.assembling import NOTHING_BELOW, assemble
from core.files.heading_row import find
from core.files.messages import lines_told
from core.files.records import NeverCalculated, NoTable, Record
from core.files.shared_texts import check_shared_texts
from core.files.table import FileLimits, KnownHeadings, ReadingChoices, Table
from core.files.workbook_parts import Marks, column_letters, marks_of

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


def read_workbook(
    data: bytes,
    name: str,
    limits: FileLimits,
    choices: ReadingChoices = ReadingChoices(),  # noqa: B008 - frozen
    known: KnownHeadings = KnownHeadings(),  # noqa: B008 - frozen
) -> Table:
    """Read one sheet of a workbook as people see it: 7 rather than 7.0, a formula's last result, dates as 2026-01-31.

    Takes the sheet that was chosen, by default the first visible one with headings that are known, else the first with
    a header and a row below it. A merged cell holds for each of its rows. A cell's number format (currency, per cent)
    is not applied. A formula that no program has worked out yet makes its row a problem where the cell is needed.
    Raises FileRejected when the workbook is damaged or asks for more than the limits, or has no such sheet.
    """
    _check_parts(data, limits)
    if not openpyxl.DEFUSEDXML:
        raise RuntimeError(
            "openpyxl must read XML through defusedxml; is it installed, and OPENPYXL_DEFUSEDXML not set?"
        )
    try:
        check_shared_texts(data, limits)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they tell of charts and validations that are lost; only cells are read
            with closing(openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)) as workbook:
                return _Workbook(data, workbook.worksheets, limits, known).table(name, choices)
    except (FileRejected, MemoryError):
        raise
    except Exception as error:  # openpyxl raises almost any type on a damaged file, all meaning this
        raise FileRejected(_DAMAGED) from error


def _check_parts(data: bytes, limits: FileLimits) -> None:
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


class _Workbook:
    """The sheets of an open workbook, whose bytes are ``data``."""

    def __init__(self, data: bytes, worksheets: Iterable[_Sheet], limits: FileLimits, known: KnownHeadings) -> None:
        self._data = data
        self._sheets = {sheet.title: sheet for sheet in worksheets}
        self._limits = limits
        self._known = known

    def table(self, name: str, choices: ReadingChoices) -> Table:
        """The table of the chosen sheet, or of the first that has one."""
        wanted = choices.sheet
        if wanted is not None and wanted not in self._sheets:
            raise FileRejected(f"There is no sheet “{wanted}” in the workbook; it has {_listed(list(self._sheets))}.")
        refused: NoTable | None = None
        for title in [wanted] if wanted is not None else self._likely_first():
            marks = marks_of(self._data, title)
            rows = _SheetRows(self._sheets[title], self._limits, marks)
            try:
                body = assemble(rows, self._limits, ragged=True, headings=choices.headings, known=self._known)
            except NoTable as error:
                refused = refused or error
                continue
            if not body.rows and not body.problems and wanted is None:
                refused = refused or NoTable(NOTHING_BELOW)
                continue
            return Table(
                name=name,
                columns=body.columns,
                rows=body.rows,
                problems=body.problems,
                notes=(*self._chosen(title, wanted), *body.notes, *rows.notes()),
                sheet=title,
                sheets=tuple(self._sheets),
                format="Excel workbook",
                headings=body.headings,
            )
        raise refused or NoTable("There is no sheet with cells in the workbook.")

    def _chosen(self, title: str, wanted: str | None) -> list[str]:
        """Which sheet was read, where that is not the first and nobody asked for it."""
        if wanted is not None or title == next(iter(self._sheets)):
            return []
        others = _listed([other for other in self._sheets if other != title])
        return [f"The sheet “{title}” was read. Not read: {others}."]

    def _likely_first(self) -> list[str]:
        """The sheets in the order in which they are tried: visible ones first, of these those with known headings."""
        titles = sorted(self._sheets, key=lambda title: self._sheets[title].sheet_state != "visible")
        if not self._known.names or len(titles) == 1:
            return titles
        for title in titles:
            if self._sheets[title].sheet_state == "visible" and self._has_known_headings(title):
                return [title, *(other for other in titles if other != title)]
        return titles

    def _has_known_headings(self, title: str) -> bool:
        try:
            return find(_SheetRows(self._sheets[title], self._limits, Marks()), self._known).headings.known
        except NoTable:
            return False


class _SheetRows:
    """The rows of a sheet, as they come; what was done to them can be told afterwards."""

    def __init__(self, sheet: _Sheet, limits: FileLimits, marks: Marks) -> None:
        self._sheet = sheet
        self._limits = limits
        self._marks = marks
        self._filled: dict[int, list[int]] = {}

    def __iter__(self) -> Iterator[Record]:
        reaching: dict[int, tuple[str, int]] = {}
        for number, cells in self._values():
            for place in self._marks.uncalculated.get(number, ()):
                _put(cells, place, NeverCalculated("(formula never calculated)"))
            if reaching and any(cells):
                self._fill_down(number, cells, reaching)
            for place, last in self._marks.merged.get(number, ()):
                if place < len(cells) and cells[place]:
                    reaching[place] = (cells[place], last)
            yield number, cells

    def notes(self) -> list[str]:
        """Which cells were filled, once all rows were read."""
        return [
            f"Merged cells of column {column_letters(place)} hold for all their rows ({lines_told(lines)})."
            for place, lines in sorted(self._filled.items())
        ]

    def _fill_down(self, number: int, cells: list[str], reaching: dict[int, tuple[str, int]]) -> None:
        for place, (text, last) in list(reaching.items()):
            if number > last:
                del reaching[place]
            elif place >= len(cells) or not cells[place]:
                _put(cells, place, text)
                self._filled.setdefault(place, []).append(number)

    def _values(self) -> Iterator[tuple[int, list[str]]]:
        sheet = self._sheet
        sheet.reset_dimensions()  # what a file declares as its size may be wrong, and openpyxl would leave out the rest
        passed = 0
        for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
            width = len(values)
            passed += width
            if number > _LAST_ROW:
                raise FileRejected(_DAMAGED)
            if passed > _EMPTY_PER_CELL * self._limits.cells:
                raise FileRejected(
                    f"The sheet “{sheet.title}” has far more empty cells than full ones. "
                    "Copy only the rows that are needed to a new workbook, and upload that."
                )
            while width and values[width - 1] in (None, ""):
                width -= 1
            yield number, [_text(v) if type(v) is str else _shown(v) for v in values[:width]]


def _put(cells: list[str], place: int, text: str) -> None:
    cells.extend([""] * (place + 1 - len(cells)))
    cells[place] = text


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

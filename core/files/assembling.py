"""Turns records of any format into a table: one header, one width, and a reason for each record that does not fit."""

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.counted import counted
from core.errors import FileRejected
from core.files.escaping import MARKED, MARKER, unescape
from core.files.table import Limits, Row, RowProblem

Record = tuple[int, list[str]] | RowProblem
"""A record with the place where it starts, or why it could not be read."""
_Rows = list[tuple[int, list[str]]]

_SURROGATE = re.compile("[\ud800-\udfff]")


class NoTable(FileRejected):
    """There is no header with rows below it here. Another sheet of the workbook may have one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """What a table holds beside how it was found."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[RowProblem, ...]
    notes: tuple[str, ...]


def assemble(records: Iterable[Record], limits: Limits, *, ragged: bool = False) -> Body:
    """Check records against the first that is not blank, their header.

    Blank records are skipped. With ``ragged`` (a sheet, whose cells have their place) short records are filled up and
    wide ones widen the table; otherwise a record of another width is a problem, because which cell is missing or too
    many is not known. Raises NoTable when there is no usable header or nothing below it, FileRejected when there is
    more than the limits allow.
    """
    source = iter(records)
    header = _header(source, limits)
    rows, problems = _checked(source, header, limits, ragged=ragged)
    if not rows and not problems:
        raise NoTable("There is a row of headings but nothing below it. Add at least one row, and upload again.")
    width = max(len(header), max((len(cells) for _, cells in rows), default=0))
    header = _padded(header, width)
    if ragged:
        rows = [(line, _padded(cells, width)) for line, cells in rows]
    if header.count(MARKER) == 1:
        header, rows = _unescaped(header, rows)
    keep = _columns_in_use(header, rows)
    if len(keep) < len(header):
        rows = [(line, [cells[i] for i in keep]) for line, cells in rows]
    names, notes = _unique_names(header, keep)
    return Body(
        columns=tuple(names),
        rows=tuple(Row(line, tuple(cells)) for line, cells in rows),
        problems=tuple(problems),
        notes=tuple(notes),
    )


def _header(source: Iterable[Record], limits: Limits) -> list[str]:
    for record in source:
        if isinstance(record, RowProblem):
            raise NoTable(f"The headings in line {record.line} cannot be read. {record.reason}")
        line, cells = record
        if not any(cell.strip() for cell in cells):
            continue
        if reason := _unusable(cells, [f"Column {i}" for i in range(1, len(cells) + 1)], limits):
            raise NoTable(f"The headings in line {line} cannot be used. {reason}")
        _check_width(line, cells, limits)
        return cells
    raise NoTable("There is nothing in it. Upload a file with a row of headings and at least one row below it.")


def _checked(
    source: Iterable[Record], header: list[str], limits: Limits, *, ragged: bool
) -> tuple[_Rows, list[RowProblem]]:
    rows: _Rows = []
    problems: list[RowProblem] = []
    characters = size = 0
    for record in source:
        if isinstance(record, RowProblem):
            problems.append(record)
        else:
            line, cells = record
            text = "".join(cells)
            if not text or text.isspace():
                continue
            if len(cells) != len(header) and not ragged:
                problems.append(RowProblem(line, _wrong_width(len(cells), len(header))))
            elif reason := _unusable(cells, header, limits, text):
                problems.append(RowProblem(line, reason))
            else:
                if len(cells) > limits.columns:
                    _check_width(line, cells, limits)
                rows.append((line, cells))
                characters += len(text)
                size += len(cells)
        if len(rows) + len(problems) > limits.rows:
            raise FileRejected(f"There are more than {limits.rows:,} rows. Split the file, and upload the parts.")
        if size > limits.cells or characters > limits.characters:
            raise FileRejected(
                f"There is more in it than Frontline can take at once ({limits.cells:,} cells with together "
                f"{limits.characters:,} characters). Remove columns that are not needed, or split the file."
            )
    return rows, problems


def _check_width(line: int, cells: list[str], limits: Limits) -> None:
    if len(cells) > limits.columns:
        raise FileRejected(
            f"Line {line} has {len(cells):,} columns; {limits.columns:,} is the limit. Remove those you do not need."
        )


def _wrong_width(found: int, expected: int) -> str:
    cells, headings = counted(found, "cell"), counted(expected, "heading")
    if found > expected:
        return f"There are {cells} for {headings}. Put text that holds the separator in quotation marks."
    return f"There {'is' if found == 1 else 'are'} only {cells} for {headings}. A cell or a separator is missing."


def _unusable(cells: list[str], names: list[str], limits: Limits, text: str | None = None) -> str | None:
    """Why no record with these cells can be kept. Looks at each cell only when the whole gives cause."""
    text = "".join(cells) if text is None else text
    if len(text) <= limits.cell and "\0" not in text and (text.isascii() or not _SURROGATE.search(text)):
        return None
    for i, cell in enumerate(cells):
        where = f"The cell “{names[i]}”" if i < len(names) and names[i].strip() else f"Cell {i + 1}"
        if "\0" in cell:
            return f"{where} holds the character U+0000, which no text may hold. Delete it."
        if _SURROGATE.search(cell):
            return f"{where} holds damaged characters. Type it again, and save the file as UTF-8."
        if len(cell) > limits.cell:
            return f"{where} has {len(cell):,} characters; {limits.cell:,} is the limit."
    return None


def _padded(cells: list[str], width: int) -> list[str]:
    return cells + [""] * (width - len(cells))


def _unescaped(header: list[str], rows: _Rows) -> tuple[list[str], _Rows]:
    """Undo the escape of an export in the rows that it marked, and blank out its mark."""
    mark = header.index(MARKER)
    restored = []
    for line, cells in rows:
        undo = cells[mark].strip().casefold() == MARKED
        cells[mark] = ""
        restored.append((line, [unescape(cell) for cell in cells] if undo else cells))
    return ["" if name == MARKER else unescape(name) for name in header], restored


def _columns_in_use(header: list[str], rows: _Rows) -> list[int]:
    """All but those with neither a heading nor a cell: spreadsheets often save such beside the table."""
    return [i for i, name in enumerate(header) if name.strip() or any(cells[i].strip() for _, cells in rows)]


def _unique_names(header: list[str], keep: list[int]) -> tuple[list[str], list[str]]:
    """A name for each column that is kept, and a note for each that is not its heading."""
    names: list[str] = []
    notes: list[str] = []
    taken = set(header)
    for given, place in ((header[i], i + 1) for i in keep):
        if given.strip() and given not in names:
            names.append(given)
            continue
        name = _free_name(given if given.strip() else f"Column {place}", taken)
        taken.add(name)
        names.append(name)
        said = f"The heading “{given}” appears more than once" if given.strip() else f"Column {place} has no heading"
        notes.append(f"{said}: this one is shown as “{name}”.")
    return names, notes


def _free_name(base: str, taken: set[str]) -> str:
    if base not in taken:
        return base
    return next(name for i in itertools.count(2) if (name := f"{base} ({i})") not in taken)

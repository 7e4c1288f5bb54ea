"""Turns records of any format into a table: one header, one width, and a reason for each record that does not fit."""

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import FileRejected
from core.files import heading_row
from core.files.escaping import MARKED, MARKER, unescape
from core.files.fitting import Fitting, unusable_cells
from core.files.messages import lines_told
from core.files.nesting import spread
from core.files.records import NoTable, Record
from core.files.table import FileLimits, HeadingRow, KnownHeadings, Row, RowProblem, heading_key

NOTHING_BELOW = "There is a row of headings but nothing below it. Add at least one row, and upload again."
_LONGEST_HEADING = 500
_LONGEST_TOLD = 500
_UNREADABLE = re.compile("[\0\ud800-\udfff]")
_Rows = list[tuple[int, list[str]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """What a table holds beside how it was found."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[RowProblem, ...]
    notes: tuple[str, ...]
    headings: HeadingRow


def assemble(
    records: Iterable[Record],
    limits: FileLimits,
    *,
    ragged: bool = False,
    headings: int | None = None,
    known: KnownHeadings = KnownHeadings(),  # noqa: B008 - frozen
) -> Body:
    """Check records against their headings, which ``heading_row`` finds; ``headings`` is the line that somebody chose.

    Blank records are skipped, and so are those that repeat the headings. With ``ragged`` (a sheet, whose cells have
    their place) short records are filled up and wide ones widen the table; else see ``Fitting``. Raises NoTable when
    there is no usable header or nothing below it, FileRejected when there is more than the limits allow.
    """
    start = heading_row.find(records, known, headings)
    line, header = start.header
    if reason := unusable_cells(header, [f"Column {i}" for i in range(1, len(header) + 1)], limits):
        raise NoTable(f"The headings in line {line} cannot be used. {reason}")
    _check_width(line, header, limits)
    fitting = Fitting(header, start.sample, known, limits, ragged=ragged)
    again = [heading_key(name) for name in header] if any(map(known.name_of, header)) else None
    rows, problems, repeats = _checked(start.rows, header, again, fitting, limits)
    if not rows and not problems and start.headings.known:  # else somebody may say that the only row is a question
        raise NoTable(NOTHING_BELOW)
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
    names, cells = spread(names, [cells for _, cells in rows], limits.columns, known.texts)
    rows = [(line, wide) for (line, _), wide in zip(rows, cells, strict=True)]
    if repeats:
        one = len(repeats) == 1
        told = f"{lines_told(repeats).capitalize()} {'repeats' if one else 'repeat'} the headings, and"
        notes.append(f"{told} {'is' if one else 'are'} left out.")
    return Body(
        columns=tuple(names),
        rows=tuple(Row(line, tuple(cells)) for line, cells in rows),
        problems=tuple(problems),
        notes=(*start.notes, *notes, *fitting.notes()),
        headings=start.headings,
    )


def _checked(
    source: Iterable[Record], header: list[str], headings: list[str] | None, fitting: Fitting, limits: FileLimits
) -> tuple[_Rows, list[RowProblem], list[int]]:
    """The rows that can be used, why the others cannot, and the lines that say the ``headings`` once more."""
    rows: _Rows = []
    problems: list[RowProblem] = []
    repeats: list[int] = []
    characters = size = 0
    for record in source:
        if isinstance(record, RowProblem):
            problems.append(record)
        else:
            line, cells = record
            text = "".join(cells)
            if not text or text.isspace():
                continue
            if headings and _say(cells, headings):
                repeats.append(line)
                continue
            fitted = fitting.fitted(line, cells, text)
            if isinstance(fitted, str):
                problems.append(RowProblem(line, fitted, _told(header, cells)))
            else:
                if len(fitted) > limits.columns:
                    _check_width(line, fitted, limits)
                rows.append((line, fitted))
                characters += len(text)
                size += len(fitted)
        if len(rows) + len(problems) + len(repeats) > limits.rows:
            raise FileRejected(f"There are more than {limits.rows:,} rows. Split the file, and upload the parts.")
        if size > limits.cells or characters > limits.characters:
            raise FileRejected(
                f"There is more in it than Frontline can take at once ({limits.cells:,} cells with together "
                f"{limits.characters:,} characters). Remove columns that are not needed, or split the file."
            )
    return rows, problems, repeats


def _told(header: list[str], cells: list[str]) -> tuple[tuple[str, str], ...]:
    """The cells of a row that cannot be used, under their headings, long ones cut; of a damaged one what is whole."""
    return tuple(
        (name if name.strip() else f"Column {place}", _UNREADABLE.sub("�", cell[:_LONGEST_TOLD]))
        for place, (name, cell) in enumerate(zip(header, cells, strict=False), start=1)
        if cell
    )


def _say(cells: list[str], headings: list[str]) -> bool:
    """Whether cells are the headings once more; a single one may be a question."""
    return 1 < len(cells) == len(headings) and all(
        len(cell) <= _LONGEST_HEADING and heading_key(cell) == name for cell, name in zip(cells, headings, strict=True)
    )


def _check_width(line: int, cells: list[str], limits: FileLimits) -> None:
    if len(cells) > limits.columns:
        raise FileRejected(
            f"Line {line} has {len(cells):,} columns; {limits.columns:,} is the limit. Remove those you do not need."
        )


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

"""Fits each record to the headings, or says why nobody can know which cell is which."""

import re
from collections.abc import Sequence

from core.files.messages import lines_told
from core.files.records import NeverCalculated, Record
from core.files.table import FileLimits, KnownHeadings, RowProblem
from core.plurals import counted

_SURROGATE = re.compile("[\ud800-\udfff]")
_SHEET_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|NV|BEZUG!|WERT!)")
_CALCULATE = "Open the file in a spreadsheet program, save it there, and upload it again."


class Fitting:
    """What the rows of one file may look like, by its headings and its first rows.

    A row that ends early is filled up when only columns are missing that change nothing about the others; which those
    are is known by ``known.needed``. Empty cells beyond the headings are dropped where that is the file's habit, as
    with a separator at the end of each row. Anything else is a problem, because which cell is missing or too many is
    not known. In a sheet (``ragged``) each cell has its place, so only what stands in it is looked at.
    """

    def __init__(
        self, header: Sequence[str], sample: Sequence[Record], known: KnownHeadings, limits: FileLimits, *, ragged: bool
    ) -> None:
        self._names = header
        self._limits = limits
        self._ragged = ragged
        self._needed = [i for i, name in enumerate(header) if known.name_of(name) in known.needed]
        self._full = len(header)
        self._named = max((i for i, name in enumerate(header) if name.strip()), default=self._full - 1) + 1
        self._least = max(self._needed) + 1 if self._needed else self._named
        rows = [record[1] for record in sample if not isinstance(record, RowProblem)]
        self._unnamed_are_empty = 2 * sum(any(map(str.strip, row[self._named :])) for row in rows) <= len(rows)
        self._watched = self._named < self._full and self._unnamed_are_empty and not ragged
        self._ends_with_separator = 2 * sum(len(row) > self._full for row in rows) > len(rows)
        self._short: list[int] = []
        self._uncalculated: dict[int, list[int]] = {}

    def fitted(self, line: int, cells: list[str], text: str) -> list[str] | str:
        """The cells, one for each heading (of a sheet perhaps more or less), or why they cannot be used.

        ``text`` is all of them in one.
        """
        if len(cells) != self._full and not self._ragged:
            fitted = self._of_other_width(line, cells)
            if isinstance(fitted, str):
                return fitted
            cells = fitted
        elif self._watched and any(map(str.strip, cells[self._named :])):
            return _wrong_width(len(cells), self._named)
        if reason := unusable_cells(cells, self._names, self._limits, text):
            return reason
        return self._broken(line, cells, text) or cells

    def notes(self) -> list[str]:
        """What was done to rows, with their lines."""
        notes = []
        if self._short:
            end, which = ("ends", "its") if len(self._short) == 1 else ("end", "their")
            told = lines_told(self._short).capitalize()
            notes.append(f"{told} {end} before the last heading: {which} missing cells are read as empty.")
        for place, lines in sorted(self._uncalculated.items()):
            count = "1 cell" if len(lines) == 1 else f"{len(lines):,} cells"
            are = "is a formula that was" if len(lines) == 1 else "are formulas that were"
            notes.append(f"{count} of {self._column(place)} {are} never calculated ({lines_told(lines)}). {_CALCULATE}")
        return notes

    def _of_other_width(self, line: int, cells: list[str]) -> list[str] | str:
        found = len(cells)
        if found < self._full:
            if found < min(self._named, self._least):
                return _wrong_width(found, self._named)
            if found < self._named:
                self._short.append(line)
            return cells + [""] * (self._full - found)
        beyond = cells[self._named if self._unnamed_are_empty else self._full :]
        shifted = any(cell[:1] == " " and cell.strip() for cell in cells[1:])  # "Hello, world," is one text, cut in two
        if self._ends_with_separator and not shifted and not any(map(str.strip, beyond)):
            return cells[: self._full]
        return _wrong_width(found, self._named if self._unnamed_are_empty else self._full)

    def _broken(self, line: int, cells: list[str], text: str) -> str | None:
        """Why cells that a spreadsheet program has left without a value make the row useless, if they do."""
        if self._ragged:
            for place, cell in enumerate(cells):
                if isinstance(cell, NeverCalculated):
                    self._uncalculated.setdefault(place, []).append(line)
        needed = [i for i in (self._needed or range(len(cells))) if i < len(cells)]
        for place in needed:
            if isinstance(cells[place], NeverCalculated):
                return f"The formula in {self._column(place)} was never calculated. {_CALCULATE}"
            if "#" in text and self._needed and _SHEET_ERROR.fullmatch(cells[place].strip()):
                return (
                    f"The cell of {self._column(place)} holds the error {cells[place].strip()} of a spreadsheet. "
                    "Fix its formula, save the file, and upload it again."
                )
        return None

    def _column(self, place: int) -> str:
        name = self._names[place].strip() if place < len(self._names) else ""
        return f"the column “{name}”" if name else f"column {place + 1}"


def unusable_cells(cells: list[str], names: Sequence[str], limits: FileLimits, text: str | None = None) -> str | None:
    """Why no record with these cells can be kept. Looks at each cell only when the whole gives cause."""
    text = "".join(cells) if text is None else text
    if len(text) <= limits.cell and "\0" not in text and (text.isascii() or not _SURROGATE.search(text)):
        return None
    for i, cell in enumerate(cells):
        where = f"The cell “{names[i]}”" if i < len(names) and names[i].strip() else f"Cell {i + 1}"
        if "\0" in cell:
            return f"{where} holds the character U+0000, which no text may hold. Delete it."
        if _SURROGATE.search(cell):
            return (
                f"This line is in another encoding than the others. {where} holds damaged characters: type them again, "
                "and save the file as UTF-8."
            )
        if len(cell) > limits.cell:
            return f"{where} has {len(cell):,} characters; {limits.cell:,} is the limit."
    return None


def _wrong_width(found: int, expected: int) -> str:
    cells, headings = counted(found, "cell"), counted(expected, "heading")
    if found > expected:
        return f"There are {cells} for {headings}. Put text that holds the separator in quotation marks."
    return f"There {'is' if found == 1 else 'are'} only {cells} for {headings}. A cell or a separator is missing."

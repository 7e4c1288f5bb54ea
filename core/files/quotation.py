"""Splits text into records, also where a quotation mark stands in it that opens or closes nothing."""

import csv
import functools
import io
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from core.files.records import Record
from core.files.table import RowProblem

if TYPE_CHECKING:
    from _csv import Reader  # the type of what csv.reader() gives

_NEVER_CLOSED = (
    "A quotation mark opens in this row and is never closed, so nothing from here on could be read. "
    "Close it (or delete it), and upload the file again."
)
_OVER_ROWS = (
    "A quotation mark opens in this row and closes in line {last}: nobody can know whether that is one text, or rows "
    "of their own. Delete the quotation mark, or write it twice within a text in quotation marks."
)
_MISPLACED = (
    "There is text after a closing quotation mark. Write a quotation mark inside a quoted cell twice, and "
    "nothing between a closing one and the separator."
)


class Records:
    """The records of a text, each with its line, in which ``skipped`` lines before the text are counted.

    With ``spaced``, spaces between a separator and the cell behind it are left out, so that a quotation mark there
    opens the cell. ``literal`` lists the lines in which a quotation mark was taken for a character like others:
    without that the row would have had other cells than the rows round it, or swallowed rows below.
    """

    def __init__(self, text: str, delimiter: str, *, skipped: int = 0, spaced: bool = False) -> None:
        # The csv module would stop at a long cell, for which there are words. Its limit is one for the whole process.
        csv.field_size_limit(max(len(text), csv.field_size_limit()))
        self._lines = list(io.StringIO(text, newline=""))
        self._delimiter = delimiter
        self._skipped = skipped
        self._spaced = spaced
        end = re.escape(delimiter)
        self._closing = re.compile(rf'"[ ]*(?={end}|$)')
        self._proper = re.compile(rf'(?:^|{end})"[^"\r\n]*(?:""[^"\r\n]*)*"(?={end}|\r?$)', re.MULTILINE)
        self._text = text
        self._width = 0
        self.literal: list[int] = []

    def __iter__(self) -> Iterator[Record]:
        place, reader = 0, self._reader(0)
        while True:
            first = place + reader.line_num
            cells, error = None, ""
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as raised:
                error = str(raised)
            last, line = place + reader.line_num, self._skipped + first + 1
            if cells is not None and last - first <= 1:
                self._width = len(cells) if any(cells) else self._width
                yield line, cells
            elif cells is not None and not self._are_rows(self._lines[first:last]):
                yield line, cells
            elif last - first == 2 and cells is not None:
                yield RowProblem(line, _OVER_ROWS.format(last=self._skipped + last))
            elif (read := self._split(self._lines[first])) is not None:
                self.literal.append(line)
                yield line, read
                place, reader = first + 1, self._reader(first + 1)
            elif cells is not None:
                yield line, cells
            else:
                yield RowProblem(line, _reason(error, line, self._skipped + last))

    def _reader(self, start: int) -> "Reader":
        lines = (self._lines[i] for i in range(start, len(self._lines)))
        return csv.reader(lines, delimiter=self._delimiter, strict=True, skipinitialspace=self._spaced)

    def _are_rows(self, lines: Sequence[str]) -> bool:
        """Whether the lines of one record would each be a row, in a text where no cell needs its quotation marks."""
        return (
            self._width > 1
            and all(
                len(parts := line.rstrip("\r\n").split(self._delimiter)) == self._width
                and all(part.strip() and part[0] != " " for part in parts)
                for line in lines
            )
            and not self._quotes_properly
        )

    @functools.cached_property
    def _quotes_properly(self) -> bool:
        """Whether some cell stands in quotation marks as programs write them: then all are trusted."""
        return self._proper.search(self._text) is not None

    def _split(self, line: str) -> list[str] | None:
        """One line, in which a quotation mark closes a cell only before a separator or the line's end."""
        rest = line.rstrip("\r\n")
        cells: list[str] = []
        single = rest.count('"') == 1
        while True:
            text = rest.lstrip(" ") if self._spaced else rest
            closing = self._closing.search(text, 1) if text.startswith('"') else None
            if closing:
                cell, end = text[1 : closing.start()].replace('""', '"'), closing.end()
            else:
                end = text.find(self._delimiter) if self._delimiter in text else len(text)
                cell = text[:end]
            if (cell.count('"') % 2 and not single) or (cells and cell.startswith(" ")):
                return None
            cells.append(cell)
            if end >= len(text):
                break
            rest = text[end + 1 :]
        return cells if len(cells) == self._width else None


def _reason(error: str, first: int, last: int) -> str:
    if "unexpected end of data" in error:
        return _NEVER_CLOSED
    return _MISPLACED if first == last else f"{_MISPLACED} This row reaches to line {last}."

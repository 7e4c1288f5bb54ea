"""Finds out what separates the cells of a text file."""

import re
from collections.abc import Iterator

from core.files.quotation import Records
from core.files.table import NO_HEADINGS, KnownHeadings, RowProblem

_DELIMITERS = ",;\t|"
_NO_DELIMITER = "\x1f"
_SAMPLE = 256 * 1024
_SAMPLED_RECORDS = 300
_MAY_NAME = 20


class Sample:
    """The beginning of a text file, from the row of ``headings`` on where somebody has said which it is."""

    def __init__(self, text: str, *, skipped: int = 0, headings: int | None = None, known: KnownHeadings) -> None:
        self._text = text[:_SAMPLE]
        self._is_cut = len(text) > _SAMPLE
        self._skipped = skipped
        self._from = headings or NO_HEADINGS
        self._known = known

    def delimiter(self, *, prefer_tab: bool = False) -> str:
        """What separates the cells: the delimiter that gives known headings, else most records as many as the first.

        A delimiter that is not in the headings separates nothing. Without any, the file is a list with one cell a line:
        then a delimiter that breaks no record is taken (its quoted cells are read as such), else a character that text
        never holds, so that a comma in a sentence stays a comma.
        """
        candidates = "\t,;|" if prefer_tab else _DELIMITERS
        names = {delimiter: self._known_names(delimiter) for delimiter in candidates}
        if max(names.values()) > 1:
            return max(candidates, key=lambda delimiter: names[delimiter])
        agreement = {delimiter: self._agreement(delimiter) for delimiter in candidates}
        separating = [delimiter for delimiter in candidates if len(agreement[delimiter][0]) > 1]
        if separating:
            best = max(separating, key=lambda delimiter: agreement[delimiter][1])
            header, share = agreement[best]
            sentence = any(cell.startswith(" ") for cell in header[1:])  # "Question, as asked" rather than two headings
            if share > 0.2 or not sentence:
                return best
        unbroken = [delimiter for delimiter, (header, share) in agreement.items() if len(header) <= 1 and share == 1]
        return unbroken[0] if unbroken else _NO_DELIMITER

    def spaced(self, delimiter: str) -> bool:
        """Whether cells in quotation marks stand behind a separator and a space, as people write lists by hand."""
        if not re.search(rf'{re.escape(delimiter)} +"', self._text):
            return False
        return self._agreement(delimiter, spaced=True)[1] >= self._agreement(delimiter)[1]

    def _known_names(self, delimiter: str) -> int:
        """The most known headings that one of the first records has."""
        most = 0
        for place, cells in enumerate(self._records(delimiter, spaced=True)):
            if place == _MAY_NAME:
                break
            most = max(most, len({name for cell in cells if (name := self._known.name_of(cell[:100]))}))
        return most

    def _agreement(self, delimiter: str, *, spaced: bool = False) -> tuple[list[str], float]:
        """The header, and the share of the first records that have as many cells."""
        header: list[str] | None = None
        widths = []
        for cells in self._records(delimiter, spaced=spaced):
            if header is None:
                header = cells
                continue
            widths.append(len(cells))
            if len(widths) >= _SAMPLED_RECORDS:
                break
        else:
            if self._is_cut:
                del widths[-1:]  # the sample's end cuts the last record
        share = sum(width == len(header or ()) for width in widths) / len(widths) if widths else 1.0
        return header or [], share

    def _records(self, delimiter: str, *, spaced: bool) -> Iterator[list[str]]:
        """The cells of each record that is not blank, from the headings on; none of one that cannot be read."""
        begun = False
        for record in Records(self._text, delimiter, skipped=self._skipped, spaced=spaced):
            if isinstance(record, RowProblem):
                if begun:
                    yield []
            elif record[0] >= self._from and any(cell.strip() for cell in record[1]):
                begun = True
                yield record[1]

"""Finds the row of headings: files often begin with a title, with notes, with two rows of headings, or with none."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.files.messages import lines_told, quoted_cells
from core.files.records import NoTable, Record
from core.files.table import NO_HEADINGS, HeadingRow, KnownHeadings, Row, RowProblem, heading_key

LOOKED_AT = 20
"""How many of the first rows that are not blank may hold the headings."""
SAMPLED = 300
_SHOWN, _SHOWN_CELLS, _SHOWN_TEXT = 10, 6, 60
_LONG = 60
_TYPES = (
    *("string", "str", "text", "varchar", "char", "int", "integer", "number", "numeric", "float", "double", "bool"),
    *("boolean", "date", "datetime", "required", "optional", "mandatory", "object", "array", "list"),
)
_BRACKETS = ("()", "[]", "<>", "{}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """How a file begins: the headings with their line, the rows below, and the first of these to look at beforehand."""

    header: tuple[int, list[str]]
    rows: Iterator[Record]
    sample: Sequence[Record]
    headings: HeadingRow
    notes: tuple[str, ...] = ()


def find(records: Iterable[Record], known: KnownHeadings, chosen: int | None = None) -> Start:
    """The row of headings, found by the names that are ``known``, or at the line that somebody has ``chosen``.

    Without any known name in the first rows it is the first that is not blank, and ``headings.known`` says that nobody
    can be sure. Rows above it are left out, and named in the notes. Raises NoTable when there is no such row.
    """
    source = (record for record in records if isinstance(record, RowProblem) or any(cell.strip() for cell in record[1]))
    first = list(itertools.islice(source, SAMPLED))
    if not first:
        raise NoTable("There is nothing in it. Upload a file with a row of headings and at least one row below it.")
    top = _top(first)
    given = _line(first[0]) == NO_HEADINGS  # by the format, whose columns are known by their place
    if chosen == NO_HEADINGS and not given:
        return _without(first, source, top)
    place, sure = (0, True) if given else _place(first, known)
    if chosen:
        place, sure = next((i for i, record in enumerate(first) if _line(record) == chosen), -1), True
        if place < 0:
            raise NoTable(f"There is no row in line {chosen} that could hold the headings. Choose another line.")
    header = first[place]
    if isinstance(header, RowProblem):
        raise NoTable(f"The headings in line {header.line} cannot be read. {header.reason}")
    notes = _left_out(first[:place], header[0]) if place else []
    below = first[place + 1 :]
    second = below[0] if below else None
    if second and not given and not isinstance(second, RowProblem) and _is_second(second[1], header[1], known):
        del below[0]
        said = quoted_cells(second[1])
        notes.append(f"Line {second[0]} looks like a second row of headings ({said}), and is left out.")
    return Start(
        header=header,
        rows=itertools.chain(below, source),
        sample=below,
        headings=HeadingRow(line=header[0], known=sure, top=top),
        notes=tuple(notes),
    )


def _place(first: Sequence[Record], known: KnownHeadings) -> tuple[int, bool]:
    """Which record holds the headings, and whether that is sure."""
    if not known.names:
        return 0, True
    scores = [len(_named(_cells(record), known)) for record in first[:LOOKED_AT]]
    for place, score in enumerate(scores):
        if score >= 2:
            while place + 1 < len(scores) and scores[place + 1] > scores[place]:
                place += 1  # noqa: PLW2901 - groups of headings stand above the headings
            return place, True
    for place, score in enumerate(scores):
        if score == 1 and _alone_is_enough(first, place, known):
            return place, True
    return 0, False


def _alone_is_enough(first: Sequence[Record], place: int, known: KnownHeadings) -> bool:
    """Whether a record with one known name holds headings: a question can be a single word, too."""
    cells = [cell for cell in _cells(first[place]) if cell.strip()]
    if any(_is_sentence(cell) for cell in cells) or _comes_again(first, place, known):
        return False
    if place == 0:
        return True
    above = [[cell for cell in _cells(record) if cell.strip()] for record in first[:place]]
    titles = all(len(filled) == 1 for filled in above)
    return titles and bool(_named(cells, known) & known.needed) and len(cells) > 1


def _named(cells: Iterable[str], known: KnownHeadings) -> set[str]:
    return {name for cell in cells if len(cell) <= _LONG and (name := known.name_of(cell))}


def _is_sentence(cell: str) -> bool:
    text, words = cell.strip(), len(cell.split())
    return len(text) > _LONG or words > 3 or (words > 2 and text.endswith(("?", "!", ".")))


def _comes_again(first: Sequence[Record], place: int, known: KnownHeadings) -> bool:
    """Whether the known name stands in its column again, as a label does that is called like a heading."""
    cells = _cells(first[place])
    named = [(i, heading_key(cell)) for i, cell in enumerate(cells) if known.name_of(cell[:_LONG])]
    below = [_cells(record) for record in first[place + 1 :]]
    return len(cells) > 1 and any(i < len(row) and heading_key(row[i]) == key for row in below for i, key in named)


def _cells(record: Record) -> list[str]:
    return [] if isinstance(record, RowProblem) else record[1]


def _is_second(cells: Sequence[str], header: Sequence[str], known: KnownHeadings) -> bool:
    """Whether the row below the headings says once more what the columns are: names, types, or words in brackets."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if [heading_key(cell) for cell in cells] == [heading_key(name) for name in header]:
        return False  # a row like the headings is left out wherever it stands
    if len(filled) < 2:
        return False
    return (
        all(len(cell) <= _LONG and known.name_of(cell) for cell in filled)
        or all(cell.casefold() in _TYPES for cell in filled)
        or all(cell[0] + cell[-1] in _BRACKETS for cell in filled)
    )


def _without(first: list[Record], source: Iterator[Record], top: tuple[Row, ...]) -> Start:
    widths = [len(record[1]) for record in first if not isinstance(record, RowProblem)]
    width = max(set(widths), key=lambda one: (widths.count(one), one)) if widths else 1
    return Start(
        header=(NO_HEADINGS, [f"Column {i}" for i in range(1, width + 1)]),
        rows=itertools.chain(first, source),
        sample=first,
        headings=HeadingRow(line=NO_HEADINGS, top=top),
    )


def _left_out(above: Sequence[Record], line: int) -> list[str]:
    told = lines_told([_line(record) for record in above]).capitalize()
    texts = next((quoted_cells(record[1]) for record in above if not isinstance(record, RowProblem)), "")
    begins = f" ({texts}{' …' if len(above) > 1 else ''})" if texts else ""
    stands, left = ("stands", "is") if len(above) == 1 else ("stand", "are")
    return [f"The headings are in line {line}. {told}{begins} {stands} above and {left} left out."]


def _top(first: Sequence[Record]) -> tuple[Row, ...]:
    shown = [record for record in first[:_SHOWN] if not isinstance(record, RowProblem) and record[0] != NO_HEADINGS]
    return tuple(Row(line, tuple(map(_shown, cells[:_SHOWN_CELLS]))) for line, cells in shown)


def _shown(cell: str) -> str:
    """The beginning of a cell as it can be shown: broken characters as question marks."""
    return cell[:_SHOWN_TEXT].encode("utf-8", "replace").decode()


def _line(record: Record) -> int:
    return record.line if isinstance(record, RowProblem) else record[0]

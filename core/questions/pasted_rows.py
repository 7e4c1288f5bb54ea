"""Rows of a spreadsheet that were pasted into one cell, because its text was being edited just then."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.questions.changes import FIELD_NAMES, Changes, Fields, one_line
from core.questions.lines import from_lines, unwrapped

_CELL = re.compile(r'(?:"((?:[^"]|"")*)"(?=[\t\n]|\Z)|([^\t\n]*))([\t\n]|\Z)')
_CUT = {"question": re.compile(r"[\t\r\n]"), "answer": re.compile(r"[^\t\r\n]{0,9}\t")}
_NUMBER = re.compile(r"\d{0,9}")
_OFF = ("no", "false", "0", "off")


@dataclass(frozen=True, kw_only=True, slots=True)
class Spill:
    """A cell that holds several rows, or several cells.

    ``key`` is the entry's number, or ``-1 - i`` for the i-th new row; ``rows`` are its texts from ``field`` on.
    """

    key: int
    field: str
    rows: tuple[tuple[str, ...], ...]


def rows_in(text: str) -> tuple[tuple[str, ...], ...]:
    r"""The rows and cells of copied text: tabs and line breaks part them, but for those inside a quoted cell.

    >>> rows_in('Own export?\tAnswer\t"first way\nsecond way"\nNext?\t5" pipe')
    (('Own export?', 'Answer', 'first way\nsecond way'), ('Next?', '5" pipe'))
    """
    found: list[tuple[str, ...]] = []
    row: list[str] = []
    for cell in _CELL.finditer(unwrapped(text).strip("\n")):
        quoted, plain, end = cell.groups()
        row.append(plain if quoted is None else quoted.replace('""', '"'))
        if end != "\t":
            found.append(tuple(row))
            row = []
        if not end:
            break
    return tuple(cells for cells in found if any(map(str.strip, cells)))


def cut_cells(changes: Changes) -> list[tuple[int, str]]:
    """The changed cells whose text begins with the end of another cell: what ``Spill.key`` is, and the field.

    Where the table in the browser parts a paste of plain text, it counts an emoji as one place and the text has two:
    each cell after it begins too early and has lost a letter. Nobody types a tab into the beginning of a cell.
    """
    return [(key, name) for key, fields in _rows(changes) for name in _CUT if _is_cut(name, fields.get(name))]


def _is_cut(name: str, text: object) -> bool:
    return (
        isinstance(text, str) and _CUT[name].match(text) is not None and not (name == "answer" and _several(name, text))
    )


def spills(changes: Changes) -> list[Spill]:
    """The changed cells that hold several rows: of questions every one with tabs or lines, of answers only tables."""
    return [
        Spill(key=key, field=name, rows=found)
        for key, fields in _rows(changes)
        if not any(_is_cut(name, fields.get(name)) for name in _CUT)
        for name in ("question", "answer")
        if (found := _from_question_on(name, _several(name, fields.get(name))))
    ]


def _from_question_on(field: str, rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """The rows without the headings and numbers that a copy of our own download begins with."""
    if field != "question" or not rows:
        return rows
    headings = tuple(cell.strip().casefold() for cell in rows[0])
    if headings[:2] == ("question", "answer") or headings[:3] == ("id", "question", "answer"):
        rows = rows[1:]
    numbered = all(len(cells) > 2 and _NUMBER.fullmatch(cells[0].strip()) for cells in rows)
    return tuple(cells[1:] for cells in rows) if numbered else rows


def _rows(changes: Changes) -> list[tuple[int, Fields]]:
    return [*sorted(changes.edited.items()), *((-1 - i, fields) for i, fields in enumerate(changes.added))]


def _several(name: str, text: object) -> tuple[tuple[str, ...], ...]:
    if not isinstance(text, str) or not ("\t" in text or (name == "question" and "\n" in unwrapped(text).strip())):
        return ()
    rows = rows_in(text)
    widths = {len(cells) for cells in rows}
    if name == "answer" and (len(rows) < 2 or len(widths) > 1 or min(widths) < 2):  # an answer may have lines and tabs
        return ()
    return rows if len(rows) > 1 or max(widths, default=1) > 1 else ()


def as_rows(changes: Changes, spill: Spill) -> Changes:
    """The changes with the first row in the place of the cell, and the others as new rows after it."""
    first, *others = (_fields(spill.field, cells) for cells in spill.rows)
    after = -spill.key if spill.key < 0 else len(changes.added)
    replaced = _with(changes, spill.key, first)
    return Changes(
        edited=replaced.edited,
        added=(*replaced.added[:after], *others, *replaced.added[after:]),
        deleted=changes.deleted,
    )


def as_one_text(changes: Changes, spill: Spill) -> Changes:
    """The changes with everything that the cell holds as one text on one line."""
    text = " ".join(one_line(cell) for cells in spill.rows for cell in cells)
    return _with(changes, spill.key, {spill.field: one_line(text)})


def _with(changes: Changes, key: int, fields: Mapping[str, Any]) -> Changes:
    edited, added = dict(changes.edited), list(changes.added)
    if key < 0:
        added[-1 - key] = {**added[-1 - key], **fields}
    else:
        edited[key] = {**edited.get(key, {}), **fields}
    return Changes(edited=edited, added=tuple(added), deleted=changes.deleted)


def _fields(first: str, cells: tuple[str, ...]) -> dict[str, Any]:
    return {
        name: _value(name, text) for name, text in zip(FIELD_NAMES[FIELD_NAMES.index(first) :], cells, strict=False)
    }


def _value(name: str, text: str) -> object:
    if name in ("alternates", "tags"):
        return from_lines(text)
    if name == "enabled":
        return text.strip().casefold() not in _OFF
    return text

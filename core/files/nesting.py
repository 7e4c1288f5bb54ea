"""Lays objects within objects out as columns: ``inputs.question`` is a column that somebody can choose."""

import ast
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from core.errors import FileRejected
from core.files.table import heading_key

_DEPTH = 5
_LOOKED_AT = 100
_MOST_CHARACTERS = 100_000


def laid_out(items: Sequence[Mapping[str, Any]], most: int) -> list[dict[str, str]]:
    """Each object as cells by column: the keys on the way to a value, joined by dots.

    Texts stand in the cells as they are, null as nothing, lists as JSON. Objects within stay JSON, too, when there
    would be more than ``most`` columns.
    """
    found = [_cells(item) for item in items]
    if len({column for cells in found for column in cells}) <= most:
        return found
    return [{key: cell_of(value) for key, value in item.items()} for item in items]


def cell_of(value: object) -> str:
    """A value as the text of a cell. Raises FileRejected when it nests too deeply."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        raise FileRejected("This nests lists or objects too deeply to be a list of questions.") from None


def columns_of(items: Iterable[Mapping[str, str]]) -> list[str]:
    """All columns, in the order in which they come first."""
    return list(dict.fromkeys(column for cells in items for column in cells))


def spread(
    columns: Sequence[str], rows: Sequence[list[str]], most: int, texts: Collection[str] = ()
) -> tuple[list[str], list[list[str]]]:
    """The table with each column whose cells are all objects (as JSON, or as Python writes them) laid out as columns.

    There are never more than ``most``. Columns whose heading is one of ``texts`` (as ``heading_key`` writes it) stay.
    """
    if not any(cell.lstrip()[:1] == "{" for row in rows[:_LOOKED_AT] for cell in row):
        return list(columns), list(rows)
    wide: list[str] = []
    parts: list[list[Sequence[str]]] = []
    for place, column in enumerate(columns):
        cells = [row[place] for row in rows]
        objects = [] if heading_key(column) in texts else _objects(cells)
        laid = [_cells(one) for one in objects]
        names = columns_of(laid)
        if 0 < len(names) <= most - max(len(columns), len(wide)):
            wide += [_free(f"{column}.{name}", [*columns, *wide]) for name in names]
            parts.append([tuple(cells.get(name, "") for name in names) for cells in laid])
        else:
            wide.append(column)
            parts.append([(cell,) for cell in cells])
    return wide, [[cell for part in parts for cell in part[i]] for i in range(len(rows))]


def _cells(item: Mapping[str, Any], depth: int = 1) -> dict[str, str]:
    cells: dict[str, str] = {}
    for key, value in item.items():
        if isinstance(value, Mapping) and value and depth < _DEPTH:
            for inner, cell in _cells(value, depth + 1).items():
                cells[_free(f"{key}.{inner}", cells)] = cell
        else:
            cells[_free(key, cells)] = cell_of(value)
    return cells


def _free(name: str, taken: Iterable[str]) -> str:
    while name in taken:
        name += "′"
    return name


def _objects(cells: Sequence[str]) -> list[dict[str, Any]]:
    """The objects that the cells hold, an empty one for a blank cell; nothing when one of them is none."""
    found: list[dict[str, Any]] = []
    if not any(cell.lstrip()[:1] == "{" for cell in cells):
        return []
    for cell in cells:
        text = cell.strip()
        value = object_of(text) if text else {}
        if value is None:
            return []
        found.append(value)
    return found


def object_of(text: str) -> dict[str, Any] | None:
    """The object that a text holds, as JSON or as Python writes it; None when it is none."""
    if not (text.startswith("{") and text.endswith("}")) or len(text) > _MOST_CHARACTERS:
        return None
    try:
        found = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        try:
            found = ast.literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            return None
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
        return None
    return found

"""Finds the list of rows in a file of JSON or YAML, whose objects may hold several, at any depth."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.errors import FileRejected
from core.files.assembling import Body, assemble
from core.files.nesting import cell_of, columns_of, laid_out
from core.files.records import Record
from core.files.table import NO_HEADINGS, FileLimits, HeadingRow, KnownHeadings, ReadingChoices, RowProblem

_DEPTH = 4
_LOOKED_AT = 20
_TEST = ("test", "tests", "eval", "evaluation", "validation", "val", "dev")
_NOTHING = (
    "There is no list of questions in it. Upload a list of objects such as [{“question”: …, “expected”: …}], or an "
    "object that holds such a list."
)
_NO_OBJECT = "This item is no object, unlike the others of the list."


class Lists:
    """The lists in a tree of objects, lists and texts; ``lines`` has the line of each item of a list, by its id."""

    def __init__(self, tree: object, known: KnownHeadings, lines: Mapping[int, Sequence[int]] | None = None) -> None:
        self._known = known
        self._lines = lines or {}
        self._found = dict(_lists(_turned(tree, known), ""))
        if not self._found:
            raise FileRejected(_NOTHING)
        self.keys = tuple(self._found)

    def chosen(self, key: str | None) -> str:
        """The key of the list that was asked for, or of the one that looks most like test questions."""
        if key is not None:
            if key not in self._found:
                raise FileRejected(f"There is no list “{key}” in the file; it has {_told(self.keys)}.")
            return key
        return max(self._found, key=self._likeness)

    def body(self, key: str, choices: ReadingChoices, limits: FileLimits, lines: Sequence[int] | None = None) -> Body:
        """The rows of a list, with the line or else the number of each item; ``lines`` where the caller knows them."""
        items = self._found[key]
        if len(items) > limits.rows:
            raise FileRejected(f"There are more than {limits.rows:,} rows. Split the file, and upload the parts.")
        places = lines or self._lines.get(id(items)) or range(1, len(items) + 1)
        if all(isinstance(item, list) for item in items):
            return self._of_lists(items, places, choices, limits)
        return table_of(items, places, limits, self._known.texts)

    def _of_lists(
        self, items: Sequence[Sequence[Any]], places: Sequence[int], choices: ReadingChoices, limits: FileLimits
    ) -> Body:
        records: list[Record] = [
            (place, [cell_of(value) for value in item]) for place, item in zip(places, items, strict=True)
        ]
        headings = choices.headings
        if headings is None and not any(map(self._known.name_of, records[0][1])):  # type: ignore[index]
            headings = NO_HEADINGS
        return assemble(records, limits, headings=headings, known=self._known)

    def _likeness(self, key: str) -> tuple[int, int, int]:
        first = self._found[key][:_LOOKED_AT]
        objects = [item for item in first if isinstance(item, dict)]
        names = {self._known.name_of(column) for column in columns_of(laid_out(objects, len(first) * 500))} - {None}
        last = key.rpartition(".")[2].casefold()
        return len(names & self._known.needed), len(names), -_TEST.index(last) if last in _TEST else -len(_TEST)


def table_of(
    items: Sequence[object], places: Sequence[int], limits: FileLimits, texts: frozenset[str] = frozenset()
) -> Body:
    """Objects as rows, whose keys are the columns. Anything else among them is a problem of its own.

    For ``texts`` see ``KnownHeadings``.

    Raises FileRejected when they have more keys than the limits allow.
    """
    objects = [item for item in items if isinstance(item, dict)]
    laid = laid_out(objects, limits.columns)
    columns = columns_of(laid)
    if len(columns) > limits.columns:
        raise FileRejected(f"The objects have more than {limits.columns:,} different keys. Remove some of them.")
    if not columns:
        raise FileRejected(_NOTHING)
    body = assemble(_records(items, places, columns, iter(laid)), limits, known=KnownHeadings(texts=texts))
    return Body(columns=body.columns, rows=body.rows, problems=body.problems, notes=body.notes, headings=HeadingRow())


def _records(
    items: Sequence[object], places: Sequence[int], columns: list[str], laid: Iterator[dict[str, str]]
) -> Iterator[Record]:
    yield NO_HEADINGS, columns
    for item, place in zip(items, places, strict=True):
        if isinstance(item, RowProblem):
            yield item
        elif isinstance(item, dict):
            cells = next(laid)
            yield place, [cells.get(column, "") for column in columns]
        else:
            yield RowProblem(place, _NO_OBJECT)


def _lists(tree: object, path: str, depth: int = 1) -> Iterator[tuple[str, list[Any]]]:
    """Each list that may hold rows, by the keys on the way to it: of objects, of lists, or of texts."""
    if isinstance(tree, list):
        if tree and (any(isinstance(item, dict) for item in tree) or all(isinstance(item, list) for item in tree)):
            yield path, tree
        elif tree and all(isinstance(item, str) for item in tree):
            yield path, [{"text": item} for item in tree]
    elif isinstance(tree, dict) and depth <= _DEPTH:
        found = [
            one for key, value in tree.items() for one in _lists(value, f"{path}.{key}" if path else key, depth + 1)
        ]
        rows = [one for one in found if not all(set(item) == {"text"} for item in one[1] if isinstance(item, dict))]
        yield from rows or found
        if not found and depth == 1:
            yield path, [tree]


def _turned(tree: object, known: KnownHeadings) -> object:
    """A table that was written by columns (of lists, or as pandas does) with its rows as a list; else as it is."""
    if not isinstance(tree, dict) or len(tree) < 2 or not any(map(known.name_of, tree)):
        return tree
    columns = list(tree.values())
    if all(isinstance(column, dict) and column.keys() == columns[0].keys() for column in columns):
        rows = [{name: column[key] for name, column in tree.items()} for key in columns[0]]
    elif all(isinstance(column, list) and len(column) == len(columns[0]) for column in columns):
        rows = [dict(zip(tree, values, strict=True)) for values in zip(*columns, strict=True)]
    else:
        return tree
    return tree if any(isinstance(value, dict | list) for row in rows for value in row.values()) else rows


def _told(keys: Sequence[str]) -> str:
    return ", ".join(f"“{key}”" for key in keys[:10]) + (" and others" if len(keys) > 10 else "")

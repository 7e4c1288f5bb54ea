"""Tables whose columns are known by their headings, or chosen by a person: our own download, and anybody's sheet."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.datasets.answer_lists import json_texts
from core.files.table import Row, Table
from core.questions.changes import one_line
from core.questions.lines import from_lines
from core.transfer.columns import OWN_COLUMNS, TableColumns
from core.transfer.formats.rows import unreadable
from core.transfer.headings import OFF, ON
from core.transfer.item import Item, Items, ItemSource, Rejected

_OTHER_LISTS = re.compile(r"\s*[\n|]\s*")
_OTHER_TAGS = re.compile(r"\s*[\n|;,]\s*")


def is_own(columns: Sequence[str]) -> bool:
    """Whether a table has the columns of our own download."""
    return set(OWN_COLUMNS) <= set(columns)


def is_pair(columns: Sequence[str]) -> bool:
    """Whether a table has the two columns that Chatwoot writes, and so do many people."""
    return tuple(columns) == ("question", "answer")


def read(table: Table, columns: TableColumns) -> Items:
    """An item for each row. Raises InvalidInput unless the columns of questions and answers are known."""
    columns.check(table.columns)
    reader = _Reader(table, columns)
    items: list[Item] = []
    rejected: list[Rejected] = []
    for row in table.rows:
        source = ItemSource(f"line {row.line}", tuple(zip(table.columns, row.cells, strict=True)))
        made = reader.item(row, source)
        if isinstance(made, Item):
            items.append(made)
        else:
            rejected.append(Rejected(source, made))
    return Items(
        items=tuple(items),
        rejected=(*unreadable([table]), *rejected),
        notes=reader.notes(),
        joinable=not columns.alternates and not columns.number,
    )


class _Reader:
    def __init__(self, table: Table, columns: TableColumns) -> None:
        self._columns = columns
        self._places = {name: i for i, name in enumerate(table.columns)}
        self._own = is_own(table.columns)
        self._json = table.format in ("JSON", "YAML", "JSON Lines")
        numbers = table.column(columns.number) if columns.number else []
        self._numbered = self._own or all(re.fullmatch(r"\s*\d{0,9}\s*", cell) for cell in numbers)
        self._used = [column for _, column in columns.used()]
        self._ignored = [column for column in table.columns if column not in self._used]

    def notes(self) -> tuple[str, ...]:
        """What of the file is not read."""
        names = ", ".join(f"“{column}”" for column in self._ignored[:6]) + (" …" if len(self._ignored) > 6 else "")
        return (f"Not read: {names}.",) if self._ignored else ()

    def item(self, row: Row, source: ItemSource) -> Item | str:
        """What a row says, or why it says nothing."""
        columns = self._columns
        question, *others = self._questions(self._cell(row, columns.question))
        fields: dict[str, Any] = {"question": question, "answer": self._cell(row, columns.answer)}
        if columns.alternates or others:
            parts = (self._texts(self._cell(row, column), _OTHER_LISTS) for column in columns.alternates)
            fields["alternates"] = tuple(dict.fromkeys((*others, *(text for texts in parts for text in texts))))
        if columns.tags:
            fields["tags"] = self._texts(self._cell(row, columns.tags), _OTHER_TAGS)
        said = self._cell(row, columns.enabled).strip().casefold() if columns.enabled else ""
        if said in ON or said in OFF:
            fields["enabled"] = said in ON
        elif said:
            return f"“{said[:40]}” in the column “{columns.enabled}” is neither yes nor no."
        number = self._cell(row, columns.number).strip() if columns.number and self._numbered else ""
        if number and not re.fullmatch(r"\d{1,9}", number):
            return f"“{number[:40]}” in the column “{columns.number}” is no number of an entry."
        return Item(
            fields=fields,
            sources=(source,),
            number=int(number) if number else None,
            all_phrasings="alternates" in fields,
        )

    def _cell(self, row: Row, column: str | None) -> str:
        return row.cells[self._places[column]] if column else ""

    def _questions(self, cell: str) -> list[str]:
        """The question, and those after it where the cell of a JSON file holds a list."""
        listed = json_texts(cell) if self._json and not self._own else None
        return [one_line(text) for text in listed or [cell]]

    def _texts(self, cell: str, separators: re.Pattern[str]) -> tuple[str, ...]:
        listed = json_texts(cell) if self._json else None
        if listed is not None:
            return tuple(dict.fromkeys(text for text in map(one_line, listed) if text))
        if self._own or "\n" in cell:
            return from_lines(cell)
        return tuple(dict.fromkeys(text for text in map(one_line, separators.split(cell)) if text))


def as_objects(items: Iterable[Mapping[str, Any]]) -> bytes:
    """Objects in the shape of the API, as JSON that people can read too."""
    text = json.dumps({"questions_and_answers": list(items)}, ensure_ascii=False, indent=1)
    return text.encode("utf-8")

"""What readers of formats share: rows with their place, and rows that belong together as one item."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.files.table import Table, heading_key
from core.questions.changes import one_line
from core.transfer.item import Item, Items, ItemSource, Rejected


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row, its cells by ``heading_key`` of their headings."""

    source: ItemSource
    cells: Mapping[str, str]

    def text(self, name: str) -> str:
        """The cell as it stands, empty where there is none."""
        return self.cells.get(name, "")


def rows_of(tables: Iterable[Table]) -> Iterator[FileRow]:
    """The rows of tables in order; of several sheets each row says its own."""
    several = list(tables)
    for table in several:
        keys = [heading_key(column) for column in table.columns]
        sheet = f"sheet “{table.sheet}”, " if len(several) > 1 and table.sheet else ""
        for row in table.rows:
            source = ItemSource(f"{sheet}line {row.line}", tuple(zip(table.columns, row.cells, strict=True)))
            yield FileRow(source, dict(zip(keys, row.cells, strict=True)))


def unreadable(tables: Iterable[Table]) -> tuple[Rejected, ...]:
    """The rows that the reader of files could not use."""
    return tuple(
        Rejected(ItemSource(f"line {problem.line}", problem.cells), problem.reason)
        for table in tables
        for problem in table.problems
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrasing:
    """One way to ask, of the entry that ``belongs`` names. ``answer`` is None where the row has none."""

    belongs: Hashable
    text: str
    source: ItemSource
    answer: str | None = None
    tags: tuple[str, ...] | None = None
    number: int | None = None


def grouped(
    phrasings: Sequence[Phrasing], *, what: str, all_phrasings: bool = True
) -> tuple[list[Item], list[Rejected]]:
    """An item for all the phrasings that belong together, in the order of their first rows.

    Rows of one that have different answers are rejected: ``what`` names it for people.
    """
    groups: dict[Hashable, list[Phrasing]] = {}
    for phrasing in phrasings:
        groups.setdefault(phrasing.belongs, []).append(phrasing)
    items, rejected = [], []
    for belongs, group in groups.items():
        answers = {one.answer for one in group if one.answer is not None}
        if len(answers) > 1:
            reason = f"The {what} “{belongs}” has {len(answers):,} different answers. Keep one."
            rejected += [Rejected(one.source, reason) for one in group]
            continue
        items.append(_item(group, next(iter(answers), None), all_phrasings=all_phrasings))
    return items, rejected


def _item(group: Sequence[Phrasing], answer: str | None, *, all_phrasings: bool) -> Item:
    texts = list(dict.fromkeys(one_line(one.text) for one in group))
    fields: dict[str, Any] = {"question": texts[0]}
    if answer is not None:
        fields["answer"] = answer
    if len(texts) > 1 or all_phrasings:
        fields["alternates"] = tuple(text for text in texts[1:] if text)
    if any(one.tags is not None for one in group):
        fields["tags"] = tuple(dict.fromkeys(tag for one in group for tag in one.tags or ()))
    return Item(
        fields=fields,
        sources=tuple(one.source for one in group),
        number=group[0].number,
        all_phrasings=all_phrasings,
    )


def items_of(made: tuple[list[Item], list[Rejected]], tables: Iterable[Table], notes: Iterable[str] = ()) -> Items:
    """These items, with the rows that could not be read beside those rejected since."""
    items, rejected = made
    return Items(items=tuple(items), rejected=(*unreadable(tables), *rejected), notes=tuple(notes))

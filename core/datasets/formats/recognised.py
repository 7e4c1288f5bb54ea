"""What every format comes to: a table in columns that we know, and what they mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.datasets.columns import ColumnMapping
from core.files.table import Row, RowProblem, Table


@dataclass(frozen=True, kw_only=True, slots=True)
class RecognisedFile:
    """A file whose format is known. ``words`` name the format; ``remarks`` are sentences on how it is understood."""

    words: str
    table: Table
    mapping: ColumnMapping
    remarks: tuple[str, ...] = ()


def rewritten(table: Table, columns: Mapping[str, Sequence[str]], problems: Mapping[int, str]) -> Table:
    """The table with these columns, each with a cell for every row of ``table``.

    Rows in ``problems`` (by position) are taken out, and listed with those that were problems before.
    """
    cells = list(zip(*columns.values(), strict=True))
    rows = [Row(row.line, cells[i]) for i, row in enumerate(table.rows) if i not in problems]
    bad = [
        RowProblem(table.rows[i].line, why, tuple(zip(columns, cells[i], strict=True))) for i, why in problems.items()
    ]
    return replace(
        table,
        columns=tuple(columns),
        rows=tuple(rows),
        problems=tuple(sorted([*table.problems, *bad], key=lambda problem: problem.line)),
    )


def plainly_named(table: Table) -> dict[str, str]:
    """The columns by their names in small letters, without spaces and underscores; of equal ones the first."""
    names: dict[str, str] = {}
    for column in table.columns:
        names.setdefault("".join(column.casefold().split()).replace("_", ""), column)
    return names

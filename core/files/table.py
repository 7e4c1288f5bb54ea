"""What reading a file gives: its rows as text, each with its place in the file."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How much an upload may hold, and how much reading it may cost.

    ``bytes`` is the size of the file, ``unpacked`` that of a workbook's parts together; ``cell`` and ``characters``
    count the characters of one cell and of all cells; ``memory`` is the child's address space in bytes,
    ``cpu_seconds`` and ``seconds`` its processor and wall time.
    """

    bytes: int = 25 * 1024 * 1024
    rows: int = 100_000
    columns: int = 500
    cell: int = 100_000
    cells: int = 5_000_000
    characters: int = 100_000_000
    unpacked: int = 256 * 1024 * 1024
    memory: int = 1024 * 1024 * 1024
    cpu_seconds: int = 45
    seconds: float = 90.0


@dataclass(frozen=True, slots=True)
class Row:
    """One row: ``line`` is where it starts in the file (the row number of a sheet), counted from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that cannot be used, and why, in sentences."""

    line: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A file as text: nothing is turned into numbers or dates, and each row has a cell for each column.

    ``columns`` are unique; ``notes`` say in words what was guessed or renamed. ``encoding`` and ``delimiter`` are None
    for a workbook (``delimiter`` also for a list without any), ``sheet`` is None for a text file.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()

    def column(self, name: str) -> list[str]:
        """The cells of one column, in the order of ``rows``. Raises ValueError when there is no such column."""
        index = self.columns.index(name)
        return [row.cells[index] for row in self.rows]

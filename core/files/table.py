"""What reading a file gives: its rows as text, each with its place in the file."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class FileLimits:
    """How much an upload may hold, and how much reading it may cost.

    ``bytes`` is the size of the file, ``unpacked`` that of a workbook's parts together, ``shared`` that of the texts
    which its cells share, and ``texts`` how many of these there may be; ``cell`` and ``characters`` count the
    characters of one cell and of all cells; ``memory`` is the child's address space in bytes,
    ``cpu_seconds`` and ``seconds`` its processor and wall time.
    """

    bytes: int = 25 * 1024 * 1024
    rows: int = 100_000
    columns: int = 500
    cell: int = 100_000
    cells: int = 5_000_000
    characters: int = 100_000_000
    unpacked: int = 256 * 1024 * 1024
    shared: int = 128 * 1024 * 1024
    texts: int = 1_000_000
    memory: int = 1024 * 1024 * 1024
    cpu_seconds: int = 45
    seconds: float = 90.0


NO_HEADINGS = 0
"""The line of the headings of a file that has none: its first row is a row like the others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadingChoices:
    """What a person says about how a file is to be read; None where Frontline finds out by itself.

    ``sheet`` is one of a workbook, ``key`` the list of a JSON or YAML file that holds the rows (its keys joined by
    dots, such as ``assets.utterances``), ``headings`` the line that holds the headings, or ``NO_HEADINGS``.
    """

    sheet: str | None = None
    key: str | None = None
    headings: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownHeadings:
    """The headings that mean something to whoever reads, each as ``heading_key`` writes it.

    ``needed`` are those of columns without which a row says something else (the question, what is expected): a row
    that ends before one of these is never filled up. Without any, the first row that is not blank has the headings.
    The cells of those in ``texts`` stay as they are, also when all of them look like objects of JSON.
    """

    needed: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """All of them."""
        return self.needed | self.others

    def name_of(self, heading: str) -> str | None:
        """The known name that a cell reads like, whatever its case and punctuation, in the plural too; None if none."""
        last = heading if " " in heading else heading.rpartition(".")[2]  # "inputs.question" is a question
        for text in (heading, last):
            key = heading_key(text)
            for name in (key, key.removesuffix("s")):
                if name in self.needed or name in self.others:
                    return name
        return None


def heading_key(heading: str) -> str:
    """A heading without its case, spaces and punctuation: "Expected answer" and ``expectedAnswer`` are the same."""
    return "".join(c for c in heading.casefold() if c.isalnum())


@dataclass(frozen=True, slots=True)
class Row:
    """One row: ``line`` is where it starts in the file (the row number of a sheet), counted from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that cannot be used, and why, in sentences.

    ``cells`` are those that can be read all the same, each with its heading, so that people know the row again.
    """

    line: int
    reason: str
    cells: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def cell(self, column: str | None) -> str:
        """What stands in a column, trimmed; empty where that cannot be read."""
        return next((cell.strip() for name, cell in self.cells if name == column), "")


@dataclass(frozen=True, kw_only=True, slots=True)
class HeadingRow:
    """Where the headings of a table come from.

    ``line`` is where they stand, ``NO_HEADINGS`` where somebody said that the first row is none, and None where the
    keys of objects are the headings. ``known`` is False while nobody can say whether that row has headings: then a
    person has to. ``top`` holds the first rows of the file as they stand there, to choose from.
    """

    line: int | None = None
    known: bool = True
    top: tuple[Row, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A file as text: nothing is turned into numbers or dates, and each row has a cell for each column.

    ``columns`` are unique; ``notes`` say in words what was guessed, renamed or left out, with the lines. ``format`` is
    the name for people of what the file is. ``encoding`` and ``delimiter`` are None for a workbook (``delimiter`` also
    for a list without any), ``sheet`` is None for anything else; ``key`` is the list that was read of a file of JSON or
    YAML with several, and ``sheets`` and ``keys`` are those to choose from.
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
    key: str | None = None
    keys: tuple[str, ...] = ()
    format: str = ""
    headings: HeadingRow = HeadingRow()

    def column(self, name: str) -> list[str]:
        """The cells of one column, in the order of ``rows``. Raises ValueError when there is no such column."""
        index = self.columns.index(name)
        return [row.cells[index] for row in self.rows]

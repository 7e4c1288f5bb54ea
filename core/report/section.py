"""What can be told of a part of a run: made once, then drawn by the page and by the report."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

import pandas as pd

from core.report.charts import Chart
from core.report.texts import cut
from core.statistics.numbers import percent

CELL_LIMIT = 300
"""Characters of a cell of a report; the CSV file has the whole text."""
STATISTICS = "Statistics"
"""Above what analysts look for."""
STRONG = re.compile(r"\*\*(.+?)\*\*")
"""What matters most in a sentence."""


class Kind(Enum):
    """What the cells of a column are; all but texts are set like figures."""

    TEXT = "text"
    TEXTS = "several texts"
    LINE = "number of a line in a file"
    COUNT = "count"
    SHARE = "share from 0 to 1, NaN where there is none"
    FIGURES = "text made of figures, such as a range"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, by the name it has in the table's frame.

    ``of`` names the column of the frame that says of how many rows each share is. ``help`` explains the heading,
    ``width`` is in pixels: both are for the page. So is a column that ``is_detail``, for which a report has no room;
    a report also cuts texts at ``limit`` characters.
    """

    name: str
    kind: Kind = Kind.TEXT
    of: str = ""
    help: str | None = None
    width: int | None = None
    is_detail: bool = False
    limit: int = CELL_LIMIT

    @property
    def is_figure(self) -> bool:
        """Whether it is set like figures, at the right."""
        return self.kind not in (Kind.TEXT, Kind.TEXTS)

    def texts(self, frame: pd.DataFrame) -> list[str]:
        """The cells of the column as a report writes them."""
        cells = frame[self.name].tolist()
        match self.kind:
            case Kind.COUNT:
                return [f"{count:,}" for count in cells]
            case Kind.SHARE:
                shares = zip(cells, frame[self.of].tolist(), strict=True)
                return ["" if pd.isna(share) else percent(share, of) for share, of in shares]
            case Kind.TEXTS:
                return ["\n".join(cut(text, self.limit) for text in texts) for texts in cells]
            case _:
                return [cut(str(text), self.limit) for text in cells]


@dataclass(frozen=True, slots=True)
class SectionTable:
    """A table of the ``columns`` of a frame, which may hold others too.

    It is a list of ``what``. There may be more of these than the frame holds: ``count`` in all. A report shows the
    first ``printed``, by default all.
    """

    title: str
    frame: pd.DataFrame
    columns: Sequence[Column]
    what: str = "rows"
    count: int | None = None
    printed: int | None = None

    @property
    def printed_columns(self) -> list[Column]:
        """Those that a report has room for."""
        return [column for column in self.columns if not column.is_detail]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The lines of a report."""
        first = self.frame[: self.printed]
        return list(zip(*(column.texts(first) for column in self.printed_columns), strict=True))

    def left_out(self, shown: int) -> str:
        """That only so many lines of the list are shown; "" where there are no more."""
        count = len(self.frame) if self.count is None else self.count
        return f"The first {shown:,} of {count:,} {self.what}." if shown < count else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A chart: ``title`` says what it shows, ``see`` what to see in it, and is read to who cannot see it.

    ``name`` tells it from the others of a report.
    """

    name: str
    title: str
    see: str
    chart: Chart


@dataclass(kw_only=True, slots=True)
class Section:
    """A part under a heading: sentences (``**`` around what matters), warnings, charts, tables, small print.

    The heading of a report says the ``finding`` behind the ``title``, its contents the title alone. The page, which has
    the title on the button that opens it, says the finding. ``statistics`` is what analysts look for beyond it: the
    page folds it in, a report has it below.
    """

    name: str
    title: str
    finding: str = ""
    sentences: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    charts: list[Picture] = field(default_factory=list)
    tables: list[SectionTable] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    statistics: "Section | None" = None

    @property
    def parts(self) -> "list[Section]":
        """The section, then its statistics if it has any."""
        return [self, self.statistics] if self.statistics else [self]

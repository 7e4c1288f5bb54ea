"""What the sections of a report are made of: sentences, charts and tables."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from core.report.charts import Chart
from core.report.svg_charts import svg

CELL_LIMIT = 300
"""Characters of a cell; the CSV file has the whole text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """A chart: ``title`` names it, ``see`` says what to see in it, and is read to who cannot see it."""

    title: str
    see: str
    svg: Markup


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines:
    """A table. ``numbers`` are the headings of columns that hold figures; ``more`` says what is not shown."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[str] = frozenset()
    more: str = ""


@dataclass(kw_only=True, slots=True)
class Section:
    """A part of the report under a heading: sentences (``**`` around what matters), charts, tables, small print.

    The heading says the ``finding`` behind the ``title``, the contents the title alone.
    """

    name: str
    title: str
    finding: str = ""
    sentences: list[str] = field(default_factory=list)
    charts: list[Drawn] = field(default_factory=list)
    tables: list[Lines] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def drawn(title: str, see: str, chart: Chart, name: str) -> Drawn:
    """A chart as it stands in a report."""
    # The specification holds figures and words of ours alone: no text of anybody can be in the drawing.
    return Drawn(title=title, see=see, svg=Markup(svg(chart, name)))  # noqa: S704

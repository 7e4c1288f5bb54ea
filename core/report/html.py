"""A run as one HTML file that tells everything without Frontline, a network or a script."""

import functools
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from core.report.report import Report
from core.report.section import STRONG, Picture
from core.report.sections import sections
from core.report.svg_charts import svg
from core.report.texts import visible

if TYPE_CHECKING:
    from jinja2 import Environment

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""The file's own Content-Security-Policy: nothing in it may run, be fetched or be sent."""


def html(report: Report) -> bytes:
    """The report in plain words, with its charts, to open from a file, to print and to send.

    Every text of people is escaped. Its size is bounded, whatever the size of the run: of long lists the first lines
    are shown, with the number of the rest.
    """
    page = _environment().get_template("report.html")
    return page.render(policy=POLICY, run=report.analysis.results.run, sections=sections(report)).encode()


@functools.cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - only a report needs it

    environment = Environment(
        loader=PackageLoader("core.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalised,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"strong": strong, "drawn": _drawn}
    return environment


def strong(text: str) -> Markup:
    """Escaped text in which ``**words**`` are strong.

    >>> strong("**2** < 3")
    Markup('<strong>2</strong> &lt; 3')
    """
    # What is marked as safe here was escaped just before.
    kept = visible(text).replace(" %", "\u00a0%")  # a number and its sign stay on one line
    return Markup(STRONG.sub(r"<strong>\1</strong>", str(escape(kept))))  # noqa: S704


def _drawn(picture: Picture) -> Markup:
    # The specification holds figures and words of ours alone: no text of anybody can be in the drawing.
    return Markup(svg(picture.chart, picture.name))  # noqa: S704


def _finalised(value: object) -> object:
    """What every expression of the template passes."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value

"""Charts as SVG, drawn in this process: a report shows the very charts of the page, and needs no script for it."""

import re

from core.report.charts import Chart

WIDTH = 480
"""Pixels; a narrower screen shows the chart smaller."""

# Those of the light theme in .streamlit/config.toml: a report is read on white, and on paper.
_COLOURS = ["#0b6b63", "#c2571a", "#5a6fb0", "#8a6d1f", "#a3456f", "#4d5b59"]
_TEXT = "#0a1413"
_ROOM = {"left": 24, "top": 5, "right": 24, "bottom": 5}
"""Pixels around a chart: the reader's letters may be wider than those that it was measured with."""
_ID = re.compile(r'(\bid="|url\(#|href="#)')


def svg(chart: Chart, name: str) -> str:
    """The chart as an ``<svg>`` element; ``name`` keeps its ids apart from those of other charts of one document.

    Nothing is fetched from anywhere.
    """
    import vl_convert  # noqa: PLC0415 - brings a JavaScript engine of 80 MB, which only a report needs

    spec = (
        chart.properties(width=WIDTH)
        .configure(padding=_ROOM)
        .configure_range(category=_COLOURS)
        .configure_mark(color=_COLOURS[0])
        .configure_axis(
            labelColor=_TEXT,
            titleColor=_TEXT,
            labelFontSize=13,
            titleFontSize=13,
            gridColor="#d3dedc",
            tickCount=5,
        )
        .configure_legend(labelColor=_TEXT, labelFontSize=13, columnPadding=28)
        .configure_view(stroke=None)
        .to_dict()
    )
    drawn = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    hidden = drawn.replace("<svg ", '<svg aria-hidden="true" ', 1)  # its figure says in words what is to be seen
    return _ID.sub(rf"\g<1>{name}-", hidden)

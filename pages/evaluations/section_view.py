"""The sections of a run's results as the page draws them; ``core.report.html`` draws the same ones on paper."""

from typing import Any

import pandas as pd
import streamlit as st

from core.report.section import STRONG, Column, Kind, Picture, Section, SectionTable
from core.statistics.numbers import column_format
from pages.shell import charts, notices


def render(section: Section, *, key: str | None = None) -> int | None:
    """A section; with a ``key`` lines of its table can be clicked, and the one that was is what comes back."""
    opening(section)
    picked = [table(one, key=key) for one in section.tables]
    for note in section.notes:
        st.caption(words(note))
    return picked[0] if picked else None


def opening(section: Section) -> None:
    """What stands before the tables of a section."""
    if section.finding:
        st.header(notices.plain(section.finding), anchor=False)
    for sentence in section.sentences:
        st.markdown(words(sentence))
    for warning in section.warnings:
        st.warning(words(warning), icon=":material/rule:")
    for picture in section.charts:
        chart(picture)


def words(text: str) -> str:
    r"""A sentence for Streamlit's Markdown: only what matters most is strong, every other character shows as it is.

    >>> print(words("**2 of 3** for $5"))
    **2 of 3** for \$5
    """
    parts = enumerate(STRONG.split(text))
    return "".join(f"**{notices.plain(part)}**" if at % 2 else notices.plain(part) for at, part in parts)


def chart(picture: Picture) -> None:
    """A chart with what it shows above it, and below it what to see in it."""
    with st.container(border=True):
        st.markdown(f"**{picture.title}**")
        charts.show(picture.chart, alt=f"{picture.title}. {picture.see}")
        st.caption(picture.see)


def table(shown: SectionTable, *, key: str | None = None) -> int | None:
    """A table; with a ``key``, the number of the line that was clicked."""
    frame = pd.DataFrame(
        {column.name: shown.frame[column.name] * (100 if column.kind is Kind.SHARE else 1) for column in shown.columns}
    )
    columns = {column.name: _column(column, shown.frame) for column in shown.columns}
    picked: Any = st.dataframe(
        frame,
        hide_index=True,
        column_config=columns,
        on_select="rerun" if key else "ignore",
        selection_mode="single-cell",
        key=key,
    )
    cells = picked["selection"]["cells"] if key else []
    if left_out := shown.left_out(len(frame)):
        st.caption(left_out)
    return cells[0][0] if cells and cells[0][0] < len(frame) else None


def _column(column: Column, frame: pd.DataFrame) -> Any:  # noqa: ANN401 - Streamlit's own
    match column.kind:
        case Kind.TEXT | Kind.FIGURES:
            return st.column_config.TextColumn(width=column.width, help=column.help)
        case Kind.TEXTS:
            return st.column_config.ListColumn(width=column.width, help=column.help)
        case Kind.SHARE:
            form = column_format(int(frame[column.of].max()))
            return st.column_config.NumberColumn(format=form, width=column.width, help=column.help)
        case _:
            return st.column_config.NumberColumn(format="localized", width=column.width, help=column.help)

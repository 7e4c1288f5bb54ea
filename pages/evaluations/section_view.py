"""The sections of a run's results as the page draws them; ``core.report.html`` draws the same ones on paper."""

import re
from typing import Any

import pandas as pd
import streamlit as st

from core.report.section import STRONG, Column, Kind, Picture, Section, SectionTable
from core.report.texts import cut
from core.statistics.numbers import column_format
from pages.shell import charts, notices

_SHARE = re.compile(r"(\d) %")
"""A figure and its sign, which no line may break apart."""
_TWO_LINES, _LETTER, _MARGINS = 66, 5.5, 16
"""Pixels: of a row (Streamlit breaks the lines of one above 64), and about those of a letter and around a text."""


def render(section: Section, *, key: str | None = None) -> int | None:
    """A section; with a ``key`` lines of its table can be clicked, and the one that was is what comes back."""
    opening(section)
    picked = [table(one, key=key) for one in section.tables]
    for note in section.notes:
        st.caption(words(note))
    if section.statistics:
        with st.expander(section.statistics.title):
            render(section.statistics)
    return picked[0] if picked else None


def opening(section: Section) -> None:
    """What stands before the tables of a section."""
    if section.finding:
        st.header(notices.plain(_SHARE.sub("\\1\u00a0%", section.finding)), anchor=False)
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
    """A chart with what it shows above it, and what to see in it behind the question mark there."""
    with st.container(border=True):
        st.markdown(f"**{picture.title}**", help=picture.see)
        charts.show(picture.chart, alt=f"{picture.title}. {picture.see}")


def table(shown: SectionTable, *, key: str | None = None) -> int | None:
    """A table; with a ``key``, the number of the line that was clicked."""
    frame = pd.DataFrame({column.name: _cells(column, shown.frame[column.name]) for column in shown.columns})
    columns = {column.name: _column(column, shown.frame) for column in shown.columns}
    picked: Any = st.dataframe(
        frame,
        hide_index=True,
        row_height=_TWO_LINES if any(_is_long(column, frame) for column in shown.columns) else None,
        column_config=columns,
        on_select="rerun" if key else "ignore",
        selection_mode="single-cell",
        key=key,
    )
    cells = picked["selection"]["cells"] if key else []
    if left_out := shown.left_out(len(frame)):
        st.caption(left_out)
    return cells[0][0] if cells and cells[0][0] < len(frame) else None


def fitting(texts: pd.Series, width: int, lines: float = 2.5) -> pd.Series:
    """Texts cut to what a cell of so many lines, ``width`` pixels wide, has room for: none is sliced."""
    limit = int((width - _MARGINS) / _LETTER * lines)
    return texts.map(lambda text: cut(text, limit) if isinstance(text, str) else text)


def _cells(column: Column, cells: pd.Series) -> pd.Series:
    if column.kind is Kind.SHARE:
        return cells * 100
    return fitting(cells, column.width) if column.kind is Kind.TEXT and column.width else cells


def _is_long(column: Column, frame: pd.DataFrame) -> bool:
    """Whether a text of the column takes more than the width that the column has."""
    if column.kind is not Kind.TEXT or not column.width:
        return False
    return bool((frame[column.name].astype(str).str.len() * _LETTER + _MARGINS > column.width).any())


def _column(column: Column, frame: pd.DataFrame) -> Any:  # noqa: ANN401 - Streamlit's own
    match column.kind:
        case Kind.TEXT | Kind.FIGURES:
            return st.column_config.TextColumn(width=column.width, help=column.help)
        case Kind.TEXTS:
            return st.column_config.ListColumn(width=column.width, help=column.help)
        case Kind.SHARE:
            form = column_format(int(frame[column.of].max()))
            return st.column_config.NumberColumn(format=form, width=column.width, help=column.help, alignment="left")
        case _:  # below its heading, which stands at the left
            return st.column_config.NumberColumn(
                format="localized", width=column.width, help=column.help, alignment="left"
            )

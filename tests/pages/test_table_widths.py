"""What matters in a table is in view on a screen of 1280 pixels, without scrolling aside."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest
from streamlit.elements.lib.column_types import ButtonColumnResult

from core.questions.changes import Changes
from core.report.comparison_section import COLUMNS
from pages.evaluations import results
from pages.questions.editor import table_look
from pages.questions.editor.delta import Shown

ROOM = 900
"""Pixels that a page has for a table at 1280: the menu and the margins take the rest."""
MARKER = 33
"""Pixels of what stands before a row that can be deleted."""


@pytest.mark.parametrize(
    ("columns", "seen"),
    [
        (results._COLUMNS, ("Line", "Question", "Outcome", "Expected", "Given", "Confidence")),
        ({one.name: {"width": one.width} for one in COLUMNS}, tuple(one.name for one in COLUMNS)),
    ],
    ids=["results", "compared rows"],
)
def test_the_columns_that_matter_are_in_view(columns: Mapping[str, Any], seen: tuple[str, ...]) -> None:
    assert sum(columns[name]["width"] for name in seen) <= ROOM


def test_all_columns_of_the_table_of_entries_are_in_view() -> None:
    found = table_look.look("org", Shown(keys=(), changes=Changes(), frame=pd.DataFrame()))["column_config"]
    columns = [column.config if isinstance(column, ButtonColumnResult) else column for column in found.values()]

    assert len(columns) == 6
    assert MARKER + sum(column["width"] for column in columns) <= ROOM

"""What matters in a table is in view on a screen of 1280 pixels, without scrolling aside."""

from collections.abc import Mapping
from typing import Any

import pytest

from core.report.comparison_section import COLUMNS
from pages.evaluations import results
from pages.questions.editor import table

ROOM = 900
"""Pixels that a page has for a table at 1280: the menu and the margins take the rest."""
MARKER = 33
"""Pixels of what stands before a row that can be deleted."""


@pytest.mark.parametrize(
    ("columns", "before", "seen"),
    [
        (table._COLUMNS, MARKER, tuple(table._COLUMNS)),
        (results._COLUMNS, 0, ("Line", "Question", "Outcome", "Expected", "Given", "Confidence")),
        ({one.name: {"width": one.width} for one in COLUMNS}, 0, tuple(one.name for one in COLUMNS)),
    ],
    ids=["questions", "results", "compared rows"],
)
def test_the_columns_that_matter_are_in_view(columns: Mapping[str, Any], before: int, seen: tuple[str, ...]) -> None:
    assert before + sum(columns[name]["width"] for name in seen) <= ROOM

"""A table of a section: all of it for the page, in short and as texts for a report."""

import pandas as pd

from core.report.section import CELL_LIMIT, Column, Kind, SectionTable

FRAME = pd.DataFrame(
    {
        "Entry": ["x" * 2 * CELL_LIMIT, "Hours?", "Else?"],
        "Questions": [1_234, 8, 0],
        "Recall": [0.6666, 0.75, float("nan")],
        "Likely": ["63.9–69.3 %", "40–93 %", ""],
        "Examples": [["one", "two"], ["three"], []],
    }
)
COLUMNS = (
    Column("Entry"),
    Column("Questions", Kind.COUNT),
    Column("Recall", Kind.SHARE, of="Questions"),
    Column("Likely", Kind.FIGURES, is_detail=True),
    Column("Examples", Kind.TEXTS),
)


def test_a_report_writes_each_kind_of_cell_and_leaves_details_out() -> None:
    table = SectionTable("Entries", FRAME, COLUMNS)

    long, hours, other = table.rows

    assert [column.name for column in table.printed_columns] == ["Entry", "Questions", "Recall", "Examples"]
    assert len(long[0]) == CELL_LIMIT
    assert long[1:] == ("1,234", "66.7 %", "one\ntwo")
    assert hours == ("Hours?", "8", "75 %", "three")
    assert other == ("Else?", "0", "", "")


def test_what_is_not_shown_is_counted() -> None:
    assert SectionTable("Entries", FRAME, COLUMNS, "entries").left_out(shown=3) == ""
    assert (
        SectionTable("Entries", FRAME, COLUMNS, "entries", printed=2).rows == SectionTable("", FRAME, COLUMNS).rows[:2]
    )
    assert SectionTable("", FRAME, COLUMNS, "entries", count=2_000).left_out(shown=3) == "The first 3 of 2,000 entries."

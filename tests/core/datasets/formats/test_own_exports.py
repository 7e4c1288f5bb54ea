"""What Frontline exports can be uploaded again: the same questions, labels and other columns."""

import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.datasets.columns import ColumnMapping
from core.datasets.dataset import TestQuestion
from core.datasets.difference import as_new, content_of
from core.datasets.export_names import DATASET_COLUMNS, RESULT_COLUMNS, name_in_export, name_in_file
from core.datasets.exporting import dataset_as_file
from core.datasets.formats.choice import recognise_format
from core.datasets.preview import Preview, check
from core.files.escaping import MARKER
from core.files.parsing import parse
from core.files.table import FileLimits, Row, Table
from core.files.writing import to_csv
from core.questions.entry import Entry
from core.report import tables
from core.runs.analysis import Analysis
from core.statistics.verdict import judge
from core.storage.run_columns import new_row_values
from tests.core.report.runs import NO_ROW, RUN, ended

ENTRIES = (
    Entry(id=1, question="Hours?", answer="9 to 5"),
    Entry(id=2, question="Open on Sunday?", answer="9 to 5"),
    Entry(id=3, question="Jobs; or | not?", answer="=1+1"),
)
FALLBACK = "A person will call"
COLUMNS = ("text", "wanted", "also", "tags", "id", "Question", "Score", "Score (file)", "held_out")
ROWS = (
    ("=when?", "Hours?", "", "a; b", "007", "mine", "5", "6", "x"),
    ("jobs, Sundays?\nboth", "Jobs; or | not?", "Open on Sunday?", '["a,b", "c"]', "", "", "", "", ""),
    ("hello", "__fallback__", "", "", "-8", "'=quoted", " spaced ", "", ""),
    ("who knows", "", "", "", "9", "", "", "", "no"),
)


def first() -> Preview:
    table = Table(name="x.csv", columns=COLUMNS, rows=tuple(Row(i, cells) for i, cells in enumerate(ROWS, 5)))
    mapping = ColumnMapping(question="text", expected="wanted", also_accept="also", tags="tags")
    return check(table, mapping, ENTRIES, FALLBACK)


def run_of(preview: Preview) -> Analysis:
    """As it stands in the ledger when each question was answered with a person."""
    rows = [
        {**NO_ROW, "verdict": judge(row.label, None, False).value, **new_row_values(RUN, number, row)}
        for number, row in enumerate(preview.good)
    ]
    return ended(*rows, entries=ENTRIES)


def said(row: TestQuestion) -> object:
    return content_of(row), row.label


def again(file: bytes, name: str) -> Preview:
    found = recognise_format(parse(file, name, FileLimits()))
    return check(found.table, found.mapping, ENTRIES, FALLBACK)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_results_are_uploaded_again_whole(suffix: str) -> None:
    before = first()
    assert (len(before.good), before.bad) == (4, ())
    run = run_of(before)

    after = again(tables.csv(run) if suffix == "csv" else tables.workbook(run), f"results.{suffix}")

    assert after.bad == ()
    assert [said(row) for row in after.good] == [said(row) for row in before.good]


def test_results_of_results_are_still_the_same() -> None:
    once = again(tables.csv(run_of(first())), "results.csv")

    assert [said(row) for row in again(tables.csv(run_of(once)), "results.csv").good] == [
        said(row) for row in once.good
    ]


def test_kept_test_questions_are_uploaded_again_whole() -> None:
    before = first()

    after = again(to_csv(dataset_as_file(as_new(before.good), ENTRIES)), "kept.csv")

    assert [said(row) for row in after.good] == [said(row) for row in before.good]


def test_results_of_an_older_frontline_are_read_by_the_numbers_of_all_right_entries() -> None:
    run = run_of(first())
    older = pd.read_csv(io.BytesIO(tables.csv(run)), dtype=str, keep_default_na=False).drop(columns="Named No.")

    after = again(older.to_csv(index=False).encode(), "results.csv")

    assert [row.label for row in after.good] == [row.label for row in first().good]


def test_a_person_is_called_as_in_an_upload_and_results_that_call_one_otherwise_are_read_too() -> None:
    results = pd.read_csv(io.BytesIO(tables.csv(run_of(first()))), dtype=str, keep_default_na=False)
    assert results["Expected"].tolist()[2] == "a person"
    older = results.replace({"Expected": {"a person": "(to a person)"}, "Given": {"a person": "(to a person)"}})

    for file in (results, older):
        after = again(file.to_csv(index=False).encode(), "results.csv")
        assert [row.label for row in after.good] == [row.label for row in first().good]


def test_of_results_nothing_that_came_out_is_kept_with_the_questions() -> None:
    after = again(tables.csv(run_of(first())), "results.csv")

    assert {name for row in after.good for name, _ in row.others} == {
        "id",
        "Question",
        "Score",
        "Score (file)",
        "held_out",
    }


@given(st.sampled_from([RESULT_COLUMNS, DATASET_COLUMNS]), st.data())
def test_a_heading_of_a_file_never_hides_one_of_ours_and_comes_back(own: tuple[str, ...], data: st.DataObject) -> None:
    base = data.draw(st.sampled_from([*own, MARKER, "mine"]) | st.text())
    heading = base + " (file)" * data.draw(st.integers(0, 3))

    exported = name_in_export(heading, own)

    assert exported not in {*own, MARKER}
    assert name_in_file(exported, own) == heading


def test_the_columns_of_results_are_those_that_are_recognised() -> None:
    plain = [row for row in first().good if not row.others] or [
        TestQuestion(line=2, question="q", expected_as_given="", label=first().good[3].label)
    ]
    run = run_of(Preview(good=tuple(plain), bad=()))

    assert tuple(run.results.whole_table().columns) == RESULT_COLUMNS
    assert tuple(dataset_as_file([], ENTRIES).columns) == DATASET_COLUMNS

"""Quotation marks where no program would write them."""

import csv
import io
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.datasets.formats.known import known_headings
from core.files.delimited import read_delimited
from core.files.quotation import Records
from core.files.table import FileLimits, ReadingChoices, Table


def read(text: str) -> Table:
    return read_delimited(text.encode(), "x.csv", FileLimits())


def cells(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows]


@pytest.mark.parametrize(
    ("row", "understood"),
    [
        ('"5 inch screen,Sizes', ('"5 inch screen', "Sizes")),
        ('5" screen,Sizes', ('5" screen', "Sizes")),
        ('"He said "hello" to me",Sizes', ('He said "hello" to me', "Sizes")),
        ('"the "big, red" one",Sizes', ('the "big, red" one', "Sizes")),
        ('"my order" ,Sizes', ("my order", "Sizes")),
        ('"I said "yes", then "no"",Sizes', None),
        ('"Hello, my order,Sizes', None),
        ('"Hello, my order', None),
    ],
)
def test_a_stray_quotation_mark_is_understood_or_its_row_is_a_problem(
    row: str, understood: tuple[str, str] | None
) -> None:
    table = read(f"question,expected_question\na,b\n{row}\nc,d\n")

    assert (3 in [line.line for line in table.rows]) == (understood is not None)
    assert (3 in [problem.line for problem in table.problems]) == (understood is None)
    if understood:
        assert cells(table) == [("a", "b"), understood, ("c", "d")]


def test_a_stray_quotation_mark_swallows_no_rows_below_and_is_said() -> None:
    table = read('question,answer\n"5 inch screen,Sizes\nmy order,Orders\nwhat is 7",Sizes\nc,d\n')

    assert cells(table) == [
        ('"5 inch screen', "Sizes"),
        ("my order", "Orders"),
        ('what is 7"', "Sizes"),
        ("c", "d"),
    ]
    assert [row.line for row in table.rows] == [2, 3, 4, 5]
    assert any("line 2 opens or closes no cell" in note for note in table.notes)


def test_a_text_of_several_lines_stays_one_cell() -> None:
    text = 'question,answer\na,b\n"Hello,\nmy order, please\nThanks, Jo",Orders\n"one\ntwo",Orders\n'

    assert cells(read(text)) == [
        ("a", "b"),
        ("Hello,\nmy order, please\nThanks, Jo", "Orders"),
        ("one\ntwo", "Orders"),
    ]


def test_two_lines_that_may_be_a_text_or_two_rows_are_a_problem() -> None:
    table = read('question,answer\n"5 inch screen,Sizes\nwhat is 7",Sizes\nc,d\n')

    assert cells(table) == [("c", "d")]
    assert "closes in line 3" in table.problems[0].reason


def test_a_text_of_lines_that_look_like_rows_is_one_text_where_programs_wrote_the_quotation_marks() -> None:
    text = '"question","answer"\n"a,b\nc,d\ne",x\n"weighs 1,5 kg\nok?",y\n'

    assert cells(read(text)) == [("a,b\nc,d\ne", "x"), ("weighs 1,5 kg\nok?", "y")]


CELLS = st.text(st.sampled_from("ab,;\t|\"'\n\r #="), max_size=8).map(lambda text: f"x{text}y")


@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    title=st.sampled_from(["", "A title\n", "# a comment\n\n"]),
)
def test_what_programs_write_is_read_back(
    rows: list[tuple[str, str, str]], delimiter: str, quoting: Literal[0, 1], title: str
) -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL, delimiter=delimiter).writerow(["question", "expected", "note"])
    csv.writer(buffer, quoting=quoting, delimiter=delimiter).writerows(rows)

    table = read_delimited(
        (title + buffer.getvalue()).encode(), "x.csv", FileLimits(), ReadingChoices(), known_headings()
    )

    assert cells(table) == rows
    assert not table.problems


def test_a_space_before_a_quotation_mark_belongs_to_no_cell() -> None:
    table = read('question, answer\n"Hello, you", "Where is it, please?"\nhi, "no"\nlast, plain text\n')

    assert cells(table) == [("Hello, you", "Where is it, please?"), ("hi", "no"), ("last", "plain text")]
    assert table.columns == ("question", "answer")


def test_many_stray_quotation_marks_are_read_in_one_go() -> None:
    text = "question,answer\n" + '"a,b\n' * 20_000

    records = Records(text, ",")

    assert sum(1 for _ in records) == 20_001

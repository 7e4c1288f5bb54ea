"""Quotation marks where no program would write them."""

import pytest

from core.files.delimited import read_delimited
from core.files.quotation import Records
from core.files.table import Limits, Table


def read(text: str) -> Table:
    return read_delimited(text.encode(), "x.csv", Limits())


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


def test_a_space_before_a_quotation_mark_belongs_to_no_cell() -> None:
    table = read('question, answer\n"Hello, you", "Where is it, please?"\nhi, "no"\nlast, plain text\n')

    assert cells(table) == [("Hello, you", "Where is it, please?"), ("hi", "no"), ("last", "plain text")]
    assert table.columns == ("question", "answer")


def test_many_stray_quotation_marks_are_read_in_one_go() -> None:
    text = "question,answer\n" + '"a,b\n' * 20_000

    records = Records(text, ",")

    assert sum(1 for _ in records) == 20_001

"""Files as people have them: titles and notes above the headings, two rows of headings, or none."""

import pytest

from core.datasets.formats.known import known_headings
from core.errors import FileRejected
from core.files.delimited import read_delimited
from core.files.table import NO_HEADINGS, FileLimits, ReadingChoices, Table

ROWS = "where is my parcel??,Where is my order?\ncan I pay with paypal,How can I pay?\n"


def read(text: str, headings: int | None = None, *, named: tuple[str, ...] = ()) -> Table:
    choices = ReadingChoices(headings=headings)
    return read_delimited(text.encode(), "x.csv", FileLimits(), choices, known_headings(named))


def cells(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows]


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("Customer FAQ test set 2024\n", 2),
        ("# exported on Monday\n# by Jo, for the shop\n", 3),
        ("Customer FAQ; autumn\n\n", 3),
        ("FAQ tests,,\n,,\n", 3),
        ("Author,Jo\nDate,2026-01-31\n\n", 4),
        ('"A title\nof two lines"\n', 3),
        ("Test,Expected\n", 2),
    ],
)
def test_what_stands_above_the_headings_is_left_out_and_said(above: str, line: int) -> None:
    table = read(f"{above}question,expected_question,tags\n" + ROWS.replace("\n", ",x\n"))

    assert table.columns == ("question", "expected_question", "tags")
    assert (table.headings.line, table.headings.known) == (line, True)
    assert [row.line for row in table.rows] == [line + 1, line + 2]
    assert any(f"The headings are in line {line}. " in note for note in table.notes)


@pytest.mark.parametrize(
    "second", ["Frage,Label", "Question,Expected question", "text,string", "(as asked),(what is right)"]
)
def test_a_second_row_of_headings_is_no_question(second: str) -> None:
    table = read(f"question,expected_question\n{second}\n{ROWS}", named=("Frage",))

    assert [row.line for row in table.rows] == [3, 4]
    assert any("ine 2 " in note and "left out" in note for note in table.notes)


def test_headings_that_come_again_further_down_are_no_questions() -> None:
    table = read(f"question,expected_question\n{ROWS}Question,Expected question\nmore?,How can I pay?\n")

    assert [row.line for row in table.rows] == [2, 3, 5]
    assert table.notes == ("Line 4 repeats the headings, and is left out.",)


def test_a_group_of_headings_above_the_headings_is_not_taken_for_them() -> None:
    table = read("Input,,Expected,\nquestion,channel,answer,tags\na?,web,b,c\n")

    assert table.columns == ("question", "channel", "answer", "tags")
    assert cells(table) == [("a?", "web", "b", "c")]


@pytest.mark.parametrize(
    "text",
    [
        ROWS,
        "where is my parcel??\ndo you ship abroad?\n",
        "where is my parcel??\n",
        "hi\nwhere is it\nquestion\nmore\n",
        "Kundentext;Ziel\na;b\n",
        "My list\nquestion\nwhere is it?\n",
        "A title\nquestion,x\nhi,a\n",
    ],
)
def test_without_a_known_heading_nobody_is_sure(text: str) -> None:
    table = read(text)

    assert (table.headings.line, table.headings.known) == (1, False)
    assert table.headings.top[0].line == 1


@pytest.mark.parametrize("text", ["question\nhi\n", "Question;Ziel\nhi;a\n", "Kundentext;Notes;Tags\nhi;a;b\n"])
def test_one_known_heading_is_enough_where_it_stands_for_headings(text: str) -> None:
    assert read(text).headings.known


@pytest.mark.parametrize(
    "text",
    [
        "I want to see the text of my contract.,text\nhow do I pay by card?,label\n",
        "how do I pay,request\nhi,hello\n",
        "pay now,request\nhi,hello\npay,request\n",
    ],
)
def test_a_label_that_is_called_like_a_heading_is_none(text: str) -> None:
    assert not read(text).headings.known


def test_somebody_can_say_that_the_first_row_is_a_question() -> None:
    table = read(ROWS, NO_HEADINGS)

    assert table.columns == ("Column 1", "Column 2")
    assert [row.line for row in table.rows] == [1, 2]
    assert (table.headings.line, table.headings.known, table.notes) == (NO_HEADINGS, True, ())


def test_somebody_can_say_which_line_has_the_headings_and_what_separates_them_is_found_there() -> None:
    table = read("Unsere Tests 2026\nKundentext;Ziel\nwo ist es, bitte;Bestellung\n", 2)

    assert table.columns == ("Kundentext", "Ziel")
    assert cells(table) == [("wo ist es, bitte", "Bestellung")]
    assert table.headings.known


def test_headings_that_somebody_names_are_known() -> None:
    assert read("Kundentext,Ziel\na,b\n", named=("Kundentext",)).headings.known


def test_a_line_without_a_row_cannot_hold_the_headings() -> None:
    with pytest.raises(FileRejected, match="no row in line 9"):
        read("question\na\n", 9)


def test_a_list_whose_heading_has_a_comma_stays_a_list() -> None:
    assert read("Question, as asked\nwhere is it?\nwhen?\n").columns == ("Question, as asked",)


@pytest.mark.parametrize(
    "text",
    [
        "question,expected_question\na,b,\nc,d,\ne,f,\n",
        "question,expected_question,\na,b\nc,d\ne,f\n",
        "question,expected_question,,\na,b,,\nc,d\ne,f,\n",
        "question,expected_question\na,b,\nc,d,,,\ne,f\n",
    ],
)
def test_separators_at_the_end_of_rows_change_nothing(text: str) -> None:
    table = read(text)

    assert table.columns == ("question", "expected_question")
    assert cells(table) == [("a", "b"), ("c", "d"), ("e", "f")]
    assert not table.problems


def test_a_text_cut_in_two_is_a_problem_also_where_rows_end_with_a_separator() -> None:
    table = read("question,expected_question\na,b,\nc,d,\nHello, world,\nHello, world,x\n")

    assert [problem.line for problem in table.problems] == [4, 5]


def test_a_heading_that_is_blank_in_every_row_is_no_column_for_a_text_that_was_cut() -> None:
    table = read("question,expected_question,\na,b,\nc,d,\nHello, world,x\n")

    assert [problem.line for problem in table.problems] == [4]


def test_a_row_that_ends_early_is_filled_up_where_nothing_else_can_be_meant() -> None:
    table = read("question,expected_question,note\na,b\nc\nd,e,f\n")

    assert cells(table) == [("a", "b", ""), ("d", "e", "f")]
    assert [problem.line for problem in table.problems] == [3]
    assert table.notes == ("Line 2 ends before the last heading: its missing cells are read as empty.",)


def test_a_row_that_ends_before_its_label_is_never_filled_up() -> None:
    table = read("question,tags,expected_question\na,Where is my order?\nb,c,d\n")

    assert [problem.line for problem in table.problems] == [2]


def test_the_error_of_a_spreadsheet_is_no_question_and_no_label() -> None:
    table = read("question,expected_question,note\na,#N/A,x\n#REF!,b,x\nc,d,#N/A\n")

    assert [row.line for row in table.rows] == [4]
    assert "error #N/A of a spreadsheet" in table.problems[0].reason


def test_the_first_rows_can_be_shown_whatever_they_hold() -> None:
    data = b"question\n" + "où\n".encode() * 2 + b"caf\xe9 " + b"x" * 100 + b"\n"

    table = read_delimited(data, "x.csv", FileLimits(), ReadingChoices(), known_headings())

    assert [row.cells for row in table.headings.top] == [("question",), ("où",), ("où",), ("caf? " + "x" * 55,)]

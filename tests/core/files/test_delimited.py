import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import FileRejected
from core.files.delimited import read_delimited
from core.files.parsing import parse
from core.files.table import FileLimits, Row, RowProblem, Table

LIMITS = FileLimits()


def read(text: str | bytes, name: str = "file.csv", limits: FileLimits = LIMITS) -> Table:
    return read_delimited(text.encode() if isinstance(text, str) else text, name, limits)


def cells(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows]


def test_text_stays_as_it_is_written() -> None:
    table = read("question,expected_id,note\nNA,007,1e5\nNone,,null\nTRUE,1.0, padded \n")

    assert table.columns == ("question", "expected_id", "note")
    assert cells(table) == [("NA", "007", "1e5"), ("None", "", "null"), ("TRUE", "1.0", " padded ")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    table = read(f'question{delimiter}answer\n"a{delimiter} b"{delimiter}"1,5; 2|3"\n')

    assert table.delimiter == delimiter
    assert table.columns == ("question", "answer")
    assert cells(table) == [(f"a{delimiter} b", "1,5; 2|3")]


def test_decimal_commas_do_not_outvote_the_semicolon() -> None:
    table = read("Frage;Betrag;Preis\nWas kostet das?;1,5;2,5\nUnd das?;2,5;3,5\n")

    assert table.delimiter == ";"
    assert cells(table)[0] == ("Was kostet das?", "1,5", "2,5")


def test_commas_in_quotation_marks_do_not_count() -> None:
    table = read('question;answer\n"a, b, c";"d, e"\n"f, g, h";"i, j"\n')

    assert table.delimiter == ";"


def test_a_list_of_questions_keeps_its_commas() -> None:
    table = read("question\nHello, how are you?\nHi\nYes, no; or | maybe?\n", "list.txt")

    assert table.delimiter is None
    assert cells(table) == [("Hello, how are you?",), ("Hi",), ("Yes, no; or | maybe?",)]


def test_a_quoted_list_of_questions_loses_only_its_quotation_marks() -> None:
    table = read('question\n"Hello, how are you?"\n"Say ""hi"""\n')

    assert cells(table) == [("Hello, how are you?",), ('Say "hi"',)]


def test_a_comma_in_the_heading_of_a_list_makes_no_second_column() -> None:
    table = read("Question, as asked\nwhere is it?\nwhen?\nwho?\n")

    assert table.columns == ("Question, as asked",)
    assert not table.problems


def test_a_table_whose_every_row_is_broken_is_no_list() -> None:
    table = read('question,answer\nHello, my card, is lost,Call us\n"say "hi" now",b\n')

    assert table.columns == ("question", "answer")
    assert [problem.line for problem in table.problems] == [2, 3]


def test_a_name_that_ends_in_tsv_settles_a_tie() -> None:
    text = "a\tb,c\n1\t2,3\n"

    assert (read(text, "x.tsv").delimiter, read(text, "x.csv").delimiter) == ("\t", ",")


def test_the_delimiter_that_excel_declares_is_taken_and_lines_still_count() -> None:
    table = read("sep=;\r\nquestion;note\r\na, b;c, d\r\n")

    assert table.rows == (Row(3, ("a, b", "c, d")),)


def test_each_row_has_the_line_where_it_starts() -> None:
    table = read('\nquestion,answer\r\n"one\r\ntwo\nthree",x\r\n\r\n , \nlast,y\rmac,z\n')

    assert table.rows == (
        Row(3, ("one\r\ntwo\nthree", "x")),
        Row(8, ("last", "y")),
        Row(9, ("mac", "z")),
    )
    assert table.problems == ()


def test_a_record_with_too_many_cells_is_a_problem_and_shifts_nothing() -> None:
    table = read("question,answer\na,b\nHello, world,c\nd,e\n")

    assert cells(table) == [("a", "b"), ("d", "e")]
    assert table.problems == (
        RowProblem(3, "There are 3 cells for 2 headings. Put text that holds the separator in quotation marks."),
    )


def test_even_an_empty_cell_too_many_is_a_problem_because_it_may_be_a_shift() -> None:
    assert read("question,answer\nHello, world,\n").problems[0].line == 2


def test_a_record_with_too_few_cells_is_a_problem() -> None:
    table = read("question,answer,note\na,b,c\nd\ne,f,g\n")

    assert table.problems == (RowProblem(3, "There is only 1 cell for 3 headings. A cell or a separator is missing."),)


def test_a_quotation_mark_that_is_never_closed_is_a_problem_at_the_line_where_it_opens() -> None:
    table = read('question,answer\na,b\n"c\ne,f\n')

    assert cells(table) == [("a", "b")]
    (problem,) = table.problems
    assert problem.line == 3
    assert "never closed" in problem.reason


def test_text_after_a_closing_quotation_mark_is_a_problem_where_the_cells_are_not_plain_and_reading_goes_on() -> None:
    table = read('question,answer\n"say "yes", then "no"",b\nc,d\n')

    assert cells(table) == [("c", "d")]
    assert [problem.line for problem in table.problems] == [2]


def test_a_problem_over_several_lines_says_how_far_it_reaches() -> None:
    table = read('question,answer\n"a\nb\n"c,d\ne,f\n')

    assert "reaches to line 4" in table.problems[0].reason
    assert table.rows == (Row(5, ("e", "f")),)


def test_a_nul_is_a_problem_that_names_its_cell() -> None:
    table = read("question,answer\na\0b,c\nd,e\n")

    assert cells(table) == [("d", "e")]
    assert table.problems[0] == RowProblem(
        2, "The cell “question” holds the character U+0000, which no text may hold. Delete it."
    )


def test_a_lone_surrogate_is_a_problem() -> None:
    data = "question,answer\nb\ud800d,c\nd,e\n".encode("utf-16", "surrogatepass")

    table = read(data)

    assert cells(table) == [("d", "e")]
    assert "damaged characters" in table.problems[0].reason


def test_a_broken_byte_in_utf_8_is_a_problem_of_its_row_only() -> None:
    table = read("question,answer\nÜber,größer\n".encode() + b"caf\xe9,x\nd,e\n")

    assert cells(table) == [("Über", "größer"), ("d", "e")]
    assert table.problems[0].line == 3


def test_a_cell_over_the_limit_is_a_problem_and_one_over_the_csv_modules_own_is_none() -> None:
    table = read(f"question,answer\n{'x' * 150_000},b\n{'y' * 200_001},d\n", limits=FileLimits(cell=200_000))

    assert [len(row.cells[0]) for row in table.rows] == [150_000]
    assert table.problems == (RowProblem(3, "The cell “question” has 200,001 characters; 200,000 is the limit."),)


def test_headings_that_are_empty_or_the_same_get_names_of_their_own() -> None:
    table = read("question,,question,Column 2,question (2)\na,b,c,d,e\n")

    assert table.columns == ("question", "Column 2 (2)", "question (3)", "Column 2", "question (2)")
    assert table.notes == (
        "Column 2 has no heading: this one is shown as “Column 2 (2)”.",
        "The heading “question” appears more than once: this one is shown as “question (3)”.",
    )


def test_a_column_with_neither_heading_nor_cells_is_left_out() -> None:
    table = read("question,answer,,\na,b,,\nc,d,,\n")

    assert table.columns == ("question", "answer")
    assert cells(table) == [("a", "b"), ("c", "d")]
    assert table.notes == ()


def test_a_guessed_encoding_is_said() -> None:
    table = read("question\ncafé\n".encode("cp1252"))

    assert cells(table) == [("café",)]
    assert table.notes[0].startswith("Read as Windows-1252")


@pytest.mark.parametrize("text", ["question,answer\n", "question,answer\n\n , \n"])
def test_headings_without_rows_are_refused(text: str) -> None:
    with pytest.raises(FileRejected, match="nothing below"):
        read(text)


@pytest.mark.parametrize("text", ["\n\n", " , \n", "\ufeff"])
def test_a_file_with_nothing_in_it_is_refused(text: str) -> None:
    with pytest.raises(FileRejected, match="nothing in it"):
        read(text)


def test_headings_that_cannot_be_read_are_refused_with_their_line() -> None:
    with pytest.raises(FileRejected, match=r"headings in line 2 cannot be read.*never closed"):
        read('\n"question,answer\na,b\n')


def test_more_rows_than_the_limit_are_refused() -> None:
    read("q\na\nb\n", limits=FileLimits(rows=2))

    with pytest.raises(FileRejected, match="more than 2 rows"):
        read("q\na\nb\nc\n", limits=FileLimits(rows=2))


def test_more_columns_than_the_limit_are_refused() -> None:
    with pytest.raises(FileRejected, match=r"501 columns; 500"):
        read(",".join(f"c{i}" for i in range(501)) + "\n")


def test_more_cells_than_the_limit_are_refused() -> None:
    with pytest.raises(FileRejected, match="more in it than Frontline can take"):
        read("a,b\n1,2\n3,4\n", limits=FileLimits(cells=3))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        ('{"questions_and_answers": [{"question": "a"}]}', "JSON"),
        ('[\n  {"question": "a"}]', "JSON"),
        (r"{\rtf1\ansi question}", "RTF"),
    ],
)
def test_other_formats_are_refused_by_their_name(text: str, words: str) -> None:
    with pytest.raises(FileRejected, match=words):
        read(text)


def test_only_the_rows_that_an_export_marked_are_unescaped() -> None:
    table = read("question,frontline_escaped\n'=1+1,yes\n'=2+2,no\n'@home' works,\nit's,yes\n")

    assert table.columns == ("question",)
    assert cells(table) == [("=1+1",), ("'=2+2",), ("'@home' works",), ("it's",)]


def test_a_file_from_elsewhere_keeps_its_apostrophes() -> None:
    assert cells(read("question,answer\n'=1+1,'@home' works\n")) == [("'=1+1", "'@home' works")]


def holds_what_it_promises(table: Table) -> bool:
    lines = [row.line for row in table.rows]
    return (
        len(set(table.columns)) == len(table.columns)
        and all(column.strip() for column in table.columns)
        and all(len(row.cells) == len(table.columns) for row in table.rows)
        and lines == sorted(set(lines))
        and not {problem.line for problem in table.problems} & set(lines)
        and "\0" not in "".join(cell for row in table.rows for cell in row.cells)
        and can_be_written(table)
    )


def can_be_written(table: Table) -> bool:
    """Lone surrogates cannot."""
    text = "".join([*table.columns, *(cell for row in table.rows for cell in row.cells)])
    return text.encode().decode() == text


def attempt(data: bytes, name: str, limits: FileLimits) -> Table | FileRejected:
    try:
        return parse(data, name, limits)
    except FileRejected as rejected:
        return rejected


def is_sound(result: Table | FileRejected) -> bool:
    return holds_what_it_promises(result) if isinstance(result, Table) else bool(str(result))


@given(data=st.binary(max_size=400), name=st.sampled_from(["a.csv", "a.tsv", "a.txt", "a.xlsx", "a", "a.pdf"]))
@settings(max_examples=400, deadline=None)
def test_any_bytes_give_a_table_or_a_refusal(data: bytes, name: str) -> None:
    assert is_sound(attempt(data, name, LIMITS))


PIECES = [*"aé“日😀\",;\t|\n\r\0'= \x1f", '""', "\r\n", "sep=", "question"]


@given(
    text=st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "gb18030"]),
    spoil=st.binary(max_size=2),
)
@settings(max_examples=600, deadline=None)
def test_any_text_in_any_encoding_gives_a_table_or_a_refusal(text: str, codec: str, spoil: bytes) -> None:
    data = text.encode(codec, "ignore") + spoil

    assert is_sound(attempt(data, "a.csv", FileLimits(rows=10, columns=6, cell=20)))

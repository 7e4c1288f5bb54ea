import datetime
import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.datasets.formats.known import known_headings
from core.errors import FileRejected
from core.files.parsing import parse
from core.files.table import FileLimits, ReadingChoices, Row, Table
from core.files.workbook import read_workbook
from core.files.workbook_parts import Marks, marks_of

MakeWorkbook = Callable[..., bytes]
LIMITS = FileLimits()


def saved(*sheets: tuple[str, list[list[Any]]], hidden: tuple[str, ...] = ()) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets:
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if title in hidden else "visible"
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def read(data: bytes, sheet: str | None = None, limits: FileLimits = LIMITS) -> Table:
    return read_workbook(data, "file.xlsx", limits, ReadingChoices(sheet=sheet))


def test_values_read_as_people_see_them() -> None:
    values = [7, 7.0, 0.1 + 0.2, 1e20, True, False, "007", "NA", None, "  padded "]
    days = [datetime.date(2026, 1, 31), datetime.datetime(2026, 1, 31, 9, 30), datetime.time(9, 30)]

    table = read(saved(("Sheet", [[f"c{i}" for i in range(13)], [*values, *days]])))

    assert table.rows[0].cells == (
        *("7", "7", "0.3", "1e+20", "TRUE", "FALSE", "007", "NA", "", "  padded "),
        *("2026-01-31", "2026-01-31 09:30:00", "09:30:00"),
    )


def test_a_formula_reads_as_its_last_result(make_workbook: MakeWorkbook) -> None:
    data = make_workbook(
        '<row><c t="inlineStr"><is><t>question</t></is></c></row>'
        '<row><c t="str"><f>CONCATENATE("a","b")</f><v>ab</v></c></row><row><c><f>1+6</f><v>7</v></c></row>'
    )

    assert read(data).column("question") == ["ab", "7"]


def test_rows_have_the_numbers_of_the_sheet_and_blank_ones_are_skipped() -> None:
    table = read(saved(("Sheet", [[], ["question", "note"], ["a", "b"], [], [None, " "], ["c"]])))

    assert table.columns == ("question", "note")
    assert table.rows == (Row(3, ("a", "b")), Row(6, ("c", "")))
    assert table.problems == ()


def test_a_column_beyond_the_headings_gets_a_name_and_shifts_nothing() -> None:
    table = read(saved(("Sheet", [["question"], ["a", None, "extra"], ["b"]])))

    assert table.columns == ("question", "Column 3")
    assert table.rows == (Row(2, ("a", "extra")), Row(3, ("b", "")))
    assert len(table.notes) == 1


def test_the_first_visible_sheet_with_a_table_is_read_and_all_are_listed() -> None:
    rows: list[list[Any]] = [["question"], ["from here"]]
    data = saved(
        ("Hidden", [["question"], ["not this"]]),
        ("Empty", []),
        ("Title only", [["Our tests"]]),
        ("Tests", rows),
        ("More", [["question"], ["chosen"]]),
        hidden=("Hidden",),
    )

    table = read(data)

    assert (table.sheet, table.sheets) == ("Tests", ("Hidden", "Empty", "Title only", "Tests", "More"))
    assert table.column("question") == ["from here"]
    assert read(data, "More").column("question") == ["chosen"]
    assert read(data, "Hidden").column("question") == ["not this"]


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(FileRejected, match=r"no sheet “Nope”.*“Tests”"):
        read(saved(("Tests", [["q"], ["a"]])), "Nope")


def test_a_workbook_without_a_table_is_refused_in_words() -> None:
    with pytest.raises(FileRejected, match="nothing in it"):
        read(saved(("Empty", [])))
    with pytest.raises(FileRejected, match="nothing below"):
        read(saved(("Title", [["question"]])))


def test_a_line_break_of_windows_in_a_cell_is_read_as_one(make_workbook: MakeWorkbook) -> None:
    data = make_workbook(
        '<row><c t="s"><v>0</v></c></row><row><c t="s"><v>1</v></c></row>',
        shared="<si><t>question</t></si><si><t>one_x000D_\ntwo</t></si>",
    )

    assert read(data).column("question") == ["one\r\ntwo"]


def test_text_that_only_looks_encoded_stays(make_workbook: MakeWorkbook) -> None:
    rows = "".join(
        f'<row><c t="inlineStr"><is><t>{text}</t></is></c></row>' for text in ("q", "file_x0041_b", "_x005F_x000D_")
    )

    assert read(make_workbook(rows)).column("q") == ["file_x0041_b", "_x000D_"]


def test_a_nul_hidden_in_a_cell_is_a_problem(make_workbook: MakeWorkbook) -> None:
    rows = "".join(f'<row><c t="inlineStr"><is><t>{text}</t></is></c></row>' for text in ("q", "a_x0000_b", "c"))

    table = read(make_workbook(rows))

    assert table.column("q") == ["c"]
    assert "U+0000" in table.problems[0].reason


def inline_rows(count: int) -> str:
    texts = ["question", *(f"row {i}" for i in range(2, count + 1))]
    return "".join(
        f'<row r="{i}"><c r="A{i}" t="inlineStr"><is><t>{text}</t></is></c></row>' for i, text in enumerate(texts, 1)
    )


@pytest.mark.parametrize("dimension", ["A1", "A1:A2", "A1:XFD1048576", ""])
def test_a_wrong_dimension_loses_no_row(make_workbook: MakeWorkbook, dimension: str) -> None:
    table = read(make_workbook(inline_rows(1_000), dimension=dimension))

    assert table.columns == ("question",)
    assert (len(table.rows), table.rows[-1]) == (999, Row(1_000, ("row 1000",)))


def test_the_last_row_of_a_sheet_is_reached_without_keeping_the_empty_ones(make_workbook: MakeWorkbook) -> None:
    last = '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>far</t></is></c></row>'

    assert read(make_workbook(inline_rows(2) + last)).rows == (Row(2, ("row 2",)), Row(1_048_576, ("far",)))


def test_a_row_beyond_the_last_one_is_refused(make_workbook: MakeWorkbook) -> None:
    row = '<row r="999999999999"><c r="A999999999999"><v>1</v></c></row>'

    with pytest.raises(FileRejected, match="damaged"):
        read(make_workbook(inline_rows(2) + row))


def test_a_cell_far_to_the_right_is_refused(make_workbook: MakeWorkbook) -> None:
    with pytest.raises(FileRejected, match=r"Line 3 has 16,384 columns; 500"):
        read(make_workbook(inline_rows(2) + '<row r="3"><c r="XFD3"><v>1</v></c></row>'))


def test_a_sheet_of_empty_cells_is_refused_before_it_takes_minutes(make_workbook: MakeWorkbook) -> None:
    far = "".join(f'<row r="{i}"><c r="XFD{i}"/></row>' for i in range(3, 60))
    data = make_workbook(inline_rows(2) + far)

    with pytest.raises(FileRejected, match="far more empty cells"):
        read(data, limits=FileLimits(cells=50_000))


def test_one_text_that_a_million_cells_share_is_refused(make_workbook: MakeWorkbook) -> None:
    rows = '<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>' * 2_000
    data = make_workbook(rows, shared=f"<si><t>{'x' * 30_000}</t></si>")

    assert len(data) < 10_000
    with pytest.raises(FileRejected, match="more in it than Frontline can take"):
        read(data)


def test_more_rows_than_the_limit_are_refused(make_workbook: MakeWorkbook) -> None:
    with pytest.raises(FileRejected, match="more than 10 rows"):
        read(make_workbook(inline_rows(20)), limits=FileLimits(rows=10))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(make_workbook: MakeWorkbook) -> None:
    data = make_workbook(inline_rows(2), parts={"xl/media/zeros.bin": b"\0" * (1 << 24)})

    assert len(data) < 25_000
    with pytest.raises(FileRejected, match="unpacks to more than 10 MB"):
        read(data, limits=FileLimits(unpacked=10 << 20))


def test_a_part_that_lies_about_its_size_is_refused(make_workbook: MakeWorkbook) -> None:
    data = bytearray(make_workbook(inline_rows(5_000)))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    field = size.to_bytes(4, "little")
    assert data.count(field) == 2

    with pytest.raises(FileRejected, match="damaged"):
        read(bytes(data.replace(field, (200).to_bytes(4, "little"))))


def test_entities_are_refused(make_workbook: MakeWorkbook) -> None:
    laughs = (
        '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&b;</t></si></sst>'
    )
    data = make_workbook(inline_rows(2), shared="<si/>", parts={"xl/sharedStrings.xml": laughs})

    with pytest.raises(FileRejected, match="damaged"):
        read(data)


def test_a_zip_with_a_password_is_refused(make_workbook: MakeWorkbook) -> None:
    data = bytearray(make_workbook(inline_rows(2)))
    at = -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        data[at + 8] |= 1

    with pytest.raises(FileRejected, match="password"):
        read(bytes(data))


def test_too_many_parts_are_refused(make_workbook: MakeWorkbook) -> None:
    data = make_workbook(inline_rows(2), parts={f"xl/media/{i}.bin": b"" for i in range(5_001)})

    with pytest.raises(FileRejected, match="unpacks to more"):
        read(data)


@given(at=st.integers(0, 10_000), change=st.binary(min_size=1, max_size=8), cut=st.integers(0, 2_000))
@settings(max_examples=150, deadline=None)
def test_a_damaged_workbook_gives_a_table_or_a_refusal(at: int, change: bytes, cut: int) -> None:
    data = bytearray(GOOD)
    at %= len(data)
    data[at : at + len(change)] = change

    result = attempt(bytes(data[: len(data) - (cut if cut % 2 else 0)]))

    if isinstance(result, Table):
        assert all(len(row.cells) == len(result.columns) for row in result.rows)
    else:
        assert str(result)


def attempt(data: bytes) -> Table | FileRejected:
    try:
        return parse(data, "a.xlsx", LIMITS)
    except FileRejected as rejected:
        return rejected


GOOD = saved(("Tests", [["question", "answer"], ["a", 1], ["b", 2.5]]), ("Other", [["x"], ["y"]]))


def of_cells(*changes: Callable[[Any], None], rows: list[list[Any]], title: str = "Sheet") -> bytes:
    """A workbook with these rows in a sheet, on which the changes are made."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for change in changes:
        change(sheet)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def known(data: bytes, **choices: Any) -> Table:
    return read_workbook(data, "file.xlsx", LIMITS, ReadingChoices(**choices), known_headings())


def test_a_merged_cell_holds_for_each_of_its_rows() -> None:
    rows = [["Expected", "question"], ["x", "a"], [None, "b"], [None, None], [None, "c"], ["y", "d"], [None, "e"]]

    table = known(of_cells(lambda sheet: sheet.merge_cells("A2:A5"), rows=rows))

    assert [(row.line, *row.cells) for row in table.rows] == [
        (2, "x", "a"),
        (3, "x", "b"),
        (5, "x", "c"),
        (6, "y", "d"),
        (7, "", "e"),
    ]
    assert table.notes == ("Merged cells of column A hold for all their rows (lines 3 and 5).",)


def test_cells_merged_across_or_without_text_change_nothing() -> None:
    rows = [["A title", None], ["question", "expected"], ["a", None], ["b", None], ["c", "x"]]
    changes = [lambda sheet, ref=ref: sheet.merge_cells(ref) for ref in ("A1:B1", "B3:B4")]

    table = known(of_cells(*changes, rows=rows))

    assert [row.cells for row in table.rows] == [("a", ""), ("b", ""), ("c", "x")]


def test_a_cell_merged_over_rows_and_columns_fills_its_first_column_only() -> None:
    rows = [["question", "expected", "note"], ["a", "x", None], ["b", None, None], ["c", "y", "z"]]

    table = known(of_cells(lambda sheet: sheet.merge_cells("B2:C3"), rows=rows))

    assert [row.cells for row in table.rows] == [("a", "x", ""), ("b", "x", ""), ("c", "y", "z")]


def test_formulas_that_were_never_calculated_are_problems_where_the_cell_is_needed() -> None:
    rows = [["question", "expected", "note"], ["a", "=B9", "n"], ["b", "x", "=1+1"], ["=A9", "y", "n"], ["d", "", "n"]]

    table = known(of_cells(rows=rows))

    assert [row.line for row in table.rows] == [3, 5]
    assert [problem.line for problem in table.problems] == [2, 4]
    assert "formula in the column “expected” was never calculated" in table.problems[0].reason
    assert [note[:60] for note in table.notes] == [
        "1 cell of the column “question” is a formula that was never ",
        "1 cell of the column “expected” is a formula that was never ",
        "1 cell of the column “note” is a formula that was never calc",
    ]


def test_of_headings_that_are_not_known_every_formula_counts() -> None:
    table = known(of_cells(rows=[["Kundentext", "Ziel"], ["a", "=B9"], ["b", "x"]]))

    assert [problem.line for problem in table.problems] == [2]


def test_a_formula_that_gives_an_empty_text_was_calculated(make_workbook: MakeWorkbook) -> None:
    data = make_workbook(
        '<row><c t="inlineStr"><is><t>question</t></is></c><c t="inlineStr"><is><t>expected</t></is></c></row>'
        '<row><c t="inlineStr"><is><t>a</t></is></c><c t="str"><f>""</f><v></v></c></row>'
        '<row><c t="inlineStr"><is><t>b</t></is></c><c><f>""</f></c></row>'
    )

    table = known(data)

    assert [row.cells for row in table.rows] == [("a", "")]
    assert [problem.line for problem in table.problems] == [3]


def test_the_first_sheet_with_known_headings_is_read_and_said() -> None:
    data = saved(
        ("README", [["Our tests."], ["Ask Jo."]]),
        ("Hidden", [["question", "expected"], ["h", "i"]]),
        ("Tests", [["A title"], [], ["question", "expected"], ["a", "b"]]),
        ("Old", [["question", "expected"], ["x", "y"]]),
        hidden=("Hidden",),
    )

    table = known(data)

    assert (table.sheet, table.rows[0].cells) == ("Tests", ("a", "b"))
    assert table.notes[0] == "The sheet “Tests” was read. Not read: “README”, “Hidden”, “Old”."
    assert known(data, sheet="Old").rows[0].cells == ("x", "y")
    assert not known(data, sheet="README").headings.known


def test_a_row_of_headings_can_be_chosen_in_a_sheet() -> None:
    data = saved(("Sheet", [["where is it?", "Orders"], ["how to pay?", "Paying"]]))

    assert len(known(data, headings=0).rows) == 2
    assert known(data, headings=1).columns == ("where is it?", "Orders")


def test_a_workbook_whose_parts_are_not_told_is_read_without_their_marks(make_workbook: MakeWorkbook) -> None:
    data = make_workbook('<row><c t="inlineStr"><is><t>question</t></is></c></row><row><c><v>7</v></c></row>')

    assert marks_of(data, "Other") == marks_of(data, "Tests") == Marks()

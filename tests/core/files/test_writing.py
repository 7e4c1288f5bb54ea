import csv
import io
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import FrontlineError
from core.files.escaping import MARKER
from core.files.parsing import parse
from core.files.table import FileLimits
from core.files.writing import CELL_LIMIT, safe_file_name, to_csv, to_xlsx, without_ending

FORMULAS = ["=1+1", "+44 20 7946 0000", "-5 %", "@here", "\tx", "\rx", "＝1", "＋1", "－1", "＠x", "'=1", "''-1"]


def frame_of(*columns: str, rows: list[tuple[object, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns), dtype=object)


def test_a_csv_opens_as_utf_8_in_spreadsheets() -> None:
    data = to_csv(frame_of("question", "n", rows=[("Größe? “ja”, 日本", 7), ("b", 8)]))

    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig") == '"question","n"\r\n"Größe? “ja”, 日本",7\r\nb,8\r\n'


def test_missing_values_become_empty_cells_and_numbers_stay_numbers() -> None:
    frame = frame_of("a", "b", "c", rows=[(None, -1.5, True), (pd.NA, float("nan"), False), (pd.NaT, -2.0, True)])

    assert list(csv.reader(io.StringIO(to_csv(frame).decode("utf-8-sig"))))[1:] == [
        ["", "-1.5", "True"],
        ["", "", "False"],
        ["", "-2.0", "True"],
    ]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_and_no_heading_of_a_csv_starts_a_formula(text: str) -> None:
    written = list(csv.reader(io.StringIO(to_csv(frame_of(text, rows=[(text,)])).decode("utf-8-sig"), newline="")))

    assert written == [[f"'{text}", MARKER], [f"'{text}", "yes"]]


@pytest.mark.parametrize("text", FORMULAS)
def test_an_escaped_export_is_read_back_as_it_was(text: str) -> None:
    frame = frame_of("question", text, rows=[(text, "'@home' works"), ("plain", "x")])

    table = parse(to_csv(frame), "export.csv", FileLimits())

    assert table.columns == ("question", text)
    assert [row.cells for row in table.rows] == [(text, "'@home' works"), ("plain", "x")]


def test_an_export_without_formulas_carries_no_mark() -> None:
    assert MARKER not in to_csv(frame_of("question", rows=[("'tis fine",)])).decode("utf-8-sig")


def test_a_column_of_the_marks_name_is_refused() -> None:
    with pytest.raises(ValueError, match=MARKER):
        to_csv(frame_of(MARKER, rows=[("x",)]))


def test_a_lone_surrogate_is_written_visibly() -> None:
    assert b"a\\ud800b" in to_csv(frame_of("q", rows=[("a\ud800b",)]))


def test_a_list_with_semicolons_in_its_heading_is_still_one_column() -> None:
    table = parse(to_csv(frame_of("a;b", rows=[("1;2",), ("3;4",)])), "x.csv", FileLimits())

    assert (table.columns, [row.cells for row in table.rows]) == (("a;b",), [("1;2",), ("3;4",)])


# What a file cannot give back: NUL and surrogates (refused), rows without any text (skipped).
TEXT = st.text(
    alphabet=st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\r\t\"',;|'=+-@＝ "), max_size=12
)
NAME = TEXT.filter(lambda text: text.strip() != "" and text != MARKER)


@given(data=st.data(), names=st.lists(NAME, min_size=1, max_size=4, unique=True))
@settings(max_examples=200, deadline=None)
def test_a_csv_gives_back_the_text_that_went_in(data: st.DataObject, names: list[str]) -> None:
    row = st.tuples(*[TEXT] * len(names)).filter(lambda cells: "".join(cells).strip() != "")
    rows = data.draw(st.lists(row, min_size=1, max_size=6))

    table = parse(to_csv(pd.DataFrame(rows, columns=names, dtype=object)), "x.csv", FileLimits())

    assert table.columns == tuple(names)
    assert [row.cells for row in table.rows] == rows
    assert table.problems == ()


@given(data=st.data(), names=st.lists(NAME, min_size=1, max_size=3, unique=True))
@settings(max_examples=60, deadline=None)
def test_a_workbook_gives_back_the_text_that_went_in(data: st.DataObject, names: list[str]) -> None:
    row = st.tuples(*[TEXT] * len(names)).filter(lambda cells: "".join(cells).strip() != "")
    rows = data.draw(st.lists(row, min_size=1, max_size=4))

    table = parse(to_xlsx({"Tests": pd.DataFrame(rows, columns=names, dtype=object)}), "x.xlsx", FileLimits())

    assert table.columns == tuple(names)
    assert [row.cells for row in table.rows] == rows


@pytest.mark.parametrize("text", [*FORMULAS, "#N/A", "007", "1e5", "TRUE", "_x0041_", "a_x000D_b", "  x ", "a\r\nb"])
def test_text_stays_text_in_a_workbook(text: str) -> None:
    data = to_xlsx({"S": frame_of(text, rows=[(text,)])})

    assert parse(data, "x.xlsx", FileLimits()).rows[0].cells == (text,)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count('t="inlineStr"') == 2
    assert "<f>" not in sheet


def test_a_formula_stays_text_also_when_somebody_edits_its_cell() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx({"S": frame_of("q", rows=[("=1+1",), ("x",)])})))["S"]

    assert (sheet["A2"].quotePrefix, sheet["A3"].quotePrefix) == (True, False)
    assert sheet.freeze_panes == "A2"


def test_numbers_and_dates_of_a_frame_are_such_in_a_workbook() -> None:
    day = pd.Timestamp("2026-01-31 09:30")
    row = (7, np.float64(0.5), True, day, day.tz_localize("UTC"), 10**15, float("inf"), None, -3)
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx({"S": pd.DataFrame([row], columns=list("abcdefghi"))})))["S"]

    assert [cell.value for cell in sheet[2]] == [
        *(7, 0.5, True, day.to_pydatetime()),
        *("2026-01-31 09:30:00+00:00", "1000000000000000", "inf", None, -3),
    ]


def test_control_characters_are_shown_in_a_workbook() -> None:
    data = to_xlsx({"S": frame_of("q", rows=[("a\x07b\0c\ud800d\uffffe\x0bf",)])})

    assert parse(data, "x.xlsx", FileLimits()).rows[0].cells == ("a␇b␀c�d�e␋f",)


@pytest.mark.parametrize("character", ["x", "😀"])
def test_a_text_too_long_for_a_workbook_is_cut_and_says_so(character: str) -> None:
    (cell,) = parse(to_xlsx({"S": frame_of("q", rows=[(character * 40_000,)])}), "x.xlsx", FileLimits()).rows[0].cells

    assert len(cell.encode("utf-16-le")) // 2 in (CELL_LIMIT - 1, CELL_LIMIT)
    assert cell.startswith(character * 10_000)
    assert cell.endswith("[cut: the whole text has 40,000 characters, and is in the CSV file]")


def test_sheet_names_are_made_to_fit() -> None:
    frame = frame_of("q", rows=[("a",)])
    titles = ["Results: [all]/*?", "'quoted'", "x" * 40, "x" * 40 + "y", "History", "", "results  all"]

    names = openpyxl.load_workbook(io.BytesIO(to_xlsx(dict.fromkeys(titles, frame)))).sheetnames

    assert names == [
        "Results all",
        "quoted",
        "x" * 31,
        "x" * 27 + " (2)",
        "History sheet",
        "Sheet",
        "results all (2)",
    ]


def test_a_frame_with_more_rows_than_a_sheet_is_refused() -> None:
    with pytest.raises(FrontlineError, match="Download the CSV file"):
        to_xlsx({"S": pd.DataFrame({"a": np.zeros(1_048_576)})})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Northwind Clothing results", "Northwind-Clothing-results.csv"),
        ("../../etc/passwd", "etc-passwd.csv"),
        ("=cmd|' /C calc'!A0", "cmd-'-C-calc'!A0.csv"),
        ("＝x", "x.csv"),
        ("C:\\temp\\x", "C-temp-x.csv"),
        ("Größe 日本", "Größe-日本.csv"),
        ("invoice\u202evsc.exe", "invoicevsc.exe.csv"),
        ("a\0b\nc", "ab-c.csv"),
        ("tests.CSV", "tests.csv"),
        (".csv", "csv.csv"),
        ("m6_promptfoo - rows left out", "m6_promptfoo-rows-left-out.csv"),
        ("60 planted, version 1 compared", "60-planted-version-1-compared.csv"),
        ("con", "frontline-con.csv"),
        ("...", "frontline.csv"),
        ("", "frontline.csv"),
        ("x" * 100, "x" * 60 + ".csv"),
    ],
)
def test_a_file_name_is_safe_anywhere(text: str, name: str) -> None:
    assert safe_file_name(text, ".csv") == name
    assert safe_file_name(text, "csv") == name


@pytest.mark.parametrize(
    ("run", "name"),
    [
        ("A/B x", "A-B-x-results.csv"),
        ("A/B x.csv", "A-B-x-results.csv"),
        ("Answers v1.2", "Answers-v1.2-results.csv"),
        ("Pickup at 9.30 h", "Pickup-at-9.30-h-results.csv"),
        ("acme.com", "acme.com-results.csv"),
        ("Tests.XLSX", "Tests-results.csv"),
    ],
)
def test_the_name_of_a_run_stays_whole_in_the_name_of_its_file(run: str, name: str) -> None:
    assert safe_file_name(f"{without_ending(run)} results", ".csv") == name

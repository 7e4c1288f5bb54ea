import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import FileRejected
from core.files.json_lines import read_json_lines
from core.files.reading import read_table
from core.files.table import FileLimits, Table


def read(text: str, **limits: int) -> Table:
    return read_json_lines(text.encode("utf-8", "surrogatepass"), "x.jsonl", FileLimits(**limits))


def test_keys_are_columns_and_values_stand_as_they_were_written() -> None:
    table = read('\ufeff{"a": "x", "n": 1.50}\r\n\r\n{"b": [1, {"c": "é"}], "a": null, "t": true}\n')

    assert table.columns == ("a", "n", "b", "t")
    assert [(row.line, row.cells) for row in table.rows] == [
        (1, ("x", "1.50", "", "")),
        (3, ("", "", '["1", {"c": "é"}]', "true")),
    ]
    assert (table.encoding, table.delimiter) == ("UTF-8", None)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{'a': 1}", "not JSON"),
        ('{"a": "b"', "not JSON"),
        ('["a"]', "no object"),
        ('"a"', "no object"),
        ('{"a": ' + "[" * 200_000, "too deeply"),
        ('{"a": "\\u0000"}', "U+0000"),
        ('{"a": "\\ud800"}', "damaged characters"),
    ],
)
def test_a_line_that_cannot_be_used_is_listed_with_its_number(line: str, words: str) -> None:
    table = read('{"a": "x"}\n' + line + '\n{"a": "y"}\n')

    assert [row.line for row in table.rows] == [1, 3]
    (problem,) = table.problems
    assert problem.line == 2
    assert words in problem.reason


@pytest.mark.parametrize("text", ['[{"a": "x"}]', '{\n"a": "x"\n}', "a,b\n1,2\n", "{}\n{}\n"])
def test_a_file_without_an_object_on_a_line_says_how_such_a_file_looks(text: str) -> None:
    with pytest.raises(FileRejected, match="is a JSON object"):
        read(text)


def test_objects_within_become_columns() -> None:
    table = read('{"inputs": {"question": "x", "of": {"a": 1}}, "e": {}}\n{"inputs": {"question": "y"}, "e": null}\n')

    assert table.columns == ("inputs.question", "inputs.of.a", "e")
    assert [row.cells for row in table.rows] == [("x", "1", "{}"), ("y", "", "")]


def test_objects_with_too_many_keys_stay_as_they_are() -> None:
    table = read('{"q": "x", "more": {"a": 1, "b": 2, "c": 3}}\n', columns=3)

    assert table.columns == ("q", "more")
    assert table.column("more") == ['{"a": "1", "b": "2", "c": "3"}']


def test_limits_hold() -> None:
    with pytest.raises(FileRejected, match="more than 2 rows"):
        read('{"a": "x"}\n' * 3, rows=2)
    with pytest.raises(FileRejected, match="more than 2 rows"):
        read('{"a": "x"}\n' + "\n" * 9, rows=2)
    with pytest.raises(FileRejected, match="more than 3 different keys"):
        read('{"a": "x", "b": "x"}\n{"c": "x", "d": "x"}\n', columns=3)


def test_the_child_process_reads_them_by_the_name() -> None:
    assert read_table(b'{"question": "x"}\n', "X.JSONL").column("question") == ["x"]
    assert read_table(b'{"question": "x"}\n', "x.ndjson").column("question") == ["x"]
    with pytest.raises(FileRejected, match=r"Name it .json \(with one object a line: .jsonl\)"):
        read_table(b'{"question": "x"}\n', "x.csv")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(), v, max_size=4),
    max_leaves=10,
)
OBJECTS = st.dictionaries(st.text(), VALUES, max_size=6).map(json.dumps)


@given(st.lists(OBJECTS | st.text(alphabet='{}[]":,a1\\ '), max_size=10))
def test_every_line_of_any_file_is_a_row_or_a_problem_or_blank(lines: list[str]) -> None:
    try:
        table = read("\n".join(lines))
    except FileRejected:
        return
    told = [row.line for row in table.rows] + [problem.line for problem in table.problems]

    assert len(told) == len(set(told))
    assert set(told) <= set(range(1, len(lines) + 1))
    assert all(len(row.cells) == len(table.columns) for row in table.rows)


def test_a_text_is_kept_character_for_character() -> None:
    text = 'a\u2028b\x85c\n"d" \\ 😀'

    assert read(json.dumps({"q": text}, ensure_ascii=False)).column("q") == [text]

"""JSON in the shapes in which programs keep test questions."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.datasets.formats.known import known_headings
from core.errors import FileRejected
from core.files.parsing import parse
from core.files.table import NO_HEADINGS, FileLimits, ReadingChoices, Table

ITEMS = [{"question": "a", "expected": "x"}, {"question": "b", "expected": None}]
ROWS = [("a", "x"), ("b", "")]


def attempt(value: Any) -> Table | FileRejected:
    try:
        return read(value)
    except FileRejected as rejected:
        return rejected


def read(value: object, name: str = "x.json", **choices: Any) -> Table:
    text = value if isinstance(value, str) else json.dumps(value, indent=1)
    return parse(text.encode(), name, FileLimits(), ReadingChoices(**choices), known_headings())


def cells(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows]


@pytest.mark.parametrize(
    "value",
    [
        ITEMS,
        {"tests": ITEMS},
        {"version": 1, "data": {"items": ITEMS}},
        {"entries": [{"id": 1, "name": "n"}], "rows": ITEMS},
        {"question": ["a", "b"], "expected": ["x", None]},
        {"question": {"0": "a", "1": "b"}, "expected": {"0": "x", "1": None}},
        [["question", "expected"], ["a", "x"], ["b", ""]],
    ],
)
def test_a_list_of_questions_is_found_wherever_it_stands(value: object) -> None:
    table = read(value)

    assert table.columns == ("question", "expected")
    assert cells(table) == ROWS
    assert (table.format, table.headings.known) == ("JSON", True)


@pytest.mark.parametrize("name", ["x.json", "x.jsonl"])
def test_what_a_file_of_json_is_shows_in_its_text(name: str) -> None:
    assert cells(read(ITEMS, name)) == ROWS
    assert cells(read("\n".join(map(json.dumps, ITEMS)), name)) == ROWS
    assert read("\n".join(map(json.dumps, ITEMS)), name).format == "JSON lines"


def test_one_object_is_one_row() -> None:
    assert cells(read({"question": "a", "expected": "x"})) == [("a", "x")]
    assert cells(read('{"question": "a", "messages": [{"role": "user"}]}', "x.jsonl")) == [("a", '[{"role": "user"}]')]


def test_another_list_can_be_chosen() -> None:
    value = {"train": [{"text": "t", "intent": "i"}], "test": ITEMS, "names": ["n"]}

    assert (read(value).key, read(value).keys) == ("test", ("train", "test"))
    assert cells(read(value, key="train")) == [("t", "i")]
    with pytest.raises(FileRejected, match="no list “x” in the file; it has “train”, “test”"):
        read(value, key="x")


def test_pairs_of_a_question_and_its_label_have_no_headings() -> None:
    value = {"val": [["a", "x"]], "train": [["b", "y"]], "test": [["c", "z"], ["d", "z"]], "oos_test": [["e", "oos"]]}

    table = read(value)

    assert (table.key, table.headings.line) == ("test", NO_HEADINGS)
    assert cells(table) == [("c", "z"), ("d", "z")]
    assert cells(read(value, key="oos_test")) == [("e", "oos")]


def test_texts_alone_are_questions() -> None:
    assert (read(["a", "b"]).columns, cells(read(["a", "b"]))) == (("text",), [("a",), ("b",)])


def test_an_item_that_is_no_object_is_a_problem() -> None:
    table = read([*ITEMS, "c"])

    assert [row.line for row in table.rows] == [1, 2]
    assert [problem.line for problem in table.problems] == [3]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{"question": "a"},\n {"question" "b"}]', "not JSON: .* in line 2, at character 14"),
        ("[]", "no list of questions"),
        ('{"a": 1, "b": []}', None),
        ("[" * 200_000, "too deeply"),
        ('"a"', "no list of questions"),
    ],
)
def test_what_is_no_list_is_refused_in_words(text: str, words: str | None) -> None:
    if words is None:
        assert len(read(text).rows) == 1
        return
    with pytest.raises(FileRejected, match=words):
        read(text)


def test_objects_in_the_cells_of_a_table_become_columns() -> None:
    rows = ['1,"{""question"": ""a""}",x', "2,\"{'question': 'is it', 'n': None}\",y", "3,,z"]
    text = "\n".join(["id,input,expected", *rows])

    table = parse(text.encode(), "x.csv", FileLimits(), ReadingChoices(), known_headings())

    assert table.columns == ("id", "input.question", "input.n", "expected")
    assert cells(table) == [("1", "a", "", "x"), ("2", "is it", "", "y"), ("3", "", "", "z")]


@pytest.mark.parametrize("depth", [100, 900, 950, 980, 2000])
def test_any_depth_gives_a_table_or_a_refusal(depth: int) -> None:
    found = attempt('[{"question": "a", "deep": ' + "[" * depth + "]" * depth + "}]")

    assert "too deeply" in str(found) if isinstance(found, FileRejected) else found.column("question") == ["a"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda v: st.lists(v, max_size=4) | st.dictionaries(st.sampled_from(["question", "a", "b.c", ""]), v, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_any_json_gives_a_table_or_a_refusal(value: object) -> None:
    table = attempt(value)
    if isinstance(table, FileRejected):
        assert str(table)
        return

    assert len(set(table.columns)) == len(table.columns)
    assert all(len(row.cells) == len(table.columns) for row in table.rows)

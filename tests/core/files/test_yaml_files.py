"""YAML in the shapes in which programs keep test questions, and as nobody honest writes it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.datasets.formats.known import known_headings
from core.errors import FileRejected
from core.files.parsing import parse
from core.files.reading import read_table
from core.files.table import FileLimits, ReadingChoices, Table


def attempt(value: Any) -> Table | FileRejected:
    try:
        return read(value)
    except FileRejected as rejected:
        return rejected


def read(text: str, limits: FileLimits = FileLimits(), **choices: Any) -> Table:  # noqa: B008 - frozen
    return parse(text.encode(), "x.yaml", limits, ReadingChoices(**choices), known_headings())


def test_values_stand_as_they_are_written_and_lines_are_those_of_the_file() -> None:
    table = read(
        "# ours\ntests:\n  - question: No\n    expected: 007\n    day: 2026-01-31\n\n"
        "  - {question: 'yes', expected: ~, day: !!python/object/apply:os.system ['true']}\n"
    )

    assert table.columns == ("question", "expected", "day")
    assert [(row.line, row.cells) for row in table.rows] == [
        (3, ("No", "007", "2026-01-31")),
        (7, ("yes", "", '["true"]')),
    ]
    assert table.format == "YAML"


def test_aliases_and_merged_objects_are_written_out() -> None:
    table = read(
        "base: &b {expected: x, note: n}\ntests:\n- {question: a, <<: *b, note: m}\n- &q {question: b}\n- *q\n"
    )

    assert [row.cells for row in table.rows] == [("x", "m", "a"), ("", "", "b"), ("", "", "b")]


def test_examples_of_rasa_are_questions_with_their_intents() -> None:
    table = read(
        'version: "3.1"\nnlu:\n- intent: delivery\n  examples: |\n    - where is my [parcel](thing)?\n\n'
        '    - to [Oslo]{"entity": "city"}\n- synonym: shop\n  examples: |\n    - store\n'
        "- intent: hello\n  examples:\n  - hi\n  - text: |\n      hello\n"
    )

    assert table.columns == ("text", "intent")
    assert [row.cells for row in table.rows] == [
        ("where is my parcel?", "delivery"),
        ("to Oslo", "delivery"),
        ("hi", "hello"),
        ("hello", "hello"),
    ]
    assert "left out (1)" in table.notes[0]


def test_examples_of_rasa_have_their_lines() -> None:
    table = read("nlu:\n- intent: a\n  examples: |\n    - one\n\n    - two\n- intent: b\n  examples: |\n    - three\n")

    assert [row.line for row in table.rows] == [4, 6, 9]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [1, 2", "not YAML: .* in line 2"),
        ("a: b: c", "not YAML: .* in line 1, at character 5"),
        ("--- a\n--- b\n", "not YAML"),
        ("just words", "no list of questions"),
        ("", "empty"),
        ("# nothing", "no list of questions"),
        ("&a [*a]", "unfold to too much"),
        ("tests: file://tests.csv", None),
    ],
)
def test_what_is_no_list_is_refused_in_words(text: str, words: str | None) -> None:
    if words is None:
        assert "question" not in read(text).columns
        return
    with pytest.raises(FileRejected, match=words):
        read(text)


def test_aliases_that_unfold_without_end_are_refused() -> None:
    laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
    )

    with pytest.raises(FileRejected, match="unfold to too much"):
        read(laughs, FileLimits(cells=10_000))


@pytest.mark.parametrize(
    "text",
    [
        "a: &a {k: v}\n"
        + "".join(f"m{i}: &m{i} {{<<: [{', '.join([f'*m{i - 1}' if i else '*a'] * 9)}]}}\n" for i in range(12)),
        "[" * 100_000,
        "- " * 100_000,
        "? " * 50_000,
    ],
)
def test_the_child_survives_hostile_yaml(text: str) -> None:
    with pytest.raises(FileRejected):
        read_table(text.encode(), "x.yml", FileLimits(cpu_seconds=5, seconds=20))


PIECES = [
    "a",
    ": ",
    "\n",
    "- ",
    "  ",
    "[",
    "]",
    "{",
    "}",
    "&x ",
    "*x",
    "|",
    ">",
    "<<: ",
    "question",
    "'",
    '"',
    "#",
    "!t ",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_text_gives_a_table_or_a_refusal(text: str) -> None:
    table = attempt(text)
    if isinstance(table, FileRejected):
        assert str(table)
        return

    assert all(len(row.cells) == len(table.columns) for row in table.rows)

import random
from collections.abc import Iterable

import pandas as pd
import pytest

from core.datasets.columns import ColumnMapping, recognise
from core.datasets.dataset import TestQuestion
from core.datasets.formats.choice import recognise_format
from core.datasets.formats.known import known_headings
from core.datasets.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind
from core.datasets.preview import Contradiction, Preview, check
from core.errors import InvalidInput
from core.files.reading import read_table
from core.files.table import Row, RowProblem, Table
from core.files.writing import to_xlsx
from core.questions.entry import Entry
from core.questions.policy import DEFAULT_FALLBACK
from core.questions.text import ASKED_LIMIT

ENTRIES = [
    Entry(id=1, question="What are your hours?", answer="9 to 5", alternates=("when are you open",)),
    Entry(id=2, question="Are you hiring?", answer="Yes"),
    Entry(id=3, question="Old question", answer="Old answer", enabled=False),
]
HOURS = Label(kind=LabelKind.ENTRY, entry_ids=(1,))
HIRING = Label(kind=LabelKind.ENTRY, entry_ids=(2,))


def table_of(*rows: Iterable[str], columns: tuple[str, ...] = ("question", "expected")) -> Table:
    return Table(name="x.csv", columns=columns, rows=tuple(Row(i, tuple(cells)) for i, cells in enumerate(rows, 2)))


def preview_of(*rows: Iterable[str], columns: tuple[str, ...] = ("question", "expected")) -> Preview:
    table = table_of(*rows, columns=columns)
    return check(table, recognise(table), ENTRIES, DEFAULT_FALLBACK)


def test_good_rows_keep_their_line_and_what_was_given() -> None:
    preview = preview_of(
        (" when do you open ", "What are your hours?", "hours; weekdays,hours", "test", "a note"),
        ("how are you", "__fallback__", "", "", ""),
        ("no label", "", "", "", ""),
        columns=("question", "expected_question", "tags", "split", "note"),
    )

    assert preview.bad == ()
    assert preview.good == (
        TestQuestion(
            line=2,
            question="when do you open",
            expected_as_given="What are your hours?",
            label=HOURS,
            meant=(1,),
            tags=("hours", "weekdays"),
            split="test",
            note="a note",
        ),
        TestQuestion(line=3, question="how are you", expected_as_given="__fallback__", label=TO_FALLBACK),
        TestQuestion(line=4, question="no label", expected_as_given="", label=UNLABELLED),
    )
    assert preview.counts == {LabelKind.ENTRY: 1, LabelKind.FALLBACK: 1, LabelKind.NONE: 1}


@pytest.mark.parametrize(
    ("question", "expected", "reason"),
    [
        ("", "Yes", "The question is empty."),
        (" \n", "Yes", "The question is empty."),
        ("x" * (ASKED_LIMIT + 1), "Yes", "The question has 4,001 characters; 4,000 is the limit."),
        ("ring\x07", "Yes", "The cell “question” holds the control character U+0007. Delete it."),
        ("hi", "Ye\x0bs", "The cell “expected” holds the control character U+000B. Delete it."),
        ("hi", "Old answer", "Entry No. 3 (“Old question”) is switched off, so nobody can get its answer."),
        ("hi", "nonsense", "“nonsense” is no stored question, answer or number."),
    ],
)
def test_a_row_that_cannot_be_run_says_why(question: str, expected: str, reason: str) -> None:
    preview = preview_of((question, expected), ("fine", "Yes"))

    assert [(row.line, row.question, row.reason) for row in preview.bad] == [(2, question.strip(), reason)]
    assert [row.line for row in preview.good] == [3]


def test_a_question_of_just_the_limit_is_good_and_line_breaks_in_it_stay() -> None:
    preview = preview_of(("x" * ASKED_LIMIT, "Yes"), ("one\r\ntwo", "Yes"))

    assert [len(row.question) for row in preview.good] == [ASKED_LIMIT, 8]


def test_problems_of_the_file_are_bad_rows_too_in_the_order_of_the_file() -> None:
    table = Table(
        name="x.csv",
        columns=("question", "expected"),
        rows=(Row(2, ("", "Yes")), Row(9, ("", "Yes"))),
        problems=(RowProblem(4, "There are 3 cells for 2 headings."),),
    )

    preview = check(table, recognise(table), ENTRIES, DEFAULT_FALLBACK)

    assert [row.line for row in preview.bad] == [2, 4, 9]
    assert preview.bad[1].reason == "There are 3 cells for 2 headings."


@pytest.mark.parametrize(
    ("name", "data", "question"),
    [
        ("x.csv", b"question,expected\nfine,Yes\ncaf\xe9?,Yes\nGr\xc3\xb6\xc3\x9fe,Yes\n", "caf�?"),
        ("x.csv", b"question,expected\nfine,Yes\ncaf\0,Yes\n", "caf�"),
        ("x.csv", b"question,expected\nfine,Yes\nhello,you,there,all\n", "hello"),
        ("x.csv", b"visitor,__expected\nfine,equals:Yes\ncafe?,llm-rubric:kind\n", "cafe?"),
        ("x.yaml", b"tests:\n- vars: {visitor: cafe?}\n  assert: [{type: llm-rubric, value: kind}]\n", "cafe?"),
        (
            "x.xlsx",
            to_xlsx({"S": pd.DataFrame({"question": ["fine", "cafe?"], "expected": ["Yes", "#N/A"]})}),
            "cafe?",
        ),
    ],
)
def test_a_row_of_the_file_that_cannot_be_used_keeps_the_question_that_can_be_read(
    name: str, data: bytes, question: str
) -> None:
    found = recognise_format(read_table(data, name, known=known_headings()))

    preview = check(found.table, found.mapping, ENTRIES, DEFAULT_FALLBACK)

    assert [row.question for row in preview.bad] == [question]
    assert preview.bad_frame()["Question"].tolist() == [question]


@pytest.mark.parametrize("total", ["6", "1,234", " 12.5 % ", "(3)", "٦"])
def test_a_question_that_is_only_a_number_among_words_is_kept_out_with_its_reason(total: str) -> None:
    preview = preview_of(("Wann?", "Yes", ""), (total, "", "Total"), columns=("question", "expected", "tags"))

    assert [row.line for row in preview.good] == [2]
    (bad,) = preview.faulty
    assert (bad.line, bad.question) == (3, total.strip())
    assert bad.reason.startswith(f"The question is only a number: “{total.strip()}”. Is this a line of totals?")


@pytest.mark.parametrize(
    "questions", [("4711", "12", "help"), ("6",), ("?", "hours"), ("第6", "hours"), ("6 €", "a"), ("24/7", "a")]
)
def test_a_question_with_more_than_a_number_or_among_numbers_is_one(questions: tuple[str, ...]) -> None:
    assert len(preview_of(*((question, "Yes") for question in questions)).good) == len(questions)


def test_bad_rows_can_be_taken_away() -> None:
    frame = preview_of(("", "Yes"), ("a", "b")).bad_frame()

    assert [*frame.columns] == ["Line", "Question", "Reason"]
    assert frame["Line"].tolist() == [2, 3]
    assert preview_of(("fine", "Yes")).bad_frame().empty


def test_one_question_with_two_expectations_is_a_contradiction_and_both_rows_stay() -> None:
    preview = preview_of(
        ("When?", "What are your hours?"), ("x", "Yes"), ("when", "Yes"), ("WHEN?", "when are you open"), ("when", "")
    )

    assert len(preview.good) == 5
    assert preview.contradictions == (Contradiction(question="When?", lines=(2, 4)),)
    assert str(preview.contradictions[0]) == "Lines 2 and 4 expect different replies to “When?”."


def test_a_question_with_and_without_a_label_is_no_contradiction() -> None:
    assert preview_of(("when", "Yes"), ("when", "")).contradictions == ()


def test_rows_that_say_the_same_again_are_counted_and_stay() -> None:
    preview = preview_of(("when", "Yes"), ("when", "Yes"), ("when", "Are you hiring?"), ("when", ""), ("other", "Yes"))

    assert (preview.repeated, len(preview.good)) == (2, 5)


def test_several_entries_with_the_same_answer_are_all_right() -> None:
    entries = [*ENTRIES, Entry(id=4, question="Opening times?", answer="9  to 5 ")]
    table = table_of(("when", "9 to 5"), ("when", "Opening times"))

    preview = check(table, recognise(table), entries, DEFAULT_FALLBACK)

    assert {row.label.entry_ids for row in preview.good} == {(1, 4)}
    assert preview.contradictions == ()


def test_without_a_column_of_expectations_nothing_is_labelled() -> None:
    table = table_of(("when", "Yes"))

    preview = check(table, ColumnMapping(question="question"), ENTRIES, DEFAULT_FALLBACK)

    assert [row.label for row in preview.good] == [UNLABELLED]


def test_a_mapping_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InvalidInput, match="choose the column"):
        check(table_of(("a", "b"), columns=("x", "y")), ColumnMapping(), ENTRIES, DEFAULT_FALLBACK)


def test_an_uploaded_file_is_checked_from_bytes_to_labels() -> None:
    data = ('Frage;expected answer\nWann?;9 to 5\n"Größe,\nbitte";__fallback__\nzu;viele;Zellen\nJobs?;\n').encode(
        "utf-16"
    )
    table = read_table(data, "fragen.csv")

    preview = check(
        table, ColumnMapping(question="Frage", expected=recognise(table).expected), ENTRIES, DEFAULT_FALLBACK
    )

    assert [(row.line, row.label) for row in preview.good] == [(2, HOURS), (3, TO_FALLBACK), (6, UNLABELLED)]
    assert [row.line for row in preview.bad] == [5]


def test_a_large_file_with_many_wrong_expectations_asks_for_few_hints() -> None:
    words = random.Random(7)
    entries = [
        Entry(id=i, question=f"What about item {i} in colour {i % 97}?", answer=f"Item {i}.") for i in range(1, 5_001)
    ]
    rows = [(f"question {i}", f"What about thing {words.randrange(10**6)} in colour {i % 97}") for i in range(5_000)]
    table = table_of(*rows)

    preview = check(table, recognise(table), entries, DEFAULT_FALLBACK)

    assert len(preview.bad) == 5_000
    assert 0 < sum("The nearest is" in row.reason for row in preview.bad) <= 100

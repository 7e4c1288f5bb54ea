import pytest

from core.questions.changes import Changes
from core.questions.checks import ANSWER_LIMIT, QUESTION_LIMIT, TableChecks
from core.questions.entry import Entry

TABLE = [
    Entry(id=1, question="What are your hours?", answer="9 to 5", alternates=("opening times",)),
    Entry(id=2, question="Are you hiring?", answer="Yes"),
    Entry(id=5, question="Winter hours?", answer="10 to 4", enabled=False),
]


def problems(**changes: object) -> list[str]:
    return [str(problem) for problem in TableChecks(TABLE).problems(Changes(**changes))]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"question": " "}, "No. 2, Question: is empty: write something, or delete the entry."),
        ({"answer": None}, "No. 2, Answer: is empty: write something, or delete the entry."),
        ({"question": "x" * (QUESTION_LIMIT + 1)}, "No. 2, Question: has 501 characters; 500 is the limit."),
        ({"answer": "x" * (ANSWER_LIMIT + 1)}, "No. 2, Answer: has 5,001 characters; 5,000 is the limit."),
        (
            {"answer": "a\0b"},
            "No. 2, Answer: holds the control character U+0000: delete it and type the text again.",
        ),
        (
            {"tags": ["a\x07"]},
            "No. 2, Tags: “a�” holds the control character U+0007: delete it and type the text again.",
        ),
        ({"tags": [str(i) for i in range(21)]}, "No. 2, Tags: has 21 items; 20 is the limit."),
        (
            {"question": "OPENING TIMES!"},
            "No. 2, Question: “OPENING TIMES!” is already in No. 1: keep it in one place.",
        ),
        (
            {"alternates": ["what are your hours"]},
            "No. 2, Other phrasings: “what are your hours” is already in No. 1: keep it in one place.",
        ),
    ],
)
def test_a_broken_cell_is_named_with_its_row_its_column_and_a_reason(fields: dict, expected: str) -> None:
    assert problems(edited={2: fields}) == [expected]


def test_two_new_rows_with_one_question_are_named_by_their_place() -> None:
    new = {"question": "Same?", "answer": "x"}

    assert problems(added=(new, new)) == [
        "New entry 2, Question: “Same?” is already in New entry 1: keep it in one place."
    ]


def test_an_entry_that_is_off_may_repeat_a_question_until_it_is_switched_on() -> None:
    assert problems(edited={5: {"question": "What are your hours?"}}) == []
    assert problems(edited={5: {"question": "What are your hours?", "enabled": True}}) == [
        "No. 5, Question: “What are your hours?” is already in No. 1: keep it in one place."
    ]


def test_two_rows_may_swap_their_questions_in_one_save() -> None:
    assert problems(edited={1: {"question": "Are you hiring?"}, 2: {"question": "What are your hours?"}}) == []


def test_a_deleted_row_frees_its_question() -> None:
    assert problems(deleted=frozenset({1}), added=({"question": "opening times", "answer": "x"},)) == []


def test_a_table_may_not_grow_without_end() -> None:
    added = tuple({"question": f"q{i}", "answer": "x"} for i in range(20_000))

    assert problems(added=added) == [
        "The table, size: would hold 20,003 entries; 20,000 is the limit. Delete some first."
    ]

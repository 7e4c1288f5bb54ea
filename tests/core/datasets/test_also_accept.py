"""Several right answers of one test question."""

import pytest

from core.datasets.columns import ExpectedKind, recognise
from core.datasets.labels import TO_FALLBACK, Label, LabelKind
from core.datasets.preview import Preview, check
from core.files.reading import read_table
from core.questions.entry import Entry

ENTRIES = [
    Entry(id=1, question="Hours?", answer="9 to 5; Sundays 10 to 4"),
    Entry(id=2, question="Sundays?", answer="10 to 4"),
    Entry(id=3, question="Jobs?", answer="Yes | no"),
    Entry(id=4, question="Weekend?", answer="10 to 4"),
    Entry(id=5, question="Old?", answer="old", enabled=False),
]


def of_file(text: str) -> Preview:
    table = read_table(text.encode(), "t.csv")
    return check(table, recognise(table), ENTRIES, "A person will call")


def entry(*ids: int) -> Label:
    return Label(kind=LabelKind.ENTRY, entry_ids=ids)


@pytest.mark.parametrize(
    ("also", "label", "meant"),
    [
        ("", entry(1), (1,)),
        ("10 to 4", entry(1, 2, 4), (1, 2)),
        ("10 to 4;Yes | no", entry(1, 2, 3, 4), (1, 2, 3)),
        ("Yes | no | 10 to 4", entry(1, 2, 3, 4), (1, 3, 2)),
        ('["10 to 4"]', entry(1, 2, 4), (1, 2)),
        ("9 to 5; Sundays 10 to 4", entry(1), (1,)),
    ],
)
def test_any_of_several_answers_is_right(also: str, label: Label, meant: tuple[int, ...]) -> None:
    preview = of_file(
        f'question,expected_answer,also_accept\nopen?,9 to 5; Sundays 10 to 4,"{also.replace(chr(34), chr(34) * 2)}"\n'
    )

    (row,) = preview.good
    assert (row.label, row.meant) == (label, meant)


@pytest.mark.parametrize(
    ("expected", "also", "words"),
    [
        ("10 to 4", "10 to 4; at noon", "Also accepted: No stored answer reads “at noon”."),
        ("10 to 4", "old", "Also accepted: Entry No. 5 (“Old?”) is switched off"),
        ("10 to 4", "__fallback__", "a person or a stored answer, not both"),
        ("", "10 to 4", "but none is expected"),
    ],
)
def test_a_row_whose_other_answers_cannot_be_used_says_which_part(expected: str, also: str, words: str) -> None:
    (bad,) = of_file(f"question,expected_answer,also_accept\nopen?,{expected},{also}\n").bad

    assert words in bad.reason


def test_the_fallback_twice_is_the_fallback() -> None:
    preview = of_file("question,expected_answer,also_accept\nopen?,__fallback__,A person will call\n")

    assert [row.label for row in preview.good] == [TO_FALLBACK]


def test_the_column_is_known_by_its_heading_and_holds_what_the_expectations_hold() -> None:
    table = read_table(b"question,expected_id,Also accepted\nx,1,2;3\n", "t.csv")
    mapping = recognise(table)

    assert (mapping.also_accept, mapping.expected_kind) == ("Also accepted", ExpectedKind.ID)
    assert check(table, mapping, ENTRIES, "").good[0].meant == (1, 2, 3)

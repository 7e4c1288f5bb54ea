from core.datasets.coverage import Coverage, coverage
from core.datasets.dataset import TestQuestion
from core.datasets.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind
from core.questions.entry import Entry

ENTRIES = [
    Entry(id=1, question="a", answer="x"),
    Entry(id=2, question="b", answer="x"),
    Entry(id=3, question="c", answer="y"),
    Entry(id=4, question="d", answer="z", enabled=False),
]


def row(label: Label) -> TestQuestion:
    return TestQuestion(line=2, question="q", expected_as_given="", label=label)


def test_entries_that_no_row_expects_are_listed_but_not_those_switched_off_or_with_a_tested_answer() -> None:
    rows = [row(Label(kind=LabelKind.ENTRY, entry_ids=(1, 2))), row(TO_FALLBACK)]

    assert coverage(rows, ENTRIES) == Coverage(entries=3, untested=(ENTRIES[2],), lacks_person=False)


def test_that_no_question_is_for_a_person_is_said() -> None:
    assert coverage([row(Label(kind=LabelKind.ENTRY, entry_ids=(1, 2, 3)))], ENTRIES).lacks_person


def test_without_a_label_nothing_is_said_to_be_left_out() -> None:
    assert coverage([row(UNLABELLED)], ENTRIES) == Coverage(entries=3)
    assert coverage([], ENTRIES) == Coverage(entries=3)

"""A whole table as changes."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.api.v1.tutorial import replacing
from core.questions.changes import applied
from core.questions.entry import Entry

FIRST = Entry(id=1, question="When do you open?", answer="At 9", alternates=("opening hours",), tags=("shop",))
SECOND = Entry(id=2, question="Are you hiring?", answer="Yes")
TEXT = st.text("ab? ", min_size=1, max_size=3).filter(lambda text: bool(text.strip()))


def test_rows_that_are_the_same_are_left_alone_in_any_order() -> None:
    rows = [(SECOND.question, SECOND.answer), (" When  do you open? ", FIRST.answer)]

    assert not replacing([FIRST, SECOND], rows)


def test_a_row_whose_question_stays_keeps_its_entry() -> None:
    changes = replacing([FIRST, SECOND], [("when do you open", "At 10"), (SECOND.question, SECOND.answer)])

    assert applied([FIRST, SECOND], changes, 3) == [
        replace(FIRST, question="when do you open", answer="At 10"),
        SECOND,
    ]


def test_other_rows_are_new_and_other_entries_go() -> None:
    changes = replacing([FIRST, SECOND], [(SECOND.question, SECOND.answer), ("New?", "Yes")])

    assert (changes.edited, changes.deleted) == ({}, {1})
    assert changes.added == ({"question": "New?", "answer": "Yes"},)


def test_of_two_entries_with_one_question_the_enabled_one_is_kept() -> None:
    off = replace(FIRST, id=5, enabled=False)

    assert replacing([off, FIRST], [(FIRST.question, "At 10")]).deleted == {5}


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5), st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_the_table_reads_as_the_rows_whatever_it_was(
    before: list[tuple[str, str]], rows: list[tuple[str, str]]
) -> None:
    entries = [Entry(id=i + 1, question=" ".join(q.split()), answer=a) for i, (q, a) in enumerate(before)]
    after = applied(entries, replacing(entries, rows), len(entries) + 1)

    assert sorted((e.question, e.answer) for e in after) == sorted((" ".join(q.split()), a) for q, a in rows)

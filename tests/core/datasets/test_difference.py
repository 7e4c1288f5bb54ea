from datetime import UTC, datetime

from core.datasets.dataset import DatasetRow, PersonsLabel, TestQuestion
from core.datasets.difference import as_new, difference
from core.datasets.labels import TO_FALLBACK, Label, LabelKind


def row(line: int, question: str, *meant: int, tags: tuple[str, ...] = ()) -> TestQuestion:
    label = Label(kind=LabelKind.ENTRY, entry_ids=meant) if meant else TO_FALLBACK
    return TestQuestion(line=line, question=question, expected_as_given="", label=label, meant=meant, tags=tags)


def told(rows: tuple[DatasetRow, ...]) -> list[tuple[int, int, str]]:
    return [(row.row, row.content.line, row.content.question) for row in rows]


OLD = as_new([row(2, "a", 1), row(3, "b", 2), row(4, "c")])


def test_the_same_rows_on_other_lines_are_no_difference() -> None:
    assert not difference(OLD, [row(5, "a", 1), row(9, "b", 2), row(12, "c")], 3)


def test_only_what_changed_is_written() -> None:
    found = difference(OLD, [row(2, "a", 1), row(3, "b", 1), row(4, "c"), row(5, "d")], 3)

    assert found.ended == (1,)
    assert told(found.written) == [(4, 3, "b"), (6, 5, "d")]


def test_a_row_that_moves_keeps_its_number() -> None:
    found = difference(OLD, [row(2, "new"), row(3, "a", 1), row(4, "b", 2), row(5, "c")], 3)

    assert told(found.written) == [(3, 2, "new"), (0, 3, "a"), (1, 4, "b"), (2, 5, "c")]
    assert sorted(found.ended) == [0, 1, 2]


def test_the_same_rows_in_another_order_are_a_difference() -> None:
    assert difference(OLD, [row(2, "b", 2), row(3, "a", 1), row(4, "c")], 3)


def test_equal_rows_are_counted() -> None:
    twice = as_new([row(2, "a"), row(3, "a")])

    assert difference(twice, [row(2, "a")], 2).ended == (1,)
    assert told(difference(twice, [row(2, "a"), row(3, "a"), row(4, "a")], 2).written) == [(4, 4, "a")]


def test_what_people_said_stays_with_a_row_and_is_counted_where_the_file_says_otherwise() -> None:
    by = PersonsLabel(user_id="u", name="Ann", at=datetime(2026, 1, 1, tzinfo=UTC))
    corrected = [DatasetRow(row=0, content=OLD[0].content, labelled=by), *OLD[1:]]

    same = difference(corrected, [row(2, "a", 1), row(3, "b", 2)], 3)
    other = difference(corrected, [row(2, "a", 2), row(3, "b", 2)], 3)

    assert (same.ended, same.overruled) == ((2,), 0)
    assert (other.ended, other.overruled) == ((0, 2), 1)


def test_a_question_that_is_in_the_table_stays_marked_whatever_the_file_says_of_it() -> None:
    known = [DatasetRow(row=0, content=OLD[0].content, held_out=False), *OLD[1:]]

    found = difference(known, [row(2, "A?", 2), row(3, "b", 3)], 3)

    assert [(one.content.question, one.held_out) for one in found.written] == [("A?", False), ("b", True)]

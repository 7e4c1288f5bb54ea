from core.statistics.pairing import pair
from tests.core.statistics.ledgers import line, rows


def test_rows_are_matched_by_question_and_label_whatever_their_order() -> None:
    first = rows(line("a", 1, 1), line("b", 2, 2), line("c", "person", None), line("d", 1, 1))
    second = rows(line("c", "person", 1), line("b", 3, 3), line("a", 1, 2), line("e", "", 1))

    found = pair(first, second)

    assert list(zip(found.first.tolist(), found.second.tolist(), strict=True)) == [(2, 0), (0, 2)]
    assert (found.only_first, found.only_second) == (2, 2)


def test_repeated_rows_are_matched_in_their_order() -> None:
    first = rows(line("a", 1, 1), line("b", 1, 1), line("a", 1, 2))
    second = rows(line("a", 1, 3), line("a", 1, 4), line("a", 1, 5))

    found = pair(first, second)

    assert list(zip(found.first.tolist(), found.second.tolist(), strict=True)) == [(0, 0), (2, 1)]
    assert (found.only_first, found.only_second) == (1, 1)


def test_which_of_several_right_answers_was_given_makes_no_other_row() -> None:
    found = pair(rows(line("a", (1, 2), 2)), rows(line("a", (1, 2), 1)))

    assert found.first.tolist() == [0]


def test_for_a_person_and_without_a_label_are_not_the_same() -> None:
    found = pair(rows(line("a", "person", None)), rows(line("a", "", None)))

    assert (found.only_first, found.only_second) == (1, 1)

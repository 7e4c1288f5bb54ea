import pytest

from core.errors import NotFound
from core.health.findings import SameQuestion
from core.health.repairs import asked_once, merged, moved
from core.health.same_questions import same_questions
from core.questions.changes import applied
from core.questions.entry import Entry

FIRST = Entry(id=1, question="When are you open?", alternates=("Opening hours",), answer="9 to 5.", tags=("shop",))
SECOND = Entry(
    id=2, question="Opening times?", alternates=("opening HOURS", "Closing time"), answer="9-17", tags=("shop", "x")
)
LONE = Entry(id=3, question="Are you hiring?", answer="No.")


def test_a_merged_entry_has_all_phrasings_and_tags_once_and_the_answer_of_the_one_that_is_kept() -> None:
    [left] = applied([FIRST, SECOND], merged(FIRST, SECOND), 9)

    assert left == Entry(
        id=1,
        question="When are you open?",
        alternates=("Opening hours", "Opening times?", "Closing time"),
        answer="9 to 5.",
        tags=("shop", "x"),
    )


def test_a_phrasing_moves_and_the_next_one_becomes_the_question_where_it_was_that() -> None:
    left, got = applied([FIRST, LONE], moved("When are you open?", FIRST, LONE), 9)

    assert left.phrasings == ("Opening hours",)
    assert got.phrasings == ("Are you hiring?", "When are you open?")


def test_a_phrasing_that_the_other_entry_has_already_is_only_taken_out() -> None:
    left, got = applied([SECOND, FIRST], moved("opening HOURS", SECOND, FIRST), 9)

    assert left.phrasings == ("Opening times?", "Closing time")
    assert got.phrasings == FIRST.phrasings


@pytest.mark.parametrize(("phrasing", "entry"), [("Are you hiring?", LONE), ("gone", FIRST)])
def test_the_last_phrasing_and_one_that_is_gone_cannot_move(phrasing: str, entry: Entry) -> None:
    with pytest.raises(NotFound):
        moved(phrasing, entry, SECOND)


def test_the_same_question_is_found_in_two_entries_and_within_one_but_not_where_an_entry_is_off() -> None:
    within = Entry(id=4, question="A b?", alternates=("a  B",), answer="x")
    off = Entry(id=5, question="A b?", answer="x", enabled=False)

    found = list(same_questions([FIRST, SECOND, within, off]))

    assert [(one.entry_ids, one.texts) for one in found] == [
        ((1, 2), ("Opening hours", "opening HOURS")),
        ((4, 4), ("A b?", "a  B")),
    ]


def test_of_two_equal_phrasings_the_second_is_taken_out() -> None:
    found = SameQuestion(entry_ids=(1, 2), texts=("Opening hours", "opening HOURS"))

    [left] = applied([SECOND], asked_once(found, SECOND), 9)

    assert left.phrasings == ("Opening times?", "Closing time")

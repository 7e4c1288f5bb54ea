import json

from hypothesis import given
from hypothesis import strategies as st

from core.questions.changes import Changes, applied, changed_fields, cleaned
from core.questions.entry import Entry

HOURS = Entry(id=1, question="What are your hours?", answer="9 to 5", alternates=("opening times",))
JOBS = Entry(id=2, question="Are you hiring?", answer="Yes")

fields = st.fixed_dictionaries(
    {},
    optional={
        "question": st.text() | st.none(),
        "answer": st.text() | st.none(),
        "alternates": st.lists(st.text()) | st.none(),
        "tags": st.lists(st.text()) | st.none(),
        "enabled": st.booleans() | st.none(),
    },
)


def test_changes_are_applied_by_entry_id_and_new_rows_come_last() -> None:
    changes = Changes(
        edited={1: {"answer": "8 to 4"}}, added=({"question": "New?", "answer": "Yes"},), deleted=frozenset({2})
    )

    assert applied([HOURS, JOBS], changes, 3) == [
        Entry(id=1, question="What are your hours?", answer="8 to 4", alternates=("opening times",)),
        Entry(id=3, question="New?", answer="Yes"),
    ]


def test_an_answer_is_kept_character_for_character() -> None:
    assert cleaned({"answer": "  two  spaces \n and a line "}) == {"answer": "  two  spaces \n and a line "}


def test_questions_and_chips_lose_surplus_white_space_and_repeats() -> None:
    assert cleaned({"question": " a \n b ", "alternates": ["x", " x ", "", None], "tags": None}) == {
        "question": "a b",
        "alternates": ("x",),
        "tags": (),
    }


def test_a_field_that_reads_the_same_is_no_difference() -> None:
    assert changed_fields(HOURS, {"question": " What are your hours? ", "alternates": ["opening times"]}) == {}


@given(st.dictionaries(st.integers(1, 50), fields), st.lists(fields), st.frozensets(st.integers(1, 50)))
def test_changes_come_back_from_json_as_they_went(edited: dict, added: list, deleted: frozenset) -> None:
    changes = Changes(edited=edited, added=tuple(added), deleted=deleted)

    again = Changes.from_json(json.loads(json.dumps(changes.as_json())))

    assert again == changes
    assert len(again) == len(edited) + len(added) + len(deleted)


@given(fields)
def test_cleaning_twice_changes_nothing_more(given_fields: dict) -> None:
    once = cleaned(given_fields)

    assert cleaned(once) == once


def test_one_cell_is_taken_back_alone_and_an_empty_new_entry_goes_with_its_last_text() -> None:
    changes = Changes(
        edited={1: {"answer": "a", "enabled": False}, 2: {"question": "q"}},
        added=({"question": "New?", "answer": "Yes", "enabled": True}, {"enabled": True, "tags": ("x",)}),
        deleted=frozenset({5, 6}),
    )

    assert changes.without_cells([(1, "answer"), (2, "question"), (-1, "answer"), (-2, "tags"), (5, "")]) == Changes(
        edited={1: {"enabled": False}},
        added=({"question": "New?", "enabled": True},),
        deleted=frozenset({6}),
    )
    assert changes.without_cells([]) == changes

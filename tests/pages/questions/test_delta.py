from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.questions.changes import Changes, applied
from core.questions.entry import Entry
from core.questions.lines import from_lines
from core.questions.table_view import TableView
from pages.questions.editor.delta import absorbed, shown

ENTRIES = [
    Entry(id=3, question="What are your hours?", answer="9 to 5", alternates=("opening times",)),
    Entry(id=7, question="Are you hiring?", answer="Yes", tags=("jobs",)),
    Entry(id=9, question="Where are you?", answer="Here"),
]
BY_ID = {entry.id: entry for entry in ENTRIES}


def absorb(changes: Changes, delta: dict[str, Any], search: str = "") -> Changes:
    return absorbed(shown(ENTRIES, changes, TableView(search=search)), BY_ID, delta)


def test_positions_become_entry_numbers() -> None:
    delta = {"edited_rows": {1: {"answer": "No"}}, "added_rows": [{"question": "New?"}], "deleted_rows": [2]}

    assert absorb(Changes(), delta) == Changes(
        edited={7: {"answer": "No"}}, added=({"question": "New?"},), deleted=frozenset({9})
    )


def test_positions_are_those_of_the_rows_found_by_a_search() -> None:
    assert absorb(Changes(), {"edited_rows": {0: {"answer": "No"}}}, search="jobs") == Changes(
        edited={7: {"answer": "No"}}
    )


def test_an_edit_typed_back_to_what_is_stored_is_no_change() -> None:
    changes = Changes(edited={7: {"answer": "No"}})

    assert not absorb(changes, {"edited_rows": {1: {"answer": "Yes"}}})


def test_earlier_changes_stay_and_later_ones_of_the_same_row_are_added_to_them() -> None:
    changes = Changes(edited={3: {"answer": "8 to 4"}}, added=({"question": "New?"},), deleted=frozenset({9}))

    after = absorb(changes, {"edited_rows": {0: {"tags": "time"}, 2: {"answer": "Yes"}}})

    assert after == Changes(
        edited={3: {"answer": "8 to 4", "tags": ("time",)}},
        added=({"question": "New?", "answer": "Yes"},),
        deleted=frozenset({9}),
    )


def test_a_new_row_that_is_deleted_or_empty_leaves_nothing() -> None:
    changes = Changes(added=({"question": "New?"},))

    assert not absorb(changes, {"deleted_rows": [3], "added_rows": [{}, {"enabled": True}, {"question": None}]})


def test_what_is_no_field_and_what_is_no_row_is_ignored() -> None:
    delta = {"edited_rows": {0: {"number": 99, "id": 1}, 50: {"answer": "x"}}, "deleted_rows": [-1, 50]}

    assert not absorb(Changes(), delta)


def test_a_search_finds_words_in_any_field_in_any_case_and_never_hides_a_new_row() -> None:
    found = shown(ENTRIES, Changes(added=({"question": "New?"},)), TableView(search="OPENING 9"))

    assert found.keys == (3, -1)
    assert list(found.frame["question"]) == ["What are your hours?", "New?"]


def test_an_empty_table_still_has_its_columns() -> None:
    assert list(shown([], Changes()).frame.columns) == [
        "number",
        "question",
        "answer",
        "alternates",
        "tags",
        "enabled",
    ]


cells = st.fixed_dictionaries(
    {},
    optional={
        "question": st.sampled_from(["a", "b", ""]) | st.none(),
        "answer": st.sampled_from(["x", "Yes"]),
        "alternates": st.sampled_from(["", "p", "q", "p\nq", "• p\n• q", "p, q"]) | st.none(),
        "enabled": st.booleans(),
    },
)
deltas = st.fixed_dictionaries(
    {
        "edited_rows": st.dictionaries(st.integers(0, 6), cells),
        "added_rows": st.lists(cells, max_size=2),
        "deleted_rows": st.lists(st.integers(0, 6), unique=True, max_size=3),
    }
)


@given(deltas, deltas)
def test_what_is_shown_again_after_changes_is_the_table_with_them(first: dict, second: dict) -> None:
    once = absorb(Changes(), first)
    twice = absorb(once, second)

    table = shown(ENTRIES, twice)

    expected = applied(ENTRIES, twice, first_new_id=0)
    assert list(table.frame["question"]) == [entry.question for entry in expected]
    assert [from_lines(cell) for cell in table.frame["alternates"]] == [entry.alternates for entry in expected]
    assert absorbed(table, BY_ID, {}) == twice

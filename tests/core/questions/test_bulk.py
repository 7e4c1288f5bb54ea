from core.questions.bulk import changed_rows, deleted_rows, switched, with_tag, without_tag
from core.questions.changes import Changes
from core.questions.entry import Entry

ENTRIES = {
    3: Entry(id=3, question="What are your hours?", answer="9 to 5", tags=("shop",)),
    7: Entry(id=7, question="Are you hiring?", answer="Yes", enabled=False),
    9: Entry(id=9, question="Where are you?", answer="Here"),
}
UNSAVED = Changes(
    edited={3: {"answer": "8 to 4"}, 9: {"tags": ("place",)}},
    added=({"question": "New?"}, {"question": "Newer?", "tags": ("shop",)}),
    deleted=frozenset({7}),
)


def test_a_tag_is_added_to_stored_changed_and_new_rows_once() -> None:
    assert changed_rows(ENTRIES, UNSAVED, [3, 7, 9, -1, -2], with_tag(" shop ")) == Changes(
        edited={3: {"answer": "8 to 4"}, 9: {"tags": ("place", "shop")}},
        added=({"question": "New?", "tags": ("shop",)}, {"question": "Newer?", "tags": ("shop",)}),
        deleted=frozenset({7}),
    )


def test_a_tag_that_is_taken_away_again_leaves_no_change() -> None:
    tagged = changed_rows(ENTRIES, Changes(), [3, 9], with_tag("new"))
    assert tagged == Changes(edited={3: {"tags": ("shop", "new")}, 9: {"tags": ("new",)}})

    assert changed_rows(ENTRIES, tagged, [3, 9], without_tag("new")) == Changes()
    assert changed_rows(ENTRIES, Changes(), [3, 9], without_tag("shop")) == Changes(edited={3: {"tags": ()}})


def test_rows_are_switched_on_and_off() -> None:
    assert changed_rows(ENTRIES, Changes(), [3, 7], switched(on=True)) == Changes(edited={7: {"enabled": True}})
    assert changed_rows(ENTRIES, UNSAVED, [3, -2], switched(on=False)) == Changes(
        edited={3: {"answer": "8 to 4", "enabled": False}, 9: {"tags": ("place",)}},
        added=({"question": "New?"}, {"question": "Newer?", "tags": ("shop",), "enabled": False}),
        deleted=frozenset({7}),
    )


def test_other_edits_of_a_row_keep_their_text_letter_by_letter() -> None:
    spaced = Changes(edited={9: {"question": "Where  are you now?", "answer": " There "}})

    after = changed_rows(ENTRIES, spaced, [9], switched(on=False))

    assert after.edited == {9: {"question": "Where  are you now?", "answer": " There ", "enabled": False}}


def test_deleted_rows_lose_their_edits_and_new_ones_vanish() -> None:
    assert deleted_rows(UNSAVED, [3, -1]) == Changes(
        edited={9: {"tags": ("place",)}},
        added=({"question": "Newer?", "tags": ("shop",)},),
        deleted=frozenset({3, 7}),
    )

from datetime import UTC, datetime

from core.questions.changes import Changes
from core.questions.conflicts import with_choices
from core.questions.entry import Entry
from core.questions.revisions import Conflict

SHOWN = Entry(id=1, question="A?", answer="old", tags=("t",))
AT = datetime(2026, 1, 1, tzinfo=UTC)


def conflict(theirs: str | None, mine: str | None) -> Conflict:
    def text(answer: str | None) -> Entry | None:
        return None if answer is None else Entry(id=1, question="A?", answer=answer, tags=("t",))

    return Conflict(entry_id=1, shown=SHOWN, theirs=text(theirs), mine=text(mine), by="Olivia", at=AT)


OTHERS = {2: {"answer": "untouched by the conflict"}}
MINE = Changes(edited={1: {"answer": "mine"}, **OTHERS})


def test_keeping_theirs_drops_only_my_change_of_that_row() -> None:
    assert with_choices(MINE, [conflict("theirs", "mine")], use_mine=()) == Changes(edited=OTHERS)


def test_using_mine_makes_the_row_read_as_mine_does() -> None:
    assert with_choices(MINE, [conflict("theirs", "mine")], use_mine={1}) == MINE


def test_my_text_of_a_row_that_was_deleted_comes_back_as_a_new_row() -> None:
    after = with_choices(MINE, [conflict(None, "mine")], use_mine={1})

    assert after.edited == OTHERS
    assert after.added == ({"question": "A?", "answer": "mine", "alternates": (), "tags": ("t",), "enabled": True},)


def test_my_deletion_of_a_row_that_was_edited_stays_a_deletion() -> None:
    changes = Changes(deleted=frozenset({1}))

    assert with_choices(changes, [conflict("theirs", None)], use_mine={1}) == changes
    assert not with_choices(changes, [conflict("theirs", None)], use_mine=())

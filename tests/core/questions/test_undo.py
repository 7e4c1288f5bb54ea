from core.questions.changes import Changes
from core.questions.undo import MOST_ROWS, MOST_STEPS, UndoHistory

ONE, TWO, THREE = (Changes(edited={1: {"answer": text}}) for text in ("one", "two", "three"))


def history(*steps: Changes) -> UndoHistory:
    result = UndoHistory(base_revision=5)
    for step in steps:
        result = result.then(5, step)
    return result


def test_undo_goes_back_step_by_step_to_nothing_unsaved_and_redo_forth_again() -> None:
    steps = history(ONE, TWO)

    back = [steps.undone().present, steps.undone().undone().present, steps.undone().undone().undone().present]
    assert back == [ONE, Changes(), Changes()]
    assert steps.undone().undone().redone().present == ONE
    assert steps.undone().undone().redone().redone() == steps
    assert steps.redone() == steps


def test_what_is_heard_again_is_no_step_and_a_new_step_forgets_what_was_undone() -> None:
    assert history(ONE, ONE, Changes(edited={1: {"answer": "one"}})) == history(ONE)

    assert history(ONE, TWO).undone().then(5, ONE).future == (TWO,)
    branched = history(ONE, TWO).undone().then(5, THREE)
    assert branched == history(ONE, THREE)


def test_steps_of_another_revision_are_never_offered() -> None:
    after_a_save = history(ONE, TWO).undone().then(6, THREE)

    assert after_a_save == UndoHistory(base_revision=6, present=THREE)


def test_a_history_holds_so_many_steps_and_rows() -> None:
    many = history(*(Changes(edited={1: {"answer": str(n)}}) for n in range(MOST_STEPS + 20)))
    assert len(many.past) == MOST_STEPS

    large = [Changes(edited={n: {"answer": str(step)} for n in range(MOST_ROWS // 2)}) for step in range(5)]
    assert history(*large).past == (large[2], large[3])

    huge = [Changes(edited={n: {"answer": str(step)} for n in range(MOST_ROWS + 1)}) for step in range(3)]
    assert history(*huge).past == (huge[1],)  # the last step can always be taken back

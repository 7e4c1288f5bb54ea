"""What the pages say of few questions, and of one."""

from pages.evaluations import actions, smallest_difference, threshold


def test_the_limits_of_a_threshold_are_told_together() -> None:
    assert threshold.too_few(1) == (
        "1 question with a label is too few to say which threshold is best (that takes about 100: it is chosen on one "
        "half, tried on the other), or to set one by your own choice here (that takes 20)."
    )
    assert "but enough to look for yourself and set one above (that takes 20)" in threshold.too_few(40)


def test_one_labelled_question_is_few() -> None:
    assert smallest_difference.in_words(1).startswith("1 labelled question is few:")


def test_the_button_names_the_old_revision_that_it_repeats() -> None:
    assert actions.repeat(3, 3) == "Run again"
    assert actions.repeat(3, 5) == "Repeat on revision 3"


def test_results_of_an_older_revision_say_so() -> None:
    assert actions.stale(3, 3) == ""
    assert actions.stale(3, 5) == ("These are results of revision 3. The table and the settings are at revision 5 now.")

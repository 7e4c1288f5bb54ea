"""What a change of the table does to test questions."""

import pytest

from core.datasets.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind
from core.publishing.check_words import expected
from core.publishing.flips import CheckedOutcome, CheckedQuestion, CheckedTable, CheckResult, FlipKind, Tally, checked
from core.questions.entry import Entry
from core.questions.policy import Policy
from core.statistics.conclusion import Conclusion
from core.statistics.proportion import Proportion

HOURS, JOBS = (Label(kind=LabelKind.ENTRY, entry_ids=(i,)) for i in (1, 2))
PERSON, FAILED = CheckedOutcome(), CheckedOutcome(failed=True)


def table(*ids: int, edited: int | None = None, policy: Policy | None = None) -> CheckedTable:
    entries = {i: Entry(id=i, question=f"Q{i}?", answer="new" if i == edited else "A") for i in ids}
    return CheckedTable(entries=entries, policy=policy or Policy())


def given(entry_id: int) -> CheckedOutcome:
    return CheckedOutcome(given=entry_id)


def asked(
    label: Label | None, before: CheckedOutcome, after: CheckedOutcome, label_after: Label | str | None = "same"
) -> CheckedQuestion:
    later = label if label_after == "same" else label_after
    assert not isinstance(later, str)
    return CheckedQuestion(
        dataset="d", question="q", expected_before=label, expected_after=later, before=before, after=after
    )


def only(one: CheckedQuestion) -> FlipKind | None:
    flips = checked([one], table(1, 2), table(1, 2, edited=2)).flips
    return flips[0].kind if flips else None


@pytest.mark.parametrize(
    ("label", "before", "after", "kind"),
    [
        (HOURS, given(1), given(1), None),
        (HOURS, given(1), given(2), FlipKind.BROKEN),
        (HOURS, given(1), PERSON, FlipKind.BROKEN),
        (HOURS, given(2), given(1), FlipKind.FIXED),
        (HOURS, PERSON, given(1), FlipKind.FIXED),
        (HOURS, given(2), PERSON, FlipKind.NOW_A_PERSON),
        (HOURS, PERSON, given(2), FlipKind.NOW_ANSWERED),
        (HOURS, given(2), given(3), FlipKind.ANOTHER_ANSWER),
        (TO_FALLBACK, PERSON, given(1), FlipKind.BROKEN),
        (TO_FALLBACK, given(1), PERSON, FlipKind.FIXED),
        (TO_FALLBACK, given(1), given(2), FlipKind.ANOTHER_ANSWER),
        (UNLABELLED, given(1), PERSON, FlipKind.NOW_A_PERSON),
        (UNLABELLED, PERSON, given(1), FlipKind.NOW_ANSWERED),
        (UNLABELLED, given(1), given(2), FlipKind.ANOTHER_ANSWER),
        (HOURS, FAILED, given(2), None),
        (HOURS, given(1), FAILED, None),
    ],
)
def test_a_question_that_ends_otherwise_is_of_one_kind(
    label: Label, before: CheckedOutcome, after: CheckedOutcome, kind: FlipKind | None
) -> None:
    assert only(asked(label, before, after)) is kind


def test_another_entry_with_the_same_answer_is_right_as_well() -> None:
    both = Label(kind=LabelKind.ENTRY, entry_ids=(1, 2))

    assert only(asked(both, given(1), given(2))) is None


def test_a_question_whose_expected_answer_is_gone_is_broken() -> None:
    found = checked([asked(HOURS, given(1), PERSON, None)], table(1, 2), table(2))

    assert [(flip.kind, flip.is_gone, flip.edited) for flip in found.flips] == [(FlipKind.BROKEN, True, (1,))]


def test_a_question_whose_expected_answer_came_back_is_fixed() -> None:
    found = checked([asked(None, PERSON, given(1), HOURS)], table(2), table(1, 2))

    assert [(flip.kind, flip.is_gone) for flip in found.flips] == [(FlipKind.FIXED, False)]


def test_a_failed_call_counts_in_no_share() -> None:
    rows = [asked(HOURS, given(1), given(1)), asked(HOURS, given(1), FAILED), asked(HOURS, FAILED, given(2))]

    found = checked(rows, table(1, 2), table(1, 2, edited=2))

    one_right = Tally(right=1, wrong=0, to_a_person=0)
    assert (found.asked, found.failed, found.before, found.after) == (3, 2, one_right, one_right)
    assert found.after.share_right == Proportion(1, 1)
    assert found.flips == ()


def test_right_wrong_and_handed_over_questions_are_counted_on_both_sides() -> None:
    rows = [
        asked(HOURS, given(1), given(2)),
        asked(HOURS, given(1), PERSON),
        asked(TO_FALLBACK, PERSON, PERSON),
        asked(TO_FALLBACK, PERSON, given(2)),
        asked(HOURS, given(1), PERSON, None),
    ]

    found = checked(rows, table(1, 2), table(1, 2, edited=2))

    assert found.before == Tally(right=5, wrong=0, to_a_person=0)
    assert found.after == Tally(right=1, wrong=2, to_a_person=2)


def _flip(before: CheckedTable, after: CheckedTable, one: CheckedQuestion) -> tuple[tuple[int, ...], bool]:
    (flip,) = checked([one], before, after).flips
    return flip.edited, flip.by_settings


def test_each_flip_names_the_edit_that_did_it() -> None:
    strict = Policy(strictness=0.1)
    broken = asked(HOURS, given(1), given(2))

    assert _flip(table(1, 2), table(1, 2, edited=2), broken) == ((2,), False)
    assert _flip(table(1), table(1, 2), broken) == ((2,), False)
    assert _flip(table(1, 2, 3), table(1, 2), broken) == ((3,), False), "one change can only have been it"
    assert _flip(table(1, 2, 3, 4), table(1, 2), broken) == ((), False), "it was several changes together"
    assert _flip(table(1, 2), table(1, 2, policy=strict), asked(HOURS, given(1), PERSON)) == ((), True)


def _of(broken: int, fixed: int, same: int) -> CheckResult:
    rows = (
        [asked(HOURS, given(1), PERSON)] * broken
        + [asked(HOURS, PERSON, given(1))] * fixed
        + [asked(HOURS, given(1), given(1))] * same
    )
    return checked(rows, table(1, 2), table(1, 2, edited=1))


def test_a_question_that_ends_otherwise_says_what_is_right_for_it() -> None:
    anybody, nobody = TO_FALLBACK, UNLABELLED
    found = checked(
        [
            asked(HOURS, given(1), PERSON),
            asked(HOURS, given(1), PERSON, label_after=None),
            asked(anybody, PERSON, given(2)),
            asked(nobody, PERSON, given(2)),
        ],
        table(1, 2),
        table(1, 2, edited=2),
    )

    assert [flip.expected for flip in found.flips] == [(1,), (1,), (), None]
    entries = {1: Entry(id=1, question="Hours?", answer="A")}
    assert [expected(flip, entries) for flip in found.flips[1:]] == ["No. 1: Hours?", "a person", ""]


def test_the_conclusion_is_that_of_a_comparison() -> None:
    assert _of(broken=0, fixed=12, same=30).conclusion is Conclusion.BETTER
    assert _of(broken=12, fixed=0, same=30).conclusion is Conclusion.WORSE
    assert _of(broken=2, fixed=3, same=30).conclusion is Conclusion.UNCLEAR
    assert _of(broken=0, fixed=0, same=0).conclusion is Conclusion.UNCLEAR


def test_broken_ones_come_first() -> None:
    assert [flip.kind for flip in _of(broken=1, fixed=1, same=1).flips] == [FlipKind.BROKEN, FlipKind.FIXED]

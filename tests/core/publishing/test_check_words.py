"""What a check found is one sentence that says whether it is better, and of how many questions."""

from core.publishing.check_words import counts, statement, what_is_counted
from core.publishing.flips import CheckResult, Flip, FlipKind, Tally


def found(*kinds: FlipKind, asked: int = 24, before: int = 15, after: int = 22, of: int = 23) -> CheckResult:
    flips = tuple(Flip(kind=kind, dataset="tests", question="?", before=None, after=1) for kind in kinds)
    tallies = [Tally(right=right, wrong=0, to_a_person=of - right) for right in (before, after)]
    return CheckResult(asked=asked, failed=0, left_out=0, before=tallies[0], after=tallies[1], flips=flips)


def test_a_clear_gain_is_told_with_both_shares_and_each_kind() -> None:
    result = found(FlipKind.BROKEN, *[FlipKind.FIXED] * 8)

    assert statement(result) == "**Better: 65 % → 96 % right**"
    assert counts(result) == [(FlipKind.BROKEN, "1 broken"), (FlipKind.FIXED, "8 fixed")]
    assert what_is_counted(result).startswith("24 test questions asked. The shares are of the 23 that")


def test_a_change_that_does_nothing_is_told_in_four_words_and_a_number() -> None:
    assert statement(found(after=15)) == "**Nothing changes for 24 test questions**"


def test_where_no_question_says_what_is_right_only_replies_are_told_of() -> None:
    result = found(FlipKind.NOW_ANSWERED, before=0, after=0, of=0)

    assert statement(result) == "**1 reply differs**"
    assert what_is_counted(result).endswith("only the replies are compared.")

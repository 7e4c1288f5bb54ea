import pytest

from core.datasets.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind
from core.statistics.verdict import Verdict, judge

ENTRY = Label(kind=LabelKind.ENTRY, entry_ids=(3, 5))


@pytest.mark.parametrize(
    ("label", "given", "verdict"),
    [
        (ENTRY, 3, Verdict.RIGHT),
        (ENTRY, 5, Verdict.RIGHT),
        (ENTRY, 4, Verdict.WRONG_ANSWER),
        (ENTRY, None, Verdict.NEEDLESS_HANDOFF),
        (TO_FALLBACK, None, Verdict.RIGHT),
        (TO_FALLBACK, 3, Verdict.ANSWERED_OUT_OF_SCOPE),
        (UNLABELLED, None, Verdict.NOT_LABELLED),
        (UNLABELLED, 3, Verdict.NOT_LABELLED),
    ],
)
def test_a_reply_is_judged_by_its_label(label: Label, given: int | None, verdict: Verdict) -> None:
    assert judge(label, given, failed=False) is verdict


@pytest.mark.parametrize("label", [ENTRY, TO_FALLBACK, UNLABELLED])
@pytest.mark.parametrize("given", [None, 3, 4])
def test_a_failed_call_is_failed_and_never_anything_else(label: Label, given: int | None) -> None:
    assert judge(label, given, failed=True) is Verdict.FAILED


def test_verdicts_have_words_for_people_and_a_value_for_the_ledger() -> None:
    assert [verdict.label for verdict in Verdict] == [
        "Right",
        "Wrong entry",
        "Needless handoff",
        "Answered out of scope",
        "Failed",
        "Not labelled",
    ]
    assert Verdict("wrong_answer") is Verdict.WRONG_ANSWER
    assert f"{Verdict.WRONG_ANSWER}" == "wrong_answer"
    assert all(verdict.gloss.endswith(".") for verdict in Verdict)

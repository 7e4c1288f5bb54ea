from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.datasets.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind
from core.statistics.intervals import wilson
from core.statistics.metrics import summarise
from core.statistics.verdict import Verdict, judge

COUNTS = {
    ("entry", Verdict.RIGHT): 60,
    ("entry", Verdict.WRONG_ANSWER): 12,
    ("entry", Verdict.NEEDLESS_HANDOFF): 8,
    ("entry", Verdict.FAILED): 5,
    ("fallback", Verdict.RIGHT): 15,
    ("fallback", Verdict.ANSWERED_OUT_OF_SCOPE): 5,
    ("fallback", Verdict.FAILED): 2,
    ("none", Verdict.NOT_LABELLED): 9,
    ("none", Verdict.FAILED): 4,
}


@pytest.mark.parametrize(
    ("verdict", "count", "of"),
    [
        (Verdict.RIGHT, 75, 100),
        (Verdict.WRONG_ANSWER, 12, 80),
        (Verdict.NEEDLESS_HANDOFF, 8, 80),
        (Verdict.ANSWERED_OUT_OF_SCOPE, 5, 20),
        (Verdict.FAILED, 11, 120),
        (Verdict.NOT_LABELLED, 9, 120),
    ],
)
def test_each_rate_is_a_share_of_the_rows_that_could_have_it(verdict: Verdict, count: int, of: int) -> None:
    rate = summarise(COUNTS).rate(verdict)

    assert (rate.count, rate.of, rate.rate) == (count, of, count / of)
    fact_of_the_file = verdict is Verdict.NOT_LABELLED
    assert rate.interval == (None if fact_of_the_file else wilson(count, of))
    assert rate.of_words


def test_a_summary_has_every_verdict_in_order_and_counts_what_was_tried() -> None:
    summary = summarise(COUNTS)

    assert [rate.verdict for rate in summary.rates] == list(Verdict)
    assert summary.attempted == 120
    assert summary.count(Verdict.WRONG_ANSWER) == 12


def test_nothing_tried_has_no_rate() -> None:
    summary = summarise({})

    assert summary.attempted == 0
    assert all((rate.count, rate.of, rate.rate, rate.interval) == (0, 0, None, None) for rate in summary.rates)


def test_failures_change_no_other_rate() -> None:
    without = {key: count for key, count in COUNTS.items() if key[1] is not Verdict.FAILED}
    quality = [verdict for verdict in Verdict if verdict not in (Verdict.FAILED, Verdict.NOT_LABELLED)]

    assert [summarise(COUNTS).rate(v) for v in quality] == [summarise(without).rate(v) for v in quality]


@pytest.mark.parametrize(
    ("kind", "verdict", "count"),
    [
        ("entry", Verdict.ANSWERED_OUT_OF_SCOPE, 1),
        ("entry", Verdict.NOT_LABELLED, 1),
        ("fallback", Verdict.WRONG_ANSWER, 1),
        ("fallback", Verdict.NEEDLESS_HANDOFF, 1),
        ("none", Verdict.RIGHT, 1),
        ("nonsense", Verdict.RIGHT, 1),
        ("entry", Verdict.RIGHT, -1),
    ],
)
def test_a_count_that_cannot_be_is_refused(kind: str, verdict: Verdict, count: int) -> None:
    with pytest.raises(ValueError, match="rows can be"):
        summarise({(kind, verdict): count})


LABELS = st.sampled_from([Label(kind=LabelKind.ENTRY, entry_ids=(1, 2)), TO_FALLBACK, UNLABELLED])
REPLIES = st.tuples(LABELS, st.sampled_from([None, 1, 2, 3]), st.booleans())


@given(replies=st.lists(REPLIES, max_size=30))
@settings(deadline=None)
def test_the_verdicts_of_any_run_add_up(replies: list[tuple[Label, int | None, bool]]) -> None:
    summary = summarise(Counter((label.kind.value, judge(label, entry, failed)) for label, entry, failed in replies))

    assert summary.attempted == len(replies) == sum(rate.count for rate in summary.rates)
    assert summary.count(Verdict.FAILED) == sum(failed for *_, failed in replies)
    assert all(rate.count <= rate.of for rate in summary.rates)

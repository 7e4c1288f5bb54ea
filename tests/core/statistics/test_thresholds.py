import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.datasets.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind
from core.statistics.proportion import Proportion
from core.statistics.rows import PERSON
from core.statistics.thresholds import (
    STEPS,
    OutcomeShares,
    a_hundred,
    choose,
    first_half,
    outlook,
    shares_at,
    shares_now,
    usable,
)
from core.statistics.verdict import Verdict, judge
from tests.core.statistics.ledgers import line, random_rows, rows

BY_HAND = rows(
    line("a", 1, 1, confidence=0.9),
    line("b", 1, 2, confidence=0.7),
    line("c", 1, None, best=1, confidence=0.4),
    line("d", "person", None, best=1, confidence=0.3),
    line("e", "person", None),
    line("f", "", 1, confidence=0.9),
    line("g", 1, None, failed=True),
)


def shares(right: int, wrong: int, needless: int, out_of_scope: int, handed: int = 0) -> OutcomeShares:
    of = right + wrong + needless + out_of_scope
    return OutcomeShares(
        right=Proportion(right, of),
        wrong_answer=Proportion(wrong, of),
        needless_handoff=Proportion(needless, of),
        out_of_scope=Proportion(out_of_scope, of),
        handed_over=Proportion(handed, of),
    )


def test_other_thresholds_are_evaluated_without_asking_again() -> None:
    run = usable(BY_HAND)
    assert run is not None
    table = outlook(run)

    assert len(run) == 5
    assert shares_at(table, 0.0) == shares(3, 1, 0, 1, handed=1)
    assert shares_at(table, 0.4) == shares(4, 1, 0, 0, handed=2)
    assert shares_at(table, 0.41) == shares(3, 1, 1, 0, handed=3)
    assert shares_at(table, 0.9) == shares(3, 0, 2, 0, handed=4)
    assert shares_at(table, 1.0) == shares(2, 0, 3, 0, handed=5)
    assert shares_now(BY_HAND) == shares(3, 1, 1, 0, handed=3)


@given(seed=st.integers(0, 10_000), size=st.integers(1, 80))
@settings(max_examples=25)
def test_at_the_runs_own_threshold_the_outlook_is_what_happened(seed: int, size: int) -> None:
    run = random_rows(seed, size)
    chosen = usable(run)

    if chosen is not None:
        assert shares_at(outlook(chosen), 0.5) == shares_now(run)
        table = outlook(chosen)
        parts = table[["right", "wrong_answer", "needless_handoff", "out_of_scope"]]
        assert (parts.sum(axis=1) == len(chosen)).all()


@given(seed=st.integers(0, 10_000), size=st.integers(1, 80))
@settings(max_examples=25)
def test_right_and_wrong_answer_mean_here_what_they_mean_in_the_figures(seed: int, size: int) -> None:
    run = random_rows(seed, size)
    verdicts = [
        judge(label_of(expected, accepted), None if given < 0 else given, failed=False)
        for expected, accepted, given in zip(run.expected, run.accepted, run.given, strict=True)
    ]

    now = shares_now(run)

    counts = Counter(verdict for verdict, judged in zip(verdicts, run.judged, strict=True) if judged)
    names = (Verdict.RIGHT, Verdict.WRONG_ANSWER, Verdict.NEEDLESS_HANDOFF, Verdict.ANSWERED_OUT_OF_SCOPE)
    assert [part.count for part in now.parts] == [counts[name] for name in names]


def label_of(expected: int, accepted: tuple[int, ...]) -> Label:
    if accepted:
        return Label(kind=LabelKind.ENTRY, entry_ids=accepted)
    return TO_FALLBACK if expected == PERSON else UNLABELLED


def test_a_model_that_tells_no_confidence_has_no_other_thresholds() -> None:
    assert usable(rows(line("a", 1, 1), line("b", "person", None))) is None


def test_an_answer_without_a_confidence_is_left_out() -> None:
    run = usable(rows(line("a", 1, 1), line("b", 1, 1, confidence=0.8), line("c", "person", None)))

    assert run is not None
    assert run.question.tolist() == ["b", "c"]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((71, 2, 20, 7), (71, 2, 20, 7)),
        ((1, 1, 1, 0), (34, 33, 33, 0)),
        ((2, 0, 1, 0), (67, 0, 33, 0)),
        ((0, 0, 0, 0), (0, 0, 0, 0)),
    ],
)
def test_of_a_hundred_visitors_the_parts_add_up(
    counts: tuple[int, int, int, int], words: tuple[int, int, int, int]
) -> None:
    assert shares(*counts, handed=counts[2]).of_a_hundred == words


def test_of_a_hundred_visitors_as_many_got_a_wrong_answer_whichever_way_it_is_told() -> None:
    for wrong, out_of_scope, handed in itertools.product(range(4), range(4), range(2, 5)):
        found = shares(16, wrong, 2, out_of_scope, handed=handed)
        right, entry, needless, unwanted = found.of_a_hundred
        answered_right, wrong_answers, with_a_person = a_hundred(found.as_met)

        assert entry + unwanted == wrong_answers
        assert right + needless == answered_right + with_a_person
        assert (found.wrong.count, found.wrong.of) == (wrong + out_of_scope, found.of)


def test_a_person_is_told_of_as_visitors_meet_one_rightly_or_needlessly() -> None:
    found = shares(66, 3, 2, 1, handed=12)  # so 10 of the 66 were handed over rightly

    assert found.as_met == (56, 4, 12)
    assert sum(found.as_met) == found.of


def test_a_threshold_is_chosen_on_one_half_and_tried_on_the_other() -> None:
    run = usable(random_rows(7, 400))
    assert run is not None
    first = first_half(run)
    costs = {}
    for step in STEPS:
        answered = run.confidence[first] >= step
        costs[step] = 5 * (answered & ~run.best_right[first]).sum() + (~answered).sum()

    found = choose(run, wrong_costs=5)

    assert found is not None
    assert costs[found.threshold] == min(costs.values())
    assert found.threshold == max(step for step in STEPS if costs[step] == min(costs.values()))
    assert found.chosen_on == first.sum()
    rest = run.take(~first)
    bad = int(((rest.confidence >= found.threshold) & ~rest.best_right).sum())
    assert found.tried.wrong_answer.count + found.tried.out_of_scope.count == bad
    assert found.tried.of == len(run) - found.chosen_on


def test_the_dearer_a_wrong_answer_the_higher_the_threshold() -> None:
    run = usable(random_rows(7, 600))
    assert run is not None
    found = [choice.threshold for cost in (1.0, 3.0, 10.0, 50.0) if (choice := choose(run, cost))]

    assert found == sorted(found)
    assert found[0] < found[-1]


def test_too_few_rows_choose_nothing() -> None:
    run = usable(random_rows(7, 40))

    assert run is not None
    assert choose(run, 5) is None


def test_the_order_of_the_rows_is_of_no_matter() -> None:
    run = usable(random_rows(7, 400))
    assert run is not None

    assert choose(run.take(np.arange(len(run))[::-1]), 5) == choose(run, 5)


def test_what_a_model_handed_over_of_its_own_accord_is_handed_over_at_every_threshold() -> None:
    run = usable(
        rows(
            line("given", 1, 1, confidence=0.9),
            line("not sure enough", 1, None, best=1, confidence=0.5),
            line("chose a person", 1, None, best=1, confidence=0.7),
        ),
        own=0.6,
    )
    assert run is not None

    assert shares_at(outlook(run), 0.6) == shares(1, 0, 2, 0, handed=2)
    assert shares_at(outlook(run), 0.95) == shares(0, 0, 3, 0, handed=3)
    assert usable(BY_HAND) is not None


def test_no_threshold_is_chosen_below_the_lowest_that_is_known() -> None:
    known = usable(random_rows(3, 400))
    assert known is not None

    free, bound = choose(known, 1.0), choose(known, 1.0, lowest=0.8)

    assert free is not None
    assert bound is not None
    assert free.threshold < 0.8 <= bound.threshold


def test_no_threshold_is_chosen_that_cannot_be_set() -> None:
    known = usable(random_rows(3, 400, skill=0.0))
    assert known is not None

    free, bound = choose(known, 100.0), choose(known, 100.0, highest=0.99)

    assert free is not None
    assert bound is not None
    assert (free.threshold, bound.threshold) == (1.0, 0.99)

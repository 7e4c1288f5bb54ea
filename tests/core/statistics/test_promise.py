from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.statistics.promise import RISK, CannotBeHad, Kept, TooFew, find, promised_rows, upper_bounds
from core.statistics.proportion import Proportion
from core.statistics.rows import Rows
from core.statistics.thresholds import STEPS, outlook, shares_at
from tests.core.statistics.ledgers import line, random_rows, rows


def sure(rows: Rows, own: float | None = None) -> Rows:
    found = promised_rows(rows, own)
    assert found is not None
    return found


def right(count: int, confidence: float = 0.9) -> list[dict[str, object]]:
    return [line(f"right {number} {confidence}", 1, 1, confidence=confidence) for number in range(count)]


def wrong(count: int, confidence: float) -> list[dict[str, object]]:
    return [line(f"wrong {number} {confidence}", 1, 2, confidence=confidence) for number in range(count)]


def test_the_bound_is_the_exact_one_of_clopper_and_pearson() -> None:
    # "Rule of three": without any case among n, the bound is 1 - 0.05 ** (1 / n).
    assert upper_bounds([0, 1, 10], [149, 10, 10]) == pytest.approx([1 - 0.05 ** (1 / 149), 0.394163, 1.0], abs=1e-6)


def test_a_promise_takes_so_many_labels_even_without_any_wrong_answer() -> None:
    enough = find(sure(rows(*right(149))), 2)
    short = find(sure(rows(*right(140))), 2)

    assert isinstance(enough, Kept)
    assert enough.threshold == 0.0
    assert enough.at_most == pytest.approx(0.0199, abs=1e-4)
    assert short == TooFew(missing=9, wrong=Proportion(0, 140))


def test_the_lowest_threshold_that_is_proven_is_taken() -> None:
    table = sure(rows(*right(300), *wrong(1, 0.6), *wrong(20, 0.3)))

    found = find(table, 2)

    assert isinstance(found, Kept)
    assert (found.threshold, found.wrong) == (0.31, Proportion(1, 321))
    assert found.at_most <= 0.02
    assert find(table, 2, lowest=0.5) == replace(found, threshold=0.5)
    assert find(table, 1) == find(table, 1, highest=0.99)


def test_an_answer_where_a_person_was_expected_is_a_wrong_one() -> None:
    for_person = [line(f"person {number}", "person", 1, confidence=0.8) for number in range(10)]

    found = find(sure(rows(*right(200), *for_person)), 2)

    assert isinstance(found, Kept)
    assert found.threshold == 0.81


def test_what_cannot_be_promised_is_said_with_how_sure_that_is() -> None:
    many, few = rows(*right(200), *wrong(30, 0.99)), rows(*right(20), *wrong(1, 0.99))

    assert find(sure(many), 5, highest=0.99) == CannotBeHad(wrong=Proportion(30, 230), is_certain=True)
    assert find(sure(few), 2, highest=0.99) == CannotBeHad(wrong=Proportion(1, 21), is_certain=False)
    assert isinstance(find(sure(many), 20), Kept)


def test_how_many_labels_are_missing_counts_on_the_wrong_answers_that_there_are() -> None:
    found = find(sure(rows(*right(99), *wrong(1, 0.99))), 2, highest=0.99)

    assert isinstance(found, TooFew)
    labels = found.missing + 100
    assert upper_bounds(np.ceil(labels / 100), labels) <= 0.02
    assert found.wrong == Proportion(1, 100)


def test_rows_of_one_conversation_or_of_the_same_question_are_one_visitor() -> None:
    talk = [line(f"wrong {number}", 1, 2, confidence=0.4 + number / 100, group="talk") for number in range(8)]
    same = [line("The same", 1, 2, confidence=0.7), line("the  same", 1, 1, confidence=0.9)]

    found = find(sure(rows(*right(200), *talk, *same)), 4, lowest=0.45)

    assert isinstance(found, Kept)
    assert found.wrong == Proportion(2, 202)


def test_an_answer_without_a_confidence_is_given_at_every_threshold() -> None:
    untold = [line(f"untold {number}", 1, 2) for number in range(5)]
    table = sure(rows(*right(100), *untold))

    assert find(table, 3) == CannotBeHad(wrong=Proportion(5, 105), is_certain=False)
    assert shares_at(outlook(table), 1.0).wrong_answer == Proportion(5, 105)
    assert promised_rows(rows(*untold)) is None


def test_a_person_whom_the_model_chose_by_itself_is_no_wrong_answer() -> None:
    chosen = [line(f"chosen {number}", 1, None, best=2, confidence=0.9) for number in range(30)]

    assert find(sure(rows(*right(200), *chosen), own=0.5), 2) == find(sure(rows(*right(200), *chosen), own=0.5), 3)


@given(seed=st.integers(0, 10_000), size=st.integers(30, 300), most=st.integers(1, 40))
@settings(max_examples=25)
def test_no_lower_threshold_passes_the_exact_test(seed: int, size: int, most: int) -> None:
    from scipy.stats import binom

    table = sure(random_rows(seed, size))
    alone = replace(table, group=np.full(len(table), "", dtype=object))
    ends = outlook(alone)
    bad = (ends["wrong_answer"] + ends["out_of_scope"]).to_numpy()
    passed = binom.cdf(bad, len(alone), most / 100) <= RISK

    found = find(alone, most)

    if isinstance(found, Kept):
        assert STEPS[passed][0] == found.threshold
        assert found.wrong == Proportion(int(bad[found.threshold == STEPS][0]), len(alone))
    else:
        assert not passed[-1]


@pytest.mark.parametrize(("most", "labels"), [(2, 300), (5, 200), (10, 100)])
def test_a_promise_is_broken_in_no_more_than_one_of_twenty_draws(most: int, labels: int) -> None:
    everybody = sure(random_rows(1, 3_000, skill=0.8))
    rng = np.random.default_rng(most)
    wrong = ~everybody.best_right & ~np.isnan(everybody.confidence)
    broken = kept = 0
    visitors = np.array([f"visitor {number}" for number in range(labels)], dtype=object)
    for _ in range(1_000):
        drawn = everybody.take(rng.integers(0, len(everybody), labels))
        found = find(replace(drawn, group=visitors), most)
        if isinstance(found, Kept):
            kept += 1
            broken += bool(np.mean(wrong & (everybody.confidence >= found.threshold)) > most / 100)

    assert kept > 500
    assert broken <= 50


@pytest.mark.parametrize("most", [0, 100, -1])
def test_only_a_number_between_none_and_all_can_be_promised(most: int) -> None:
    with pytest.raises(ValueError, match="nobody can promise"):
        find(sure(rows(*right(10))), most)

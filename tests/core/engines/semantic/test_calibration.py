import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engines.semantic.calibration import MINILM, confidence, for_best_of

threshold_for = MINILM.threshold_for
entry_counts = st.integers(1, 20_000)
scores = st.floats(-1, 1.3)


def test_an_entry_at_the_threshold_is_as_likely_right_as_wrong() -> None:
    assert confidence(0.4, 0.4) == 0.5


@given(scores, scores, scores)
def test_a_higher_score_is_never_less_likely_right(one: float, other: float, threshold: float) -> None:
    low, high = sorted((one, other))

    assert 0 < confidence(low, threshold) <= confidence(high, threshold) < 1


@given(entry_counts, st.integers(1, 100), st.floats(-0.2, 1))
def test_every_table_has_a_threshold_that_a_question_can_reach(entries: int, each: int, cross: float) -> None:
    threshold = threshold_for(entries, entries * each, cross if entries > 1 else None)

    assert 0.3 < threshold < 1.05


@given(st.integers(2, 20_000), st.floats(0, 1), st.floats(0, 1))
def test_the_nearer_the_entries_are_to_each_other_the_more_it_takes(entries: int, one: float, other: float) -> None:
    low, high = sorted((one, other))

    assert threshold_for(entries, entries, low) <= threshold_for(entries, entries, high)


@given(entry_counts, st.floats(0, 1), st.floats(0, 1))
def test_the_more_alike_the_phrasings_of_an_entry_the_more_it_takes(entries: int, one: float, other: float) -> None:
    low, high = sorted((one, other))

    assert threshold_for(entries, 5 * entries, 0.4, low) <= threshold_for(entries, 5 * entries, 0.4, high)


def test_more_phrasings_than_the_constants_were_fitted_for_change_nothing() -> None:
    assert threshold_for(5, 50, 0.5) == threshold_for(5, 500, 0.5)
    assert threshold_for(5, 5, 0.5) > threshold_for(5, 40, 0.5)


def test_the_threshold_does_not_rise_beyond_ten_entries() -> None:
    assert threshold_for(2, 2, 0.5) < threshold_for(10, 10, 0.5) == threshold_for(20_000, 20_000, 0.5)


def test_the_best_of_several_texts_takes_more_than_one_alone() -> None:
    assert for_best_of(1) == for_best_of(0) == 0
    assert 0 < for_best_of(2) < for_best_of(16) < 0.15


def test_an_empty_table_has_a_threshold_too() -> None:
    assert threshold_for(0, 0, None) == pytest.approx(threshold_for(1, 1, None))

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.statistics.proportion import Flags, Floats, Ints
from core.statistics.recalibration import FOLDS, LEAST_QUESTIONS, Recalibration, recalibration

FEW_SURE = Recalibration(slope=0.5, shift=-1.0, questions=240, off_before=0.2, off_after=0.03)


def drawn(size: int, slope: float = 0.5, shift: float = -1.0, seed: int = 1) -> tuple[Floats, Flags, Ints]:
    """Confidences whose log odds promise too much, and what came true."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(0.5, 2.0, size)
    right = rng.random(size) < 1 / (1 + np.exp(-slope * odds - shift))
    return 1 / (1 + np.exp(-odds)), right, rng.integers(0, FOLDS, size)


def test_a_scale_that_promises_too_much_is_brought_to_what_came_true() -> None:
    found = recalibration(*drawn(20_000))

    assert found is not None
    assert (found.slope, found.shift) == pytest.approx((0.5, -1.0), abs=0.05)
    assert found.questions == 20_000
    assert found.off_before > 0.2
    assert found.off_after < 0.02


def test_two_hundred_questions_are_enough_and_one_less_is_not() -> None:
    confidence, right, fold = drawn(LEAST_QUESTIONS)

    assert recalibration(confidence, right, fold) is not None
    assert recalibration(confidence[1:], right[1:], fold[1:]) is None
    certain = np.append(confidence[1:], 1.0)
    assert recalibration(certain, np.append(right[1:], True), fold) is None, "stored words are certain, and no measure"


@pytest.mark.parametrize("seed", range(20))
def test_on_questions_that_it_was_not_measured_on_it_is_better(seed: int) -> None:
    found = recalibration(*drawn(250, seed=seed))
    others, right, _ = drawn(5_000, seed=1_000 + seed)

    assert found is not None
    shown = np.array([found.of(one) for one in others])
    assert np.mean((shown - right) ** 2) < np.mean((others - right) ** 2) - 0.02


def test_what_keeps_its_word_already_or_means_nothing_is_left_alone() -> None:
    honest = [recalibration(*drawn(300, slope=1.0, shift=0.0, seed=seed)) for seed in range(10)]
    backwards = recalibration(*drawn(1_000, slope=-1.0))
    confidence, right, fold = drawn(300)

    assert honest.count(None) >= 5
    assert all(abs(found.of(0.5) - 0.5) < 0.1 for found in honest if found)
    assert backwards is None
    assert recalibration(confidence, np.ones_like(right), fold) is None
    assert recalibration(confidence, np.zeros_like(right), fold) is None


@given(one=st.floats(0, 1), other=st.floats(0, 1))
def test_more_confidence_stays_more_and_certain_stays_certain(one: float, other: float) -> None:
    low, high = sorted((one, other))

    assert 0 <= FEW_SURE.of(low) <= FEW_SURE.of(high) <= 1
    assert FEW_SURE.of(0.0) == 0.0
    assert FEW_SURE.of(1.0) == 1.0

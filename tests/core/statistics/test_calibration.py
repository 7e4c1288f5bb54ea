import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss

from core.statistics.calibration import brier, reliability
from core.statistics.intervals import wilson_bounds


def draw(seed: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    confidence = np.round(rng.random(size), int(rng.integers(1, 4)))
    return confidence, rng.random(size) < confidence**2


def test_parts_of_the_scale_worked_by_hand() -> None:
    confidence = np.array([0.1, 0.2, 0.6, 0.8, 0.9, 1.0])
    right = np.array([False, False, True, False, True, True])

    found = reliability(confidence, right, bins=2)

    assert found[["low", "high", "rows", "right"]].to_numpy().tolist() == [[0, 0.5, 2, 0], [0.5, 1, 4, 3]]
    assert found["confidence"].tolist() == pytest.approx([0.15, 0.825])
    assert found["rate"].tolist() == [0, 0.75]
    low, high = wilson_bounds([0, 3], [2, 4])
    assert found["rate_low"].tolist() == low.tolist()
    assert found["rate_high"].tolist() == high.tolist()


@given(seed=st.integers(0, 10_000), size=st.integers(1, 200))
@settings(max_examples=30)
def test_bins_and_score_are_those_of_scikit_learn(seed: int, size: int) -> None:
    confidence, right = draw(seed, size)
    rate, mean = calibration_curve(right, confidence, n_bins=10)
    found, score = reliability(confidence, right), brier(confidence, right)

    assert score is not None
    assert found["rate"].tolist() == pytest.approx(rate.tolist())
    assert found["confidence"].tolist() == pytest.approx(mean.tolist())
    assert score.score == pytest.approx(brier_score_loss(right, confidence, labels=[False, True]))


@given(seed=st.integers(0, 10_000), size=st.integers(1, 200))
@settings(max_examples=30)
def test_the_parts_of_the_brier_score_add_up_and_none_is_negative(seed: int, size: int) -> None:
    confidence, right = draw(seed, size)
    found = brier(confidence, right)

    assert found is not None
    assert found.miscalibration - found.discrimination + found.uncertainty == pytest.approx(found.score)
    assert min(found.miscalibration, found.discrimination, found.uncertainty) >= -1e-12
    fitted = IsotonicRegression().fit_transform(confidence, right.astype(float))
    assert found.miscalibration == pytest.approx(found.score - np.mean((fitted - right) ** 2))


def test_the_brier_score_worked_by_hand() -> None:
    found = brier(np.array([0.2, 0.2, 0.8, 0.8]), np.array([False, True, True, True]))

    assert found is not None
    assert found.score == pytest.approx((0.04 + 0.64 + 0.04 + 0.04) / 4)
    assert found.uncertainty == pytest.approx(3 / 16)
    assert found.discrimination == pytest.approx(3 / 16 - (0.25 + 0.25) / 4)
    assert found.miscalibration == pytest.approx(0.19 - 0.125)


def test_no_rows_have_no_score() -> None:
    nothing = np.array([], dtype=float)

    assert brier(nothing, nothing.astype(bool)) is None
    assert reliability(nothing, nothing.astype(bool)).empty

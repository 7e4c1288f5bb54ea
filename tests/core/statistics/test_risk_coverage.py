import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.statistics.risk_coverage import risk_coverage


def test_the_curve_and_its_area_worked_by_hand() -> None:
    found = risk_coverage(np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, False, True, False]))

    assert found is not None
    assert found.curve["coverage"].tolist() == [0.25, 0.5, 0.75, 1.0]
    assert found.curve["risk"].tolist() == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2])
    assert found.curve["confidence"].tolist() == [0.9, 0.8, 0.7, 0.6]
    assert found.aurc == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert found.excess == pytest.approx(found.aurc - (0 + 0 + 1 / 3 + 2 / 4) / 4)


def test_a_perfect_order_has_no_excess_and_the_papers_approximation_holds() -> None:
    right = np.arange(10_000) >= 3_000
    found = risk_coverage(right.astype(float), right)

    assert found is not None
    assert found.excess == pytest.approx(0, abs=1e-3)
    ordered = risk_coverage(np.linspace(0, 1, 10_000), right)
    assert ordered is not None
    assert ordered.excess == 0
    assert ordered.aurc == pytest.approx(0.3 + 0.7 * math.log(0.7), abs=1e-3)


@given(seed=st.integers(0, 10_000), size=st.integers(1, 80))
@settings(max_examples=30)
def test_without_ties_it_is_the_mean_risk_over_all_coverages(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    confidence, right = rng.permutation(size) / size, rng.random(size) < 0.7
    errors = ~right[np.argsort(-confidence)]
    risks = [errors[:answered].mean() for answered in range(1, size + 1)]

    found = risk_coverage(confidence, right)

    assert found is not None
    assert found.aurc == pytest.approx(np.mean(risks))
    assert found.curve["risk"].tolist() == pytest.approx(risks)


@pytest.mark.parametrize("orders", [1_000, pytest.param(4_000, marks=pytest.mark.slow)])
def test_with_ties_it_is_the_mean_over_every_order_of_them(orders: int) -> None:
    rng = np.random.default_rng(1)
    confidence, right = np.round(rng.random(40), 1), rng.random(40) < 0.6
    drawn = [risk_coverage(confidence + rng.random(40) * 1e-6, right) for _ in range(orders)]

    found = risk_coverage(confidence, right)

    assert found is not None
    assert found.aurc == pytest.approx(np.mean([one.aurc for one in drawn if one]), abs=2e-3)


def test_a_long_curve_is_thinned_out_and_keeps_both_ends() -> None:
    found = risk_coverage(np.linspace(0, 1, 5_000), np.ones(5_000, dtype=bool))

    assert found is not None
    assert len(found.curve) == 200
    assert found.curve["coverage"].iloc[[0, -1]].tolist() == [1 / 5_000, 1]
    assert risk_coverage(np.array([]), np.array([], dtype=bool)) is None

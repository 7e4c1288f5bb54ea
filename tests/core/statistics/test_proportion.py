import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.statistics.intervals import wilson, wilson_bounds
from core.statistics.proportion import Proportion


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_many_intervals_at_once_are_the_same_as_one_by_one(counted: tuple[int, int]) -> None:
    low, high = wilson_bounds([counted[0]], [counted[1]])
    one = wilson(*counted)

    assert one is not None
    assert (low[0], high[0]) == (pytest.approx(one.low, abs=1e-12), pytest.approx(one.high, abs=1e-12))
    assert low[0] <= counted[0] / counted[1] <= high[0]


def test_no_rows_have_no_rate_and_no_interval() -> None:
    low, high = wilson_bounds(np.array([0, 3]), np.array([0, 4]))

    assert math.isnan(low[0])
    assert math.isnan(high[0])
    assert (Proportion(0, 0).rate, Proportion(0, 0).interval) == (None, None)
    assert Proportion(3, 4).rate == 0.75
    assert Proportion(3, 4).interval == wilson(3, 4)

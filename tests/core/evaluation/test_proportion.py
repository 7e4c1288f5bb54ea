import math

import numpy as np

from core.evaluation.intervals import wilson, wilson_bounds
from core.evaluation.proportion import Proportion


def test_no_rows_have_no_rate_and_no_interval() -> None:
    low, high = wilson_bounds(np.array([0, 3]), np.array([0, 4]))

    assert math.isnan(low[0])
    assert math.isnan(high[0])
    assert (Proportion(0, 0).rate, Proportion(0, 0).interval) == (None, None)
    assert Proportion(3, 4).rate == 0.75
    assert Proportion(3, 4).interval == wilson(3, 4)

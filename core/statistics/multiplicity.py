"""Keeps many tests at once from finding differences that are none."""

import numpy as np
import numpy.typing as npt

from core.statistics.proportion import Floats


def holm(p_values: npt.ArrayLike) -> Floats:
    """The p-values adjusted by Holm's step-down method, in their order; each is at most 1.

    Among all tests whose adjusted value is below 5 %, a chance finding is in at most 5 % of cases, however the tests
    hang together. Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6 (1979).
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    return adjusted

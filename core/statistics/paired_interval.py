"""How far the difference of two runs on the same rows may be from the true one."""

import math

import numpy as np

from core.statistics.intervals import Interval, wilson
from core.statistics.proportion import Floats, Ints
from core.statistics.rows import Objects

DRAWS = 10_000
SEED = 20_240_229
LEAST_GROUPS = 10
"""With fewer groups the bootstrap's interval is far too narrow, so there is none."""


def newcombe(both: int, broken: int, fixed: int, neither: int) -> Interval | None:
    """The 95 % interval of (fixed - broken) / rows, -1 to 1, for rows that are independent; None of no rows.

    ``both`` and ``neither`` count the rows that both runs have right or wrong. Method 10, which combines the Wilson
    intervals of the two rates, as it keeps its promise with few rows and with rates near 0 and 1: R. G. Newcombe,
    "Improved confidence intervals for the difference between binomial proportions based on paired data", Statistics in
    Medicine 17 (1998).
    """
    n = both + broken + fixed + neither
    second, first = wilson(both + fixed, n), wilson(both + broken, n)
    if second is None or first is None:
        return None
    p2, p1 = (both + fixed) / n, (both + broken) / n
    phi = _correlation(both, broken, fixed, neither)
    return Interval(
        (p2 - p1) - _reach(p2 - second.low, first.high - p1, phi),
        (p2 - p1) + _reach(second.high - p2, p1 - first.low, phi),
    )


def by_groups(difference: Ints, group: Objects) -> Interval | None:
    """The 95 % interval of the mean difference when rows come in groups; None with fewer than LEAST_GROUPS groups.

    ``difference`` is 1 for a fixed, -1 for a broken and 0 for any other row. Whole groups are drawn with replacement
    (cluster bootstrap, percentiles of DRAWS draws): C. A. Field and A. H. Welsh, "Bootstrapping clustered data", JRSS B
    69 (2007). The same rows have the same interval always: the seed is fixed.
    """
    names, where = np.unique(group.astype(str), return_inverse=True)
    if len(names) < LEAST_GROUPS:
        return None
    sums = np.bincount(where, weights=difference).astype(np.int64)
    sizes = np.bincount(where)
    # Groups of one size and sum are the same to a draw, so their kinds are drawn: a few numbers for 100,000 rows.
    kinds, counts = np.unique(np.stack([sums, sizes], axis=1), axis=0, return_counts=True)
    drawn = np.random.default_rng(SEED).multinomial(len(names), counts / len(names), size=DRAWS)
    means: Floats = (drawn @ kinds[:, 0]) / (drawn @ kinds[:, 1])
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(low), float(high))


def _reach(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * phi * one * other + other * other))


def _correlation(both: int, broken: int, fixed: int, neither: int) -> float:
    """The correlation of the two runs with Newcombe's correction for continuity, which only ever lowers it."""
    n = both + broken + fixed + neither
    product = math.sqrt((both + broken) * (fixed + neither) * (both + fixed) * (broken + neither))
    above = both * neither - broken * fixed
    corrected = max(above - n / 2, 0.0) if above > 0 else float(above)
    return corrected / product if product else 0.0

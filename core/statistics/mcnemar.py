"""The test of two runs on the same rows, and how large a difference it can find."""

import numpy as np

from core.statistics.proportion import Floats, Ints

LEVEL = 0.05
POWER = 0.8


def mcnemar(broken: int, fixed: int) -> float:
    """The two-sided p-value of McNemar's exact test.

    ``broken`` rows were right in the first run only, ``fixed`` ones in the second only; where both runs do equally well
    a row is as likely one as the other. Rows that both have right or wrong say nothing. 1 when there are none. Source:
    Q. McNemar, Psychometrika 12 (1947), with the exact binomial distribution.
    """
    from scipy.stats import binomtest  # type: ignore[import-untyped]  # noqa: PLC0415 - takes a second to load

    differing = broken + fixed
    return float(binomtest(min(broken, fixed), differing, 0.5).pvalue) if differing else 1.0


def power(rows: int, changed: float, difference: float, level: float = LEVEL) -> float:
    """How likely the exact test finds a difference (0 to 1) between two runs of ``rows`` shared rows.

    ``changed`` is the share of the rows that one run has right and the other wrong, ``difference`` the share fixed less
    the share broken, both as they really are; 0 <= difference <= changed <= 1. Exact, as the sum over the number of
    differing rows: S. W. Duffy, "Asymptotic and exact power for the McNemar test and its analogue with R controls per
    case", Biometrics 40 (1984). Only the side of the real difference counts. Raises ValueError outside these bounds.
    """
    if not (0 <= difference <= changed <= 1 and rows >= 1):
        raise ValueError(f"no {rows} rows can have {changed} changed with a difference of {difference}")
    if changed == 0:
        return 0.0
    from scipy.stats import binom  # noqa: PLC0415 - takes a second to load

    low, high = binom.ppf([1e-10, 1 - 1e-10], rows, changed)
    differing: Ints = np.arange(max(0, int(low)), int(high) + 1)
    fixed = (changed + difference) / (2 * changed)
    weight: Floats = binom.pmf(differing, rows, changed)
    return float(np.sum(weight * binom.cdf(_most_broken(differing, level), differing, 1 - fixed)))


def detectable(rows: int, changed: float, wanted: float = POWER, level: float = LEVEL) -> float | None:
    """The smallest difference (0 to 1) that is found with a probability of ``wanted``, None when none is.

    ``changed`` as in ``power``: the more rows change in both directions, the larger a difference must be to stand out.
    """
    if rows < 1 or power(rows, changed, changed, level) < wanted:
        return None
    low, high = 0.0, changed
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (low, middle) if power(rows, changed, middle, level) >= wanted else (middle, high)
    return high


def _most_broken(differing: Ints, level: float) -> Floats:
    """The largest count of broken rows with which the test still finds that more were fixed; -1 for none."""
    from scipy.stats import binom  # noqa: PLC0415 - takes a second to load

    most: Floats = binom.ppf(level / 2, differing, 0.5)
    most = np.where(differing > 0, most, -1.0)
    too_many = binom.cdf(most, differing, 0.5) > level / 2
    return np.where(too_many, most - 1, most)

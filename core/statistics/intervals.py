"""How far a rate that was counted on a sample may be from the true one."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval of a rate; both ends are between 0 and 1."""

    low: float
    high: float


def wilson(successes: int, trials: int, confidence: float = 0.95) -> Interval | None:
    """Wilson's score interval of a rate, None without any trial.

    It stays sensible for few trials and for rates of 0 and 1, where the usual "plus or minus" has no width. Source:
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927). Raises
    ValueError unless 0 <= successes <= trials and 0 < confidence < 1.
    """
    if not 0 <= successes <= trials or not 0 < confidence < 1:
        raise ValueError(f"{successes} of {trials} at {confidence} is no rate with an interval")
    if trials == 0:
        return None
    (low,), (high,) = wilson_bounds([successes], [trials], confidence)
    return Interval(float(low), float(high))


def wilson_bounds(counts: npt.ArrayLike, of: npt.ArrayLike, confidence: float = 0.95) -> tuple[_Floats, _Floats]:
    """The low and high ends of ``wilson`` for many rates at once; NaN where ``of`` is 0. Source: see ``wilson``."""
    z2 = NormalDist().inv_cdf(0.5 + confidence / 2) ** 2
    total = np.asarray(of, dtype=np.float64)
    n = np.where(total > 0, total, np.nan)
    rate = np.asarray(counts, dtype=np.float64) / n
    middle = (rate + z2 / (2 * n)) / (1 + z2 / n)
    reach = np.sqrt(z2 * (rate * (1 - rate) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    # Rounding must not leave a rate of 0 or 1 outside its own interval.
    low = np.where(rate == 0, 0.0, np.maximum(middle - reach, 0.0))
    high = np.where(rate == 1, 1.0, np.minimum(middle + reach, 1.0))
    return low, high

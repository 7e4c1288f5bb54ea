"""A count and what it is a part of, with its rate and how sure that is."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.evaluation.intervals import Interval, wilson

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Proportion:
    """``count`` of ``of`` rows."""

    count: int
    of: int

    @property
    def rate(self) -> float | None:
        """The share (0 to 1), None of no rows."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of the rate (Wilson's), None of no rows."""
        return wilson(self.count, self.of)


def wilson_bounds(counts: npt.ArrayLike, of: npt.ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """The low and high ends of ``wilson`` for many rates at once; NaN where ``of`` is 0. Source: see ``wilson``."""
    from scipy.special import ndtri  # type: ignore[import-untyped]  # noqa: PLC0415 - takes a moment to load

    z2 = float(ndtri(0.5 + confidence / 2)) ** 2
    total = np.asarray(of, dtype=np.float64)
    n = np.where(total > 0, total, np.nan)
    rate = np.asarray(counts, dtype=np.float64) / n
    middle = (rate + z2 / (2 * n)) / (1 + z2 / n)
    reach = np.sqrt(z2 * (rate * (1 - rate) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    # Rounding must not leave a rate of 0 or 1 outside its own interval.
    low = np.where(rate == 0, 0.0, np.maximum(middle - reach, 0.0))
    high = np.where(rate == 1, 1.0, np.minimum(middle + reach, 1.0))
    return low, high

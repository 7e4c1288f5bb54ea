"""A count and what it is a part of, with its rate and how sure that is."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.statistics.intervals import Interval, wilson

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

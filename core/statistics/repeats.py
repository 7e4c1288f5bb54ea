"""How often the same run, made again, gives another reply."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.statistics.pairing import pair
from core.statistics.proportion import Ints, Proportion
from core.statistics.rows import Rows


@dataclass(frozen=True, kw_only=True, slots=True)
class Flips:
    """Of the rows that no repeat failed at, those whose reply is not the same in all; ``failed`` counts the others.

    ``places`` are the flipped rows, as positions in the first run.
    """

    share: Proportion
    failed: int
    places: Ints


def flips(runs: Sequence[Rows]) -> Flips:
    """How many replies flip between repeats of one run, over the rows that all of them have.

    The reply is the entry given, or that a person takes over; with or without a label. The interval of ``share`` is
    Wilson's. Raises ValueError with fewer than two runs.
    """
    if len(runs) < 2:
        raise ValueError("one run alone repeats nothing")
    first = runs[0]
    shared = np.ones(len(first), dtype=bool)
    failed, flipped = first.failed.copy(), np.zeros(len(first), dtype=bool)
    for run in runs[1:]:
        pairs = pair(first, run)
        found = np.zeros(len(first), dtype=bool)
        found[pairs.first] = True
        shared &= found
        failed[pairs.first] |= run.failed[pairs.second]
        flipped[pairs.first] |= first.given[pairs.first] != run.given[pairs.second]
    counted = shared & ~failed
    return Flips(
        share=Proportion(int((counted & flipped).sum()), int(counted.sum())),
        failed=int((shared & failed).sum()),
        places=np.flatnonzero(counted & flipped),
    )

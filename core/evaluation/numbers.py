"""How figures are written, everywhere the same and never finer or kinder than they are."""

import math

from core.evaluation.intervals import Interval


def percent(rate: float) -> str:
    """A rate (0 to 1) in whole per cent. Only none is 0 % and only all is 100 %.

    >>> percent(0.714), percent(0.999), percent(0.001), percent(1)
    ('71 %', 'over 99 %', 'under 1 %', '100 %')
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"{rate} is no rate")
    whole = math.floor(rate * 100 + 0.5)
    if whole == 100 and rate < 1:
        return "over 99 %"
    return "under 1 %" if whole == 0 and rate > 0 else f"{whole} %"


def span(interval: Interval) -> str:
    """An interval in whole per cent, rounded outwards, so that it never looks narrower than it is.

    >>> span(Interval(0.6334, 0.7766))
    '63–78 %'
    """
    low, high = math.floor(round(interval.low * 100, 6)), math.ceil(round(interval.high * 100, 6))
    return f"{low} %" if low == high else f"{low}–{high} %"


def share(count: int, of: int) -> str:
    """A count and what it is a part of.

    >>> share(12, 1280)
    '12 of 1,280'
    """
    return f"{count:,} of {of:,}"

"""How figures are written, everywhere the same and never finer or kinder than they are."""

import math

from core.statistics.intervals import Interval

WHOLE_ROWS = 100
"""Of so many rows each is a point or more, so whole per cent tell all; of more, a decimal tells two counts apart."""


def percent(rate: float, of: int = 0) -> str:
    """A rate (0 to 1) in per cent, with a decimal where it is a share ``of`` many rows. Only none is 0 %, only all is
    100 %.

    >>> percent(0.714), percent(0.999), percent(0.001), percent(1)
    ('71 %', 'over 99 %', 'under 1 %', '100 %')
    >>> percent(85 / 122, of=122), percent(3 / 90_000, of=90_000), percent(0, of=122)
    ('69.7 %', 'under 0.1 %', '0 %')
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"{rate} is no rate")
    if rate in (0, 1):
        return f"{rate * 100:.0f} %"
    places = decimals(of)
    scale = 10**places
    parts = math.floor(rate * 100 * scale + 0.5)
    if parts == 100 * scale:
        return f"over {100 - 1 / scale:.{places}f} %"
    return f"under {1 / scale:.{places}f} %" if parts == 0 else f"{parts / scale:.{places}f} %"


def span(interval: Interval, of: int = 0) -> str:
    """An interval in per cent, as fine as ``percent`` of the same rows, rounded outwards, so that it never looks
    narrower than it is.

    >>> span(Interval(0.6334, 0.7766)), span(Interval(0.6334, 0.7766), of=122)
    ('63–78 %', '63.3–77.7 %')
    """
    low, high = (f"{end:.0f}" if end in (0, 100) else f"{end:.{decimals(of)}f}" for end in bounds(interval, of))
    return f"{low} %" if low == high else f"{low}–{high} %"


def bounds(interval: Interval, of: int = 0) -> tuple[float, float]:
    """The ends of an interval in per cent (or points), rounded outwards to what so many rows can tell."""
    scale = 10 ** decimals(of)
    low = math.floor(round(interval.low * 100 * scale, 6)) / scale
    high = math.ceil(round(interval.high * 100 * scale, 6)) / scale
    return low, high


def points(difference: float, of: int = 0) -> str:
    """A difference in points with its sign, as fine as ``percent`` of the same rows, and a minus that is one.

    >>> points(7.0), points(-2.5, of=122), points(2.0, of=122), points(0.0)
    ('+7', '−2.5', '+2.0', '0')
    """
    return f"{difference:+.{decimals(of)}f}".replace("-", "−") if difference else "0"


def as_set(rate: float) -> str:
    """A rate (0 to 1) that somebody chose, exactly as they chose it.

    >>> as_set(0.55), as_set(0.333)
    ('55 %', '33.3 %')
    """
    return f"{round(rate * 100, 2):g} %"


def decimals(of: int) -> int:
    """How many decimals of a per cent a share of so many rows is written with."""
    return 1 if of > WHOLE_ROWS else 0


def column_format(of: int) -> str:
    """The format of a column of such shares in a table (printf, of numbers from 0 to 100)."""
    return f"%.{decimals(of)}f %%"


def share(count: int, of: int) -> str:
    """A count and what it is a part of.

    >>> share(12, 1280)
    '12 of 1,280'
    """
    return f"{count:,} of {of:,}"

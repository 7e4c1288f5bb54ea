"""The only words that a comparison may end in, and what they follow from."""

from enum import StrEnum

from core.statistics.intervals import Interval

LEVEL = 0.05


class Conclusion(StrEnum):
    """What may be said about one run against another. The value is the word for people."""

    BETTER = "better"
    WORSE = "worse"
    UNCLEAR = "no clear difference at this size"


def rule(p: float, interval: Interval | None) -> Conclusion:
    """The ruling from the p-value of the test (adjusted where several were made) and the interval of the difference.

    Better or worse is said only where the test finds a difference at 5 % and the interval lies on one side of 0. Both
    must say so: the test takes rows for independent, which the interval of grouped rows does not.
    """
    if interval is None or not p < LEVEL or interval.low <= 0 <= interval.high:
        return Conclusion.UNCLEAR
    return Conclusion.BETTER if interval.low > 0 else Conclusion.WORSE

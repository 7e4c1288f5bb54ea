"""How far a rate that was counted on a sample may be from the true one."""

from dataclasses import dataclass


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
    from scipy.stats import binomtest  # type: ignore[import-untyped]  # noqa: PLC0415 - takes a second to load

    found = binomtest(successes, trials).proportion_ci(confidence_level=confidence, method="wilson")
    return Interval(float(found.low), float(found.high))

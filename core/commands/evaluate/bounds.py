"""What a run has to reach, and whether it did."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.report.figures import NAMES, WITH_INTERVAL, Figure

_ENDS = ("low", "high")


@dataclass(frozen=True, kw_only=True, slots=True)
class Bound:
    """A figure, or an end of its 95 % interval (``end`` is "low" or "high"), and the value that it may not pass.

    ``least`` says that it may not be under the limit, else it may not be over it.
    """

    name: str
    end: str
    limit: float
    least: bool

    @property
    def called(self) -> str:
        """The figure as it was written, e.g. "accuracy.low"."""
        return f"{self.name}.{self.end}" if self.end else self.name


def bound(text: str, *, least: bool) -> Bound:
    """Read "accuracy=0.9" or "accuracy.low=0.85". Raises ValueError, which says what is wrong."""
    written, _, number = text.partition("=")
    name, _, end = written.strip().partition(".")
    if name not in NAMES:
        raise ValueError(f"“{name}” is no figure of a run. There are {', '.join(NAMES)}.")
    if end and (end not in _ENDS or name not in WITH_INTERVAL):
        raise ValueError(f"“{written}” is no figure: .low and .high go with {', '.join(sorted(WITH_INTERVAL))}.")
    try:
        limit = float(number)
    except ValueError:
        limit = -1.0
    if not 0 <= limit <= 1:
        raise ValueError(f"“{text}” needs a number from 0 to 1 behind the =, such as {name}=0.9 for 90 %.")
    return Bound(name=name, end=end, limit=limit, least=least)


def checked(bounds: Iterable[Bound], figures: Iterable[Figure]) -> list[tuple[Bound, float | None, bool]]:
    """Each bound with the figure's value and whether it is kept. A figure that the run does not have keeps nothing."""
    by_name = {figure.name: figure for figure in figures}
    found = []
    for one in bounds:
        figure = by_name[one.name]
        value = {"": figure.value, "low": figure.low, "high": figure.high}[one.end]
        kept = value is not None and (value >= one.limit if one.least else value <= one.limit)
        found.append((one, value, kept))
    return found

"""The rates of a run, each with the rows it is fairly a share of."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.statistics.intervals import Interval, wilson
from core.statistics.verdict import Verdict

Counts = Mapping[tuple[str, Verdict], int]
"""How many rows have each (label kind, verdict). Cheap to get from a database."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """How many rows have a verdict, ``count``, ``of`` how many, and ``of_words`` says which ("12 of 80 …").

    ``rate`` (0 to 1) and ``interval`` (95 %) are None when there is no such row; rows without a label have no interval,
    since how many there are is a fact of the file.
    """

    verdict: Verdict
    count: int
    of: int
    of_words: str
    rate: float | None
    interval: Interval | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """The figures of a run: one rate for each verdict, in their order. ``attempted`` counts every finished row,
    ``labelled`` those that say what is expected, failed ones too."""

    attempted: int
    labelled: int
    rates: tuple[Rate, ...]

    def rate(self, verdict: Verdict) -> Rate:
        """The rate of one verdict."""
        return next(rate for rate in self.rates if rate.verdict is verdict)

    def count(self, verdict: Verdict) -> int:
        """How many rows have this verdict."""
        return self.rate(verdict).count


def summarise(counts: Counts) -> Summary:
    """The rates of a run from its counts.

    Failures are only a share of all rows tried; every other rate leaves them out, so a failed call makes no figure of
    quality better or worse. Raises ValueError for a count that no judged row can have.
    """
    for (kind, verdict), count in counts.items():
        if count < 0 or kind not in verdict.counting.kinds:
            raise ValueError(f"no {count} rows can be {verdict!r} with the label {kind!r}")
    labelled = sum(number for (kind, _), number in counts.items() if kind in Verdict.RIGHT.counting.of.kinds)
    rates = tuple(_rate(verdict, counts) for verdict in Verdict)
    return Summary(attempted=sum(counts.values()), labelled=labelled, rates=rates)


def _rate(verdict: Verdict, counts: Counts) -> Rate:
    share = verdict.counting.of
    count = sum(number for (_, found), number in counts.items() if found is verdict)
    of = sum(
        number
        for (kind, found), number in counts.items()
        if kind in share.kinds and (share.with_failures or found is not Verdict.FAILED)
    )
    return Rate(
        verdict=verdict,
        count=count,
        of=of,
        of_words=share.words.replace("questions that expect", "question that expects").replace("questions", "question")
        if of == 1
        else share.words,
        rate=count / of if of else None,
        interval=None if verdict is Verdict.NOT_LABELLED else wilson(count, of),
    )

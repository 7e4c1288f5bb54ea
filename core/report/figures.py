"""The figures of a run by name: the same names in every file, and on the command line."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.runs.analysis import Analysis
from core.statistics.intervals import Interval
from core.statistics.metrics import Rate, Summary
from core.statistics.numbers import percent, share, span
from core.statistics.proportion import Proportion
from core.statistics.verdict import Verdict

RATES = {verdict.counting.figure: verdict for verdict in Verdict}
"""The share of each outcome, by the name of its figure."""

SCOPE = {
    "handoff_recall": (
        "Handed over when due",
        "Of the questions that expect a person, the share that was handed over.",
    ),
    "handoff_precision": ("Rightly handed over", "Of all that was handed over, the share that expected a person."),
}
AVERAGES = {
    "macro_precision": ("Precision", "Of the times an entry is given, the share that is right; the mean over entries."),
    "macro_recall": ("Recall", "Of the questions that expect an entry, the share that got it; the mean over entries."),
    "macro_f1": ("F1", "Precision and recall in one figure (their harmonic mean); the mean over entries."),
}
SCORES = {
    "brier": ("Brier score", "Mean squared distance of confidence and outcome; 0 is perfect."),
    "miscalibration": ("Miscalibration", "The part of the Brier score that a better scale of confidence would save."),
    "aurc": (
        "AURC",
        "Mean share of wrong answers over all shares of questions answered; less is better.",
    ),
    "excess_aurc": ("Excess AURC", "The part of AURC that a perfect order of the questions would save."),
}
NAMES = (*RATES, *SCOPE, *AVERAGES, *SCORES)
"""Every figure."""

WITH_INTERVAL = frozenset({*RATES, *SCOPE} - {"not_labelled"})
"""Those that have a 95 % interval: shares of rows that chance could move."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A figure of a run: ``value`` is None where there is nothing to make it of.

    Shares of rows also have their count, of how many, which these are (``of_words``), and, but for the rows without a
    label, a 95 % interval.
    """

    name: str
    label: str
    gloss: str
    value: float | None
    low: float | None = None
    high: float | None = None
    count: int | None = None
    of: int | None = None
    of_words: str = ""

    @property
    def told(self) -> str:
        """A share in per cent; "–" where there is nothing to make it of."""
        return "–" if self.value is None else percent(self.value, self.of or 0)

    @property
    def likely(self) -> str:
        """The 95 % interval of a share; "" where it has none."""
        return "" if self.low is None or self.high is None else span(Interval(self.low, self.high), self.of or 0)

    @property
    def counted(self) -> str:
        """What a share is made of, e.g. "8 of 10 labelled questions"."""
        return f"{share(self.count or 0, self.of)} {self.of_words}" if self.of else f"no {self.of_words}"


def outcomes(summary: Summary) -> list[Figure]:
    """The share of each outcome of a run."""
    return [
        _share(rate.verdict.counting.figure, rate.verdict.label, rate.verdict.gloss, rate, rate.of_words)
        for rate in summary.rates
    ]


def figures(analysis: Analysis) -> list[Figure]:
    """All figures of a run, in the order of ``NAMES``."""
    return [*outcomes(analysis.summary), *_scope(analysis), *_averages(analysis), *scores(analysis)]


def _scope(analysis: Analysis) -> Iterator[Figure]:
    found = analysis.out_of_scope
    parts = {
        "handoff_recall": (found.recall, "questions that expect a person"),
        "handoff_precision": (found.precision, "questions handed over"),
    }
    for name, (part, of_words) in parts.items():
        yield _share(name, *SCOPE[name], part, of_words)


def _share(name: str, label: str, gloss: str, part: Rate | Proportion, of_words: str) -> Figure:
    return Figure(
        name=name,
        label=label,
        gloss=gloss,
        value=part.rate,
        low=part.interval.low if part.interval else None,
        high=part.interval.high if part.interval else None,
        count=part.count,
        of=part.of,
        of_words=of_words,
    )


def _averages(analysis: Analysis) -> Iterator[Figure]:
    means = analysis.averages
    values = {name: getattr(means, name.removeprefix("macro_")) if means else None for name in AVERAGES}
    for name, (label, gloss) in AVERAGES.items():
        yield Figure(name=name, label=label, gloss=gloss, value=values[name])


def scores(analysis: Analysis) -> Iterator[Figure]:
    """The figures of its confidence; without a value where the engine told none."""
    brier, curve = analysis.brier, analysis.risk_coverage
    values = {
        "brier": brier.score if brier else None,
        "miscalibration": brier.miscalibration if brier else None,
        "aurc": curve.aurc if curve else None,
        "excess_aurc": curve.excess if curve else None,
    }
    for name, (label, gloss) in SCORES.items():
        yield Figure(name=name, label=label, gloss=gloss, value=values[name])

"""Figures about decisions: how often right, wrong and refused, and how far confidences are off, with intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from tests.benchmarks.decision_tables import FAR, KNOWN, NEAR

BINS = 10

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Questions put to one or more tables, one row a question.

    ``score`` and ``confidence`` are those of the best entry, ``right`` says that it is the right one, ``given`` that it
    was the answer, ``exact`` that the question is stored; ``kind`` as in decision_tables.py. ``cross`` (0 for one
    entry), ``within``, ``entries`` and ``each`` (phrasings an entry) describe the table as the engine reads it.
    """

    score: Floats
    confidence: Floats
    right: Flags
    given: Flags
    exact: Flags
    kind: NDArray[np.intp]
    cross: Floats
    within: Floats
    entries: Floats
    each: Floats

    @property
    def weights(self) -> Floats:
        """Known questions weigh one half of all, near and far ones a quarter each."""
        return self.weighed({KNOWN: 0.5, NEAR: 0.25, FAR: 0.25})

    def weighed(self, shares: Mapping[int, float]) -> Floats:
        """Weights of the rows, so that each kind of question has its share."""
        weights = np.zeros(len(self.kind))
        for kind, share in shares.items():
            of_kind = self.kind == kind
            if of_kind.any():
                weights[of_kind] = share / of_kind.sum()
        return weights

    def judged(self, thresholds: Floats, confidence: Floats) -> Self:
        """The same rows with other thresholds and confidences."""
        certain = np.where(self.exact, 1.0, confidence)
        return replace(self, given=self.exact | (self.score >= thresholds), confidence=certain)


def joined(rows: Sequence[Rows]) -> Rows:
    """Rows of several tables as one."""
    return Rows(**{each.name: np.concatenate([getattr(one, each.name) for one in rows]) for each in fields(Rows)})


def figures(rows: Rows) -> Floats:
    """Known ones whose best entry is right, answered right, answered wrong; near and far ones refused, and their mean;
    in percent."""
    known, near, far = (rows.kind == kind for kind in (KNOWN, NEAR, FAR))
    refused = [(~rows.given[kind]).mean() if kind.any() else 0.0 for kind in (near, far)]
    return 100 * np.array(
        [
            rows.right[known].mean(),
            (rows.given & rows.right)[known].mean(),
            (rows.given & ~rows.right)[known].mean(),
            *refused,
            np.mean(refused),
        ]
    )


def calibration_error(rows: Rows) -> float:
    """By how many points the confidence is off: questions in bins of equal weight by the best entry's confidence, in
    each the distance of the mean confidence to the share of right entries (expected calibration error)."""
    order = np.argsort(rows.confidence, kind="stable")
    weights = rows.weights[order]
    bins = np.minimum((np.cumsum(weights) - weights / 2) / weights.sum() * BINS, BINS - 1).astype(int)
    gaps = (rows.confidence - rows.right)[order] * weights
    return 100 * float(np.abs(np.bincount(bins, gaps, minlength=BINS)).sum() / weights.sum())


NAMES = ("best is right", "right", "wrong", "near refused", "far refused", "refused", "balance", "off by")


def line(families: Sequence[Sequence[Rows]]) -> str:
    """The figures of tables of one or more families, each family weighing the same, with half of the 95 % interval."""
    means, variances, off = [], [], []
    for tables in families:
        values = np.array([figures(table) for table in tables])
        values = np.column_stack([values, (values[:, 1] + values[:, 5]) / 2])
        means.append(values.mean(axis=0))
        variances.append(values.var(axis=0, ddof=1) / len(values))
        off.append(calibration_error(joined(tables)))
    degrees = sum(len(tables) - 1 for tables in families)
    half = student.ppf(0.975, degrees) * np.sqrt(np.sum(variances, axis=0)) / len(families)
    cells = " ".join(f"{mean:7.1f} ±{each:4.1f}" for mean, each in zip(np.mean(means, axis=0), half, strict=True))
    return f"{cells} {np.mean(off):8.1f}"


def printed(title: str) -> None:
    """The head of a table of figures."""
    print(f"\n{title}\n{'':30}" + " ".join(f"{name:>13}" for name in NAMES), flush=True)

"""Whether a confidence means what it says: of questions with 80 %, eight in ten should be right."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.statistics.intervals import wilson_bounds
from core.statistics.proportion import Flags, Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class Brier:
    """The Brier score (mean squared distance of confidence and outcome; 0 is perfect) and what it is made of.

    ``score = miscalibration - discrimination + uncertainty``, exactly. ``miscalibration`` is what a better scale of the
    confidence would save, ``discrimination`` what the confidence knows of right and wrong, ``uncertainty`` the score of
    always saying the mean.
    """

    score: float
    miscalibration: float
    discrimination: float
    uncertainty: float


def reliability(confidence: Floats, right: Flags, bins: int = 10) -> pd.DataFrame:
    """Confidence against what came true, in ``bins`` equal parts of 0 to 1; parts without a row are left out.

    Columns: low, high, rows, right (counts), confidence (mean), rate (share right), rate_low, rate_high (95 % Wilson
    interval). A value on an edge belongs to the part below, as in scikit-learn's ``calibration_curve``.
    """
    edges = np.linspace(0.0, 1.0, bins + 1)
    part = np.searchsorted(edges[1:-1], confidence)
    rows = np.bincount(part, minlength=bins)
    hits = np.bincount(part, weights=right, minlength=bins).astype(np.int64)
    sums = np.bincount(part, weights=confidence, minlength=bins)
    some = rows > 0
    low, high = wilson_bounds(hits[some], rows[some])
    return pd.DataFrame(
        {
            "low": edges[:-1][some],
            "high": edges[1:][some],
            "rows": rows[some],
            "right": hits[some],
            "confidence": sums[some] / rows[some],
            "rate": hits[some] / rows[some],
            "rate_low": low,
            "rate_high": high,
        }
    )


def brier(confidence: Floats, right: Flags) -> Brier | None:
    """The Brier score and its parts, None of no rows.

    The parts are those of the isotonic regression of the outcome on the confidence (CORP), which needs no choice of
    bins and adds up exactly: T. Dimitriadis, T. Gneiting and A. I. Jordan, "Stable reliability diagrams for
    probabilistic classifiers", PNAS 118 (2021).
    """
    if not len(confidence):
        return None
    from scipy.optimize import isotonic_regression  # type: ignore[import-untyped]  # noqa: PLC0415 - slow to load

    values, where, rows = np.unique(confidence, return_inverse=True, return_counts=True)
    means = np.bincount(where, weights=right) / rows
    fitted = isotonic_regression(means, weights=rows).x[where]
    outcome = right.astype(np.float64)
    score = float(np.mean((values[where] - outcome) ** 2))
    best = float(np.mean((fitted - outcome) ** 2))
    uncertainty = float(outcome.mean() * (1 - outcome.mean()))
    return Brier(score=score, miscalibration=score - best, discrimination=uncertainty - best, uncertainty=uncertainty)

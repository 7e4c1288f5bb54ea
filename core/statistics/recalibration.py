"""Brings a confidence to what it was worth: of what is shown as 80 %, eight in ten should be right."""

import math
from dataclasses import dataclass

import numpy as np

from core.statistics.calibration import reliability
from core.statistics.proportion import Flags, Floats, Ints

LEAST_QUESTIONS = 200
"""With fewer, chance would choose the scale."""
FOLDS = 5
_FAR = 700.0
"""Log odds beyond which there is no number any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recalibration:
    """A scale of confidence that was measured on ``questions``.

    On questions that it was not measured on, the engine's own confidence is ``off_before`` from what came true, and
    this one ``off_after``: the mean distance in ten parts of 0 to 1, weighted by their questions (0 to 1).
    """

    slope: float
    shift: float
    questions: int
    off_before: float
    off_after: float

    def of(self, confidence: float) -> float:
        """What a confidence of the engine is worth. The higher that is, the higher is this; none and all stay so."""
        if not 0 < confidence < 1:
            return confidence
        level = self.shift + self.slope * math.log(confidence / (1 - confidence))
        return 1 / (1 + math.exp(-max(-_FAR, min(_FAR, level))))


def recalibration(confidence: Floats, right: Flags, fold: Ints) -> Recalibration | None:
    """The scale that questions with these confidences ask for, of which these were ``right``.

    ``fold`` (0 to FOLDS - 1) says which questions belong together: each part is judged by a scale that was measured
    on the others. Confidences of 0 and 1 are certain and left out. None of fewer than LEAST_QUESTIONS, where none or
    all were right, where more confidence does not mean more often right, and where the new scale is no better on
    questions that it was not measured on (by the Brier score).

    A logistic regression on the log odds of the confidence, with J. Platt's targets, which keep it finite:
    "Probabilistic outputs for support vector machines and comparisons to regularized likelihood methods", 1999. Two
    numbers are fitted, and not a step for every few questions as by isotonic regression, which needs about a thousand:
    A. Niculescu-Mizil and R. Caruana, "Predicting good probabilities with supervised learning", ICML 2005.
    """
    inside = (confidence > 0) & (confidence < 1)
    sure, right, fold = confidence[inside], right[inside], fold[inside]
    if len(sure) < LEAST_QUESTIONS or right.all() or not right.any():
        return None
    odds = np.log(sure / (1 - sure))
    slope, shift = _fitted(odds, right)
    unseen = _unseen(odds, right, fold)
    outcome = right.astype(np.float64)
    if slope <= 0 or np.mean((unseen - outcome) ** 2) >= np.mean((sure - outcome) ** 2):
        return None
    return Recalibration(
        slope=slope,
        shift=shift,
        questions=len(sure),
        off_before=_off(sure, right),
        off_after=_off(unseen, right),
    )


def _unseen(odds: Floats, right: Flags, fold: Ints) -> Floats:
    """Each question's new confidence by a scale that was measured without its part."""
    found = np.empty(len(odds))
    for part in np.unique(fold):
        held = fold == part
        slope, shift = _fitted(odds[~held], right[~held]) if (~held).any() else (1.0, 0.0)
        found[held] = 1 / (1 + np.exp(-slope * odds[held] - shift))
    return found


def _fitted(odds: Floats, right: Flags) -> tuple[float, float]:
    """Slope and shift that make the outcomes most likely."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]  # noqa: PLC0415 - slow to load

    hits = int(right.sum())
    target = np.where(right, (hits + 1) / (hits + 2), 1 / (len(right) - hits + 2))

    def loss(line: Floats) -> tuple[float, Floats]:
        level = line[0] * odds + line[1]
        miss = 1 / (1 + np.exp(-level)) - target
        likely = np.logaddexp(0, level) - target * level
        return float(likely.mean()), np.array([np.mean(miss * odds), miss.mean()])

    slope, shift = minimize(loss, np.array([1.0, 0.0]), jac=True, method="BFGS").x
    return float(slope), float(shift)


def _off(confidence: Floats, right: Flags) -> float:
    """How far confidence and outcome are apart: the expected calibration error of ten equal parts."""
    parts = reliability(confidence, right)
    return float(np.average((parts["confidence"] - parts["rate"]).abs(), weights=parts["rows"]))

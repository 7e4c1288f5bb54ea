"""How many answers would be wrong if only the surest questions were answered, for every share of them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.statistics.intervals import wilson_bounds
from core.statistics.proportion import Flags, Floats


@dataclass(frozen=True, kw_only=True)
class RiskCoverage:
    """The curve and the area under it.

    ``curve`` has the columns coverage (share of the questions answered, the surest first), risk (share of the answers
    that is wrong), risk_low, risk_high (95 % Wilson interval at this point alone) and confidence (of the least sure
    question answered). ``aurc`` is the area under it, ``excess`` what of it a perfect order would spare; the smaller,
    the better the confidence tells right from wrong.
    """

    curve: pd.DataFrame
    aurc: float
    excess: float


def risk_coverage(confidence: Floats, right: Flags, points: int = 200) -> RiskCoverage | None:
    """The risk-coverage curve of at most about ``points`` points, None of no rows.

    AURC is the mean of the selective risk over the coverages 1/n, 2/n, … 1, and the excess is AURC less that of an
    order with all wrong ones last, on the same n questions: Y. Geifman, G. Uziel and R. El-Yaniv, "Bias-reduced
    uncertainty estimation for deep neural classifiers", ICLR 2019, with the exact sum in place of its approximation
    r + (1 - r) ln(1 - r). Questions of equal confidence count in every order alike, so the order of the file is of no
    matter.
    """
    n = len(confidence)
    if not n:
        return None
    answered = np.arange(1, n + 1)
    values, rows, errors = _by_confidence(confidence, right)
    ends, total = np.cumsum(rows), np.cumsum(errors)
    # Within a tie the expected number of errors among the first i grows evenly.
    wrong = np.interp(answered, np.concatenate([[0], ends]), np.concatenate([[0], total]))
    aurc = float(np.mean(wrong / answered))
    perfect = float(np.mean(np.maximum(0, answered - (n - total[-1])) / answered))
    chosen = np.unique(np.linspace(0, len(ends) - 1, min(points, len(ends))).round().astype(int))
    low, high = wilson_bounds(total[chosen], ends[chosen])
    curve = pd.DataFrame(
        {
            "coverage": ends[chosen] / n,
            "risk": total[chosen] / ends[chosen],
            "risk_low": low,
            "risk_high": high,
            "confidence": values[chosen],
        }
    )
    return RiskCoverage(curve=curve, aurc=aurc, excess=aurc - perfect)


def _by_confidence(confidence: Floats, right: Flags) -> tuple[Floats, Floats, Floats]:
    """Each confidence, the highest first, with its rows and its errors."""
    values, where, rows = np.unique(confidence, return_inverse=True, return_counts=True)
    errors = np.bincount(where, weights=~right)
    return values[::-1], rows[::-1].astype(np.float64), errors[::-1].astype(np.float64)

"""Which threshold keeps a promise to visitors, such as "at most 2 of 100 get a wrong answer", and how that is proven.

A visitor is a row, or all rows that belong together (a conversation, the same question twice): they got a wrong answer
when any of these rows did. An answer where a person was expected is a wrong one too. The promise is about all visitors,
those who are handed to a person among them, and holds for visitors who ask as those of the run did.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.statistics.proportion import Floats, Proportion
from core.statistics.rows import PERSON, Rows
from core.statistics.thresholds import ROUNDING, STEPS, belongs_to, steps_within, usable

RISK = 0.05
"""How likely a promise may be broken by chance: in one of 20 such tests."""
MOST_LABELS = 100_000
"""More labelled visitors than this are never asked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """From the confidence ``threshold`` (0 to 1) on, the promise holds. There ``wrong`` of the run's visitors got a
    wrong answer, and surely (95 %) no more than ``at_most`` (0 to 1) of all do."""

    threshold: float
    wrong: Proportion
    at_most: float


@dataclass(frozen=True, kw_only=True, slots=True)
class TooFew:
    """It may hold at the most careful threshold, where ``wrong`` got a wrong answer; to say so takes about ``missing``
    more visitors with a label."""

    missing: int
    wrong: Proportion


@dataclass(frozen=True, kw_only=True, slots=True)
class CannotBeHad:
    """Even at the most careful threshold ``wrong`` got a wrong answer, more than the promise allows; ``is_certain``
    says that this is not chance (95 %)."""

    wrong: Proportion
    is_certain: bool


Finding = Kept | TooFew | CannotBeHad


def promised_rows(rows: Rows, own: float | None = None) -> Rows | None:
    """The judged rows as a promise has to see them; None when no row tells a confidence.

    ``own`` is as in ``thresholds.usable``. An answer whose confidence the engine did not tell is given at every
    threshold: here it counts as one of the highest confidence, and not, as there, not at all.
    """
    if np.isnan(rows.confidence[rows.judged]).all():
        return None
    untold = np.isnan(rows.confidence) & (rows.given != PERSON)
    confidence = np.where(untold, np.inf, rows.confidence)
    return usable(replace(rows, confidence=confidence, best_right=np.where(untold, rows.right, rows.best_right)), own)


def find(rows: Rows, most_wrong: int, lowest: float = 0.0, highest: float = 1.0) -> Finding:
    """The lowest threshold at which surely no more than ``most_wrong`` of 100 visitors get a wrong answer.

    ``rows`` are those of ``promised_rows``; no threshold below ``lowest`` or above ``highest`` is taken. The chance
    that the promise is broken all the same, over all visitors like these, is at most RISK, however many thresholds
    there are.

    The thresholds are tested from the most careful one downwards, each with an exact binomial test of "more than
    ``most_wrong`` of 100 get a wrong answer", until the first that cannot be ruled out. So no level has to be shared
    out over their number: A. N. Angelopoulos, S. Bates, E. J. Candès, M. I. Jordan and L. Lei, "Learn then test:
    calibrating predictive algorithms to achieve risk control", Annals of Applied Statistics 19 (2025), with fixed
    sequence testing. A lower threshold never makes fewer wrong answers, which is also why the same follows from
    S. Bates, A. Angelopoulos, L. Lei, J. Malik and M. I. Jordan, "Distribution-free, risk-controlling prediction sets",
    JACM 68 (2021). The bound is C. J. Clopper's and E. S. Pearson's, Biometrika 26 (1934).

    Whoever tries one promise after the other on the same rows and keeps the one that looks best runs a higher risk.
    Raises ValueError unless 0 < most_wrong < 100.
    """
    if not 0 < most_wrong < 100:
        raise ValueError(f"nobody can promise that at most {most_wrong} of 100 get a wrong answer")
    worst = _wrong_up_to(rows)
    steps = STEPS[steps_within(lowest, highest)]
    counts = len(worst) - np.searchsorted(np.sort(worst), steps)
    bounds = upper_bounds(counts, len(worst))
    held = bounds <= most_wrong / 100
    if not held[-1]:
        return _not_kept(Proportion(int(counts[-1]), len(worst)), most_wrong / 100)
    last = int(np.argmax(held))  # the counts only fall with the threshold, so from here on all are held
    wrong = Proportion(int(counts[last]), len(worst))
    return Kept(threshold=float(steps[last]), wrong=wrong, at_most=float(bounds[last]))


def upper_bounds(counts: npt.ArrayLike, of: npt.ArrayLike) -> Floats:
    """The one-sided Clopper-Pearson bounds of rates: at a higher rate, so few are counted with a chance below RISK."""
    from scipy.stats import beta  # type: ignore[import-untyped]  # noqa: PLC0415 - takes a second to load

    found, total = np.asarray(counts, dtype=np.float64), np.asarray(of, dtype=np.float64)
    bounds: Floats = beta.ppf(1 - RISK, found + 1, np.maximum(total - found, 1))
    return np.where(found < total, bounds, 1.0)


def wrong_visitors(rows: Rows, threshold: float) -> Proportion:
    """How many visitors (of rows as from ``promised_rows``) get a wrong answer from the confidence ``threshold`` on."""
    worst = _wrong_up_to(rows)
    return Proportion(int((worst >= threshold - ROUNDING).sum()), len(worst))


def answered_right(rows: Rows, threshold: float) -> Proportion:
    """How many of the rows (as from ``promised_rows``) get their right answer from the confidence ``threshold`` on."""
    given = rows.best_right & (rows.confidence >= threshold - ROUNDING)
    return Proportion(int(given.sum()), len(rows))


def _wrong_up_to(rows: Rows) -> Floats:
    """Of each visitor the highest threshold at which one of their rows gets a wrong answer; -inf for none at any."""
    wrong = np.where(rows.best_right | np.isnan(rows.confidence), -np.inf, rows.confidence)
    visitor, visitors = pd.factorize(np.array(belongs_to(rows), dtype=object))
    worst = np.full(len(visitors), -np.inf)
    np.maximum.at(worst, visitor, wrong)
    return worst


def _not_kept(wrong: Proportion, most: float) -> TooFew | CannotBeHad:
    """Why the promise does not hold at the most careful threshold."""
    needed = _labels_needed(wrong, most)
    if needed is not None:
        return TooFew(missing=needed - wrong.of, wrong=wrong)
    from scipy.stats import binom  # noqa: PLC0415 - takes a second to load

    return CannotBeHad(wrong=wrong, is_certain=bool(binom.sf(wrong.count - 1, wrong.of, most) <= RISK))


def _labels_needed(wrong: Proportion, most: float) -> int | None:
    """Of how many visitors the promise could be proven if the rate stayed as it is; None of no number."""
    rate = wrong.rate or 0.0
    if rate >= most:
        return None
    sizes = np.unique(np.geomspace(max(1, wrong.of), MOST_LABELS, 2_000).round().astype(np.int64))
    held = upper_bounds(np.ceil(rate * sizes - ROUNDING), sizes) <= most
    return int(sizes[held][0]) if held.any() else None

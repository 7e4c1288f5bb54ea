"""How the entries of a table share a question among them: what sets one entry apart from the others."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.engines.semantic.calibration import REGRESSION_C, SOFTMAX_SHARPNESS
from core.engines.semantic.encoder import Matrix, Vector

REGRESSION_ENTRIES = range(2, 601)
REGRESSION_PHRASINGS = 3_000
"""Fitting costs entries × phrasings, for the largest tables a few seconds. Of more phrasings a sample is taken."""

_WEIGHT_GRID = 2.0**-16

_Floats = NDArray[np.float64]


class Shares(Protocol):
    """Splits 1 among the entries."""

    def of(self, question: Vector, close: _Floats) -> _Floats:
        """Each entry's share of the question, by its vector or by how close it is to each entry; they sum to 1."""


class SoftmaxShares:
    """The softmax of how close the question is to each entry. Needs no fitting: for large tables."""

    def of(self, question: Vector, close: _Floats) -> _Floats:  # noqa: ARG002 - one protocol for both ways
        """Each entry's share; they sum to 1."""
        return softmax(SOFTMAX_SHARPNESS * close)


class RegressionShares:
    """The probabilities of a multinomial logistic regression that was fitted to tell the table's phrasings apart.

    Its weights are rounded so that, with vectors on their grid, every product and partial sum is exact in float64.
    """

    def __init__(self, phrasings: Matrix, owners: NDArray[np.intp]) -> None:
        # heavy, so not imported at start; scikit-learn ships no types
        from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # noqa: PLC0415

        # scikit-learn takes classes for numbers to predict, and warns, when they are more than half of the rows, as
        # with one phrasing an entry. Each row twice at half the weight has the same optimum.
        copies = 1 if len(owners) >= 2 * (owners[-1] + 1) else 2
        rows, classes = np.repeat(phrasings, copies, axis=0), np.repeat(owners, copies)
        model = LogisticRegression(C=REGRESSION_C / copies, max_iter=300).fit(rows, classes)
        weights, bias = model.coef_, model.intercept_
        if len(weights) == 1:  # two entries are fitted as one against the other
            weights, bias = np.vstack([np.zeros_like(weights), weights]), np.array([0.0, bias[0]])
        self._weights = np.rint(weights.astype(np.float64) / _WEIGHT_GRID) * _WEIGHT_GRID
        self._bias = np.rint(bias.astype(np.float64) / _WEIGHT_GRID) * _WEIGHT_GRID

    def of(self, question: Vector, close: _Floats) -> _Floats:  # noqa: ARG002 - one protocol for both ways
        """Each entry's share; they sum to 1."""
        return softmax(self._weights @ question.astype(np.float64) + self._bias)


def shares_for(phrasings: Matrix, owners: NDArray[np.intp], entries: int) -> Shares:
    """The way that fits the size of the table: regression for 2 to 600 entries, softmax for more, and for one.

    ``phrasings`` is float32 of shape (phrasings, 384); row i belongs to the entry at ``owners[i]``, in rising order.
    """
    if entries not in REGRESSION_ENTRIES:
        return SoftmaxShares()
    chosen = _sample(owners, entries)
    return RegressionShares(phrasings[chosen], owners[chosen])


def softmax(values: _Floats) -> _Floats:
    """Values as shares of 1."""
    powers = np.exp(values - values.max())
    result: _Floats = powers / powers.sum()
    return result


def _sample(owners: NDArray[np.intp], entries: int) -> NDArray[np.intp]:
    """The places of the phrasings to fit on: all, or as many of each entry as keep to the limit, by a fixed seed."""
    if len(owners) <= REGRESSION_PHRASINGS:
        return np.arange(len(owners))
    order = np.random.default_rng(0).permutation(len(owners))
    by_owner = order[np.argsort(owners[order], kind="stable")]
    counts = np.bincount(owners, minlength=entries)
    rank = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.sort(by_owner[rank < max(1, REGRESSION_PHRASINGS // entries)])

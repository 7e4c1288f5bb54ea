"""How the entries of a table share a question among them: what sets one entry apart from the others."""

import numpy as np
from numpy.typing import NDArray

from core.engines.semantic.calibration import (
    REGRESSION_C,
    REGRESSION_PHRASINGS,
    REGRESSION_STEPS,
    REGRESSION_WORK,
    SHARE_SHARPNESS,
    SPREAD_PRIOR,
    SPREAD_SHRINKAGE,
)
from core.engines.semantic.encoder import Matrix, Vector
from core.engines.semantic.vectors import from_grid, on_grid

_ROWS_AT_ONCE = 4_096
_CURVATURE = 0.05
"""About how much the loss curves along a phrasing, for directions to step in; a guess changes the way, not the end."""

_Floats = NDArray[np.float64]
_Places = NDArray[np.intp]


class Shares:
    """A multinomial logistic regression that tells the phrasings of a table apart, begun near its end.

    The beginning are linear discriminants: what phrasings of one entry differ in counts less, what entries differ in
    counts more. Their spread around the centroid of their entry is taken to be the same for all entries, and is drawn
    towards one that is alike in all directions (regularised discriminant analysis, Friedman 1989). That is solved at
    once; with few phrasings an entry nothing is gained beyond it, and with many by some steps (see ``steps``). Nothing
    depends on what the table was before, so the same table always gives the same shares.

    ``phrasings`` is float32 of shape (phrasings, 384) and ``centroids`` of shape (entries, 384), both on the grid of
    vectors.py; row i of the first belongs to the entry at ``owners[i]``.
    """

    def __init__(self, phrasings: Matrix, owners: _Places, centroids: Matrix) -> None:
        weights, offsets = _discriminants(phrasings, owners, centroids)
        count = steps(len(phrasings), len(centroids))
        if count:
            weights, offsets = _regression(phrasings, owners, weights, offsets, count)
        # Divided by the sharpness they are on the grid of vectors.py, where a float32 holds every sum exactly.
        self._weights: Matrix = from_grid(on_grid(weights / SHARE_SHARPNESS))
        self._offsets = offsets

    def of(self, question: Vector) -> _Floats:
        """Each entry's share of a question, in the order of the centroids; they sum to 1."""
        return softmax(SHARE_SHARPNESS * (self._weights @ question).astype(np.float64) + self._offsets)


def steps(phrasings: int, entries: int) -> int:
    """How many steps of the regression are worth their time for a table of so many phrasings and entries in all."""
    each = phrasings // max(1, entries)
    if entries < 2 or each < REGRESSION_PHRASINGS:
        return 0
    return min(REGRESSION_STEPS, each // 2, REGRESSION_WORK // (phrasings * entries))


def softmax(values: _Floats) -> _Floats:
    """Values as shares of 1."""
    powers = np.exp(values - values.max())
    result: _Floats = powers / powers.sum()
    return result


def metric(phrasings: Matrix, owners: _Places, centroids: Matrix) -> tuple[_Floats, float]:
    """What the discriminants weigh directions by, shape (384, 384), and how much of it is alike in all of them: the
    spread of the phrasings divided by that, plus the identity."""
    spread = _spread(phrasings, owners, centroids)
    width = len(spread)
    alike = float(SPREAD_PRIOR + SPREAD_SHRINKAGE * np.trace(spread) / width)
    weighing: _Floats = spread / alike + np.eye(width)
    return weighing, alike


def _discriminants(phrasings: Matrix, owners: _Places, centroids: Matrix) -> tuple[_Floats, _Floats]:
    exact = centroids.astype(np.float64)
    weighing, _ = metric(phrasings, owners, centroids)
    weights = (SHARE_SHARPNESS * np.linalg.solve(weighing, exact.T).T).astype(np.float64, copy=False)
    return weights, -0.5 * np.einsum("ij,ij->i", weights, exact)


def _spread(phrasings: Matrix, owners: _Places, centroids: Matrix) -> _Floats:
    """The sum over all phrasings of the squares and products of their distances to their own centroid."""
    found = np.zeros((phrasings.shape[1], phrasings.shape[1]))
    for begin in range(0, len(phrasings), _ROWS_AT_ONCE):
        rows = slice(begin, begin + _ROWS_AT_ONCE)
        distances = (phrasings[rows] - centroids[owners[rows]]).astype(np.float64)
        found += distances.T @ distances
    return found


def _regression(
    phrasings: Matrix, owners: _Places, weights: _Floats, offsets: _Floats, count: int
) -> tuple[_Floats, _Floats]:
    """So many steps of L-BFGS towards the least of the loss with the penalty of half the squared weights over C, in
    coordinates in which that curves about alike in all directions."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]  # noqa: PLC0415 - heavy; ships no types

    width, entries = phrasings.shape[1], len(weights)
    curvature = _CURVATURE * (phrasings.T @ phrasings).astype(np.float64) + np.eye(width) / REGRESSION_C
    factor = np.linalg.cholesky(np.linalg.inv(curvature))
    rows, penalty = phrasings @ factor.astype(np.float32), (factor.T @ factor / REGRESSION_C).astype(np.float32)
    each = np.arange(len(owners))

    def loss(flat: _Floats) -> tuple[float, _Floats]:
        values = flat.reshape(entries, width + 1).astype(np.float32)
        inner, shift = values[:, :width], values[:, width]
        logits = rows @ inner.T + shift
        logits -= logits.max(axis=1, keepdims=True)
        own = float(logits[each, owners].sum())
        np.exp(logits, out=logits)
        sums = logits.sum(axis=1, keepdims=True)
        penalised = inner @ penalty
        lost = float(np.log(sums).sum()) - own + 0.5 * float((inner * penalised).sum())
        logits /= sums
        logits[each, owners] -= 1
        gradient = np.column_stack([logits.T @ rows + penalised, logits.sum(axis=0)])
        return lost, gradient.astype(np.float64).ravel()

    begin = np.column_stack([np.linalg.solve(factor, weights.T).T, offsets])
    found = minimize(loss, begin.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": count, "maxfun": 2 * count})
    values = found.x.reshape(entries, width + 1)
    return values[:, :width] @ factor.T, values[:, width]

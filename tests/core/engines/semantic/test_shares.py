import warnings

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from core.engines.semantic import shares
from core.engines.semantic.calibration import REGRESSION_C
from core.engines.semantic.shares import RegressionShares, SoftmaxShares, shares_for
from core.engines.semantic.vectors import from_grid, on_grid, unit


def random_vectors(count: int, seed: int = 0):
    rows = np.empty((count, 384), dtype=np.int16)
    for place, values in enumerate(np.random.default_rng(seed).normal(size=rows.shape)):
        rows[place] = on_grid(unit(values))
    return from_grid(rows)


def owners_of(*counts: int):
    return np.repeat(np.arange(len(counts)), counts)


@pytest.mark.parametrize("counts", [(1, 1), (3, 2), (1, 1, 1), (4, 1, 2, 5)])
def test_the_shares_are_the_probabilities_of_a_logistic_regression(counts: tuple[int, ...]) -> None:
    phrasings, owners = random_vectors(sum(counts)), owners_of(*counts)
    question = random_vectors(1, seed=1)[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it takes few phrasings an entry for numbers to predict
        model = LogisticRegression(C=REGRESSION_C, max_iter=300).fit(phrasings, owners)

    found = RegressionShares(phrasings, owners).of(question, np.zeros(len(counts)))

    assert found == pytest.approx(model.predict_proba(question[np.newaxis])[0], abs=1e-4)
    assert found.sum() == pytest.approx(1)


def test_the_same_phrasings_give_the_same_bits_each_time() -> None:
    phrasings, owners = random_vectors(30), owners_of(*[3] * 10)
    question, close = random_vectors(1, seed=1)[0], np.zeros(10)

    first, second = (RegressionShares(phrasings, owners).of(question, close) for _ in range(2))

    assert first.tobytes() == second.tobytes()


def test_softmax_gives_the_closest_entry_the_largest_share() -> None:
    found = SoftmaxShares().of(random_vectors(1)[0], np.array([0.1, 0.9, 0.5]))

    assert found.sum() == pytest.approx(1)
    assert np.argsort(found).tolist() == [0, 2, 1]


@pytest.mark.parametrize(
    ("entries", "kind"), [(0, SoftmaxShares), (1, SoftmaxShares), (2, RegressionShares), (601, SoftmaxShares)]
)
def test_the_size_of_the_table_decides_the_way(entries: int, kind: type) -> None:
    assert type(shares_for(random_vectors(entries), owners_of(*[1] * entries), entries)) is kind


def test_a_sample_holds_some_phrasings_of_every_entry_and_is_the_same_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shares, "REGRESSION_PHRASINGS", 12)
    owners = owners_of(20, 1, 2, 9)

    first, second = (shares._sample(owners, 4) for _ in range(2))

    assert first.tolist() == second.tolist() == sorted(set(first.tolist()))
    assert np.bincount(owners[first]).tolist() == [3, 1, 2, 3]

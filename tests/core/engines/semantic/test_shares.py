import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.linear_model import LogisticRegression

from core.engines.semantic import shares as shares_module
from core.engines.semantic.calibration import REGRESSION_C, SHARE_SHARPNESS, SPREAD_PRIOR, SPREAD_SHRINKAGE
from core.engines.semantic.shares import Shares, steps
from core.engines.semantic.vectors import from_grid, on_grid, unit


def on_the_grid(*rows):
    return from_grid(np.stack([on_grid(unit(row)) for row in rows]))


def random_vectors(count: int, seed: int = 0):
    return on_the_grid(*np.random.default_rng(seed).normal(size=(count, 384)))


def made(*counts: int):
    """Phrasings around their entries, owners and centroids."""
    owners = np.repeat(np.arange(len(counts)), counts)
    rows = random_vectors(len(counts), seed=1)[owners] + 0.8 * random_vectors(sum(counts))
    phrasings = on_the_grid(*rows)
    centroids = [phrasings[owners == place].sum(axis=0) for place in range(len(counts))]
    return phrasings, owners, on_the_grid(*centroids)


@pytest.mark.parametrize("counts", [(1,), (1, 1), (3, 2), (1, 1, 1), (4, 1, 2, 5), (50, 60, 70)])
def test_shares_sum_to_one_and_go_first_to_the_own_entry(counts: tuple[int, ...]) -> None:
    phrasings, owners, centroids = made(*counts)
    shares = Shares(phrasings, owners, centroids)

    for phrasing, owner in zip(phrasings, owners, strict=True):
        found = shares.of(phrasing)
        assert found.sum() == pytest.approx(1)
        assert found.argmax() == owner


def test_at_first_shares_are_the_chances_of_entries_whose_phrasings_spread_alike_around_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shares_module, "steps", lambda *_: 0)
    phrasings, owners, centroids = made(40, 50, 60, 45)
    question = random_vectors(1, seed=2)[0]
    distances = (phrasings - centroids[owners]).astype(np.float64)
    spread = distances.T @ distances
    alike = SPREAD_PRIOR + SPREAD_SHRINKAGE * np.trace(spread) / 384
    covariance = (spread / alike + np.eye(384)) / SHARE_SHARPNESS
    likely = np.exp([multivariate_normal(mean, covariance).logpdf(question) for mean in centroids.astype(np.float64)])

    assert Shares(phrasings, owners, centroids).of(question) == pytest.approx(likely / likely.sum(), abs=0.01)


def test_the_same_phrasings_give_the_same_bits_each_time() -> None:
    phrasings, owners, centroids = made(*[3] * 10)
    question = random_vectors(1, seed=1)[0]

    first, second = (Shares(phrasings, owners, centroids).of(question) for _ in range(2))

    assert first.tobytes() == second.tobytes()


def test_a_table_that_is_summed_in_pieces_has_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    phrasings, owners, centroids = made(*[3] * 10)
    question = random_vectors(1, seed=1)[0]
    whole = Shares(phrasings, owners, centroids).of(question)
    monkeypatch.setattr(shares_module, "_ROWS_AT_ONCE", 7)

    assert Shares(phrasings, owners, centroids).of(question).tobytes() == whole.tobytes()


def test_what_phrasings_of_an_entry_differ_in_counts_less() -> None:
    first, second, third = np.eye(384, dtype=np.float32)[:3]
    centroids = on_the_grid(first, first + 0.3 * second + 0.8 * third)
    owners = np.repeat([0, 1], 40)
    phrasings = on_the_grid(*(centroids[owner] + 0.5 * third * (-1) ** place for place, owner in enumerate(owners)))
    question = on_the_grid(first + 0.8 * third)[0]

    assert Shares(centroids, np.array([0, 1]), centroids).of(question).argmax() == 1
    assert Shares(phrasings, owners, centroids).of(question).argmax() == 0


def test_with_many_phrasings_shares_are_the_probabilities_of_a_logistic_regression(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    phrasings, owners, centroids = made(*[40] * 6)
    question = random_vectors(1, seed=2)[0]
    model = LogisticRegression(C=REGRESSION_C, max_iter=1_000).fit(phrasings, owners)
    exact = model.predict_proba(question[np.newaxis])[0]

    few = Shares(phrasings, owners, centroids).of(question)
    monkeypatch.setattr(shares_module, "steps", lambda *_: 300)
    many = Shares(phrasings, owners, centroids).of(question)
    monkeypatch.setattr(shares_module, "steps", lambda *_: 0)
    none = Shares(phrasings, owners, centroids).of(question)

    assert many == pytest.approx(exact, abs=0.005)
    assert np.abs(few - exact).max() < np.abs(none - exact).max()


def test_the_steps_of_the_regression_are_bounded_by_what_they_bring_and_cost() -> None:
    assert steps(100, 100) == 0
    assert steps(3_000, 600) == 0
    assert steps(6_000, 600) == 5
    assert steps(15_000, 150) == 12
    assert steps(50_000, 10_000) == 0
    assert steps(50, 1) == 0

import numpy as np
import pytest

from core.statistics.comparison import by_groups, newcombe


def test_the_interval_of_the_published_example() -> None:
    """Method 10 on the example of 36, 12, 2 and 0 pairs in Newcombe's paper."""
    found = newcombe(both=36, broken=2, fixed=12, neither=0)

    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (0.0569, 0.3404)


def test_the_interval_turns_with_the_runs_and_has_a_width_without_any_difference() -> None:
    one, other = newcombe(30, 4, 9, 7), newcombe(30, 9, 4, 7)
    same = newcombe(50, 0, 0, 0)

    assert one is not None
    assert other is not None
    assert same is not None
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))
    assert same.low < 0 < same.high
    assert newcombe(0, 0, 0, 0) is None


def test_the_interval_holds_the_true_difference_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2)
    shares = [0.6, 0.06, 0.14, 0.2]
    held = 0
    for counts in rng.multinomial(120, shares, size=800):
        found = newcombe(*map(int, counts))
        held += found is not None and found.low <= 0.08 <= found.high

    assert held / 800 == pytest.approx(0.95, abs=0.025)


def test_groups_of_one_row_have_about_the_interval_of_independent_rows() -> None:
    difference = np.array([1] * 40 + [-1] * 15 + [0] * 245)
    group = np.array([f"g{i}" for i in range(300)], dtype=object)

    found, plain = by_groups(difference, group), newcombe(200, 15, 40, 45)

    assert found is not None
    assert plain is not None
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high), abs=0.008)
    assert by_groups(difference, group) == found


def test_rows_that_change_together_widen_the_interval() -> None:
    difference = np.repeat([1, -1, 0, 0, 0, 1] * 5, 10)
    together = np.array([f"g{i // 10}" for i in range(300)], dtype=object)
    alone = np.array([f"g{i}" for i in range(300)], dtype=object)

    wide, narrow = by_groups(difference, together), by_groups(difference, alone)

    assert wide is not None
    assert narrow is not None
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_a_bootstrap_of_groups_is_that_of_drawing_them_one_by_one() -> None:
    rng = np.random.default_rng(4)
    group = rng.integers(0, 40, size=400)
    difference = rng.choice([-1, 0, 1], size=400, p=[0.1, 0.7, 0.2])
    names = np.unique(group)
    sums, sizes = (np.array([f(difference[group == g]) for g in names]) for f in (np.sum, np.size))
    drawn = rng.integers(0, len(names), size=(10_000, len(names)))
    low, high = np.percentile(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1), [2.5, 97.5])

    found = by_groups(difference, group.astype(str).astype(object))

    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.004)


def test_a_few_groups_have_no_interval() -> None:
    assert by_groups(np.array([1, 0, 1]), np.array(["a", "b", "c"], dtype=object)) is None

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar as theirs

from core.statistics.mcnemar import detectable, mcnemar, power


def test_the_exact_test_by_hand() -> None:
    assert mcnemar(0, 0) == 1
    assert mcnemar(0, 5) == pytest.approx(2 / 2**5)
    assert mcnemar(0, 6) == pytest.approx(2 / 2**6)
    assert mcnemar(1, 7) == mcnemar(7, 1) == pytest.approx(2 * (1 + 8) / 2**8)


@given(broken=st.integers(0, 60), fixed=st.integers(0, 60))
def test_the_exact_test_is_that_of_statsmodels(broken: int, fixed: int) -> None:
    expected = theirs([[10, broken], [fixed, 10]], exact=True).pvalue

    assert mcnemar(broken, fixed) == pytest.approx(expected)


@pytest.mark.parametrize(("rows", "changed", "difference"), [(100, 0.2, 0.12), (400, 0.1, 0.05), (60, 0.3, 0.0)])
def test_the_power_is_what_a_simulation_finds(rows: int, changed: float, difference: float) -> None:
    rng = np.random.default_rng(5)
    shares = [(changed - difference) / 2, (changed + difference) / 2, 1 - changed]
    drawn, times = np.unique(rng.multinomial(rows, shares, size=20_000)[:, :2], axis=0, return_counts=True)
    found = sum(n for (b, f), n in zip(drawn, times, strict=True) if f > b and mcnemar(int(b), int(f)) <= 0.05)

    assert power(rows, changed, difference) == pytest.approx(found / 20_000, abs=0.012)


def test_what_can_be_detected_has_the_power_wanted_and_shrinks_with_more_rows() -> None:
    found = [detectable(rows, 0.1) for rows in (100, 300, 1_000, 10_000)]

    assert all(one is not None for one in found)
    assert found == sorted(found, reverse=True)
    assert power(1_000, 0.1, found[2] or 0) == pytest.approx(0.8, abs=0.005)
    # R. J. Connor's formula (Biometrics 43, 1987) for the approximate test asks for about as many rows.
    d = found[3] or 0
    needed = (1.959964 * np.sqrt(0.1) + 0.841621 * np.sqrt(0.1 - d * d)) ** 2 / d**2
    assert needed == pytest.approx(10_000, rel=0.05)


def test_too_few_rows_detect_nothing() -> None:
    assert detectable(0, 0.1) is None
    assert detectable(20, 0.1) is None
    assert power(20, 0.0, 0.0) == 0
    with pytest.raises(ValueError, match="can have"):
        power(20, 0.1, 0.2)

import subprocess
import sys
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from core.statistics.intervals import Interval, wilson, wilson_bounds


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Stat. Med. 17 (1998), table I
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_the_published_one(successes: int, trials: int, low: float, high: float) -> None:
    found = wilson(successes, trials)

    assert found == Interval(pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_the_interval_is_the_one_worked_by_hand() -> None:
    # 8 of 10: centre (0.8 + z²/20) / (1 + z²/10), half width z √(0.8·0.2/10 + z²/400) / (1 + z²/10), z = 1.959964
    z = 1.959963984540054
    centre, half = (0.8 + z * z / 20) / (1 + z * z / 10), z * sqrt(0.016 + z * z / 400) / (1 + z * z / 10)

    assert wilson(8, 10) == Interval(pytest.approx(centre - half), pytest.approx(centre + half))


@given(
    counts=st.integers(1, 3_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), sure=st.floats(0.5, 0.999)
)
@settings(max_examples=50, deadline=None)
def test_the_interval_is_scipys(counts: tuple[int, int], sure: float) -> None:
    expected = binomtest(*counts).proportion_ci(confidence_level=sure, method="wilson")

    assert wilson(*counts, sure) == Interval(
        pytest.approx(expected.low, rel=1e-9, abs=1e-12), pytest.approx(expected.high, rel=1e-9, abs=1e-12)
    )


def test_each_of_an_array_of_counts_has_its_own_interval() -> None:
    counts, of = [0, 3, 7, 40], [5, 3, 10, 41]
    low, high = wilson_bounds(counts, of)

    found = [wilson(*one) for one in zip(counts, of, strict=True)]
    assert found == [Interval(float(a), float(b)) for a, b in zip(low, high, strict=True)]


def test_no_trial_has_no_interval() -> None:
    assert wilson(0, 0) is None


@given(counts=st.integers(1, 3_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(max_examples=50, deadline=None)
def test_the_interval_holds_the_rate_and_lies_between_0_and_1(counts: tuple[int, int]) -> None:
    successes, trials = counts
    found = wilson(successes, trials)

    assert found is not None
    assert 0 <= found.low <= successes / trials + 1e-12
    assert successes / trials - 1e-12 <= found.high <= 1


def test_more_confidence_is_wider() -> None:
    usual, sure = wilson(30, 50), wilson(30, 50, confidence=0.99)
    expected = binomtest(30, 50).proportion_ci(confidence_level=0.99, method="wilson")

    assert usual is not None
    assert sure is not None
    assert sure == Interval(pytest.approx(expected.low, rel=1e-14), pytest.approx(expected.high, rel=1e-14))
    assert sure.low < usual.low < usual.high < sure.high


@pytest.mark.parametrize(("successes", "trials", "confidence"), [(-1, 5, 0.95), (6, 5, 0.95), (1, 5, 1.0), (1, 5, 0.0)])
def test_what_is_no_rate_is_refused(successes: int, trials: int, confidence: float) -> None:
    with pytest.raises(ValueError, match="no rate"):
        wilson(successes, trials, confidence)


def test_the_plain_figures_of_a_run_do_not_wait_for_scipy() -> None:
    code = """
import sys
from core.statistics.metrics import summarise
from core.statistics.verdict import Verdict
found = summarise({("entry", Verdict.RIGHT): 8, ("entry", Verdict.WRONG_ANSWER): 2})
assert any(rate.interval is not None for rate in found.rates)
assert "scipy" not in sys.modules
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stderr

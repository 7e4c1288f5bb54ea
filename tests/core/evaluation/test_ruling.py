import pytest

from core.evaluation.intervals import Interval
from core.evaluation.ruling import Ruling, rule


@pytest.mark.parametrize(
    ("p", "interval", "said"),
    [
        (0.01, Interval(0.02, 0.1), Ruling.BETTER),
        (0.01, Interval(-0.1, -0.02), Ruling.WORSE),
        (0.06, Interval(0.001, 0.1), Ruling.UNCLEAR),
        (0.04, Interval(-0.001, 0.1), Ruling.UNCLEAR),
        (0.05, Interval(0.02, 0.1), Ruling.UNCLEAR),
        (0.001, None, Ruling.UNCLEAR),
        (float("nan"), Interval(0.02, 0.1), Ruling.UNCLEAR),
    ],
)
def test_better_and_worse_need_the_test_and_the_interval(p: float, interval: Interval | None, said: Ruling) -> None:
    assert rule(p, interval) is said
    assert Ruling.UNCLEAR == "no clear difference at this size"

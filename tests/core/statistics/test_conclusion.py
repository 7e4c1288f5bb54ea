import pytest

from core.statistics.conclusion import Conclusion, rule
from core.statistics.intervals import Interval


@pytest.mark.parametrize(
    ("p", "interval", "said"),
    [
        (0.01, Interval(0.02, 0.1), Conclusion.BETTER),
        (0.01, Interval(-0.1, -0.02), Conclusion.WORSE),
        (0.06, Interval(0.001, 0.1), Conclusion.UNCLEAR),
        (0.04, Interval(-0.001, 0.1), Conclusion.UNCLEAR),
        (0.05, Interval(0.02, 0.1), Conclusion.UNCLEAR),
        (0.001, None, Conclusion.UNCLEAR),
        (float("nan"), Interval(0.02, 0.1), Conclusion.UNCLEAR),
    ],
)
def test_better_and_worse_need_the_test_and_the_interval(p: float, interval: Interval | None, said: Conclusion) -> None:
    assert rule(p, interval) is said
    assert Conclusion.UNCLEAR == "no clear difference at this size"

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.runs.run_usage import RunUsage
from core.statistics.intervals import wilson


def test_a_run_without_a_model_server_took_nothing_and_has_no_recall() -> None:
    took = RunUsage()

    assert (took.asked, took.reused, took.sent, took.nano_usd, took.unpriced) == (0, 0, 0, 0, 0)
    assert (took.recall, took.recall_interval) == (None, None)


@pytest.mark.parametrize(("offered", "shortlisted", "recall"), [(0, 1, 0.0), (1, 1, 1.0), (197, 200, 0.985)])
def test_the_recall_of_shortlists_is_the_share_that_held_what_was_expected(
    offered: int, shortlisted: int, recall: float
) -> None:
    took = RunUsage(shortlisted=shortlisted, offered=offered)

    assert took.recall == recall
    assert took.recall_interval == wilson(offered, shortlisted)


def test_the_interval_of_a_perfect_recall_is_wide_for_few_rows() -> None:
    few, many = (RunUsage(shortlisted=rows, offered=rows).recall_interval for rows in (3, 3_000))

    assert few is not None
    assert many is not None
    assert (few.low < 0.45, many.low > 0.99, few.high, many.high) == (True, True, 1.0, 1.0)


@given(st.integers(1, 5_000).flatmap(lambda rows: st.tuples(st.integers(0, rows), st.just(rows))))
def test_the_recall_lies_within_its_interval(counted: tuple[int, int]) -> None:
    took = RunUsage(offered=counted[0], shortlisted=counted[1])

    assert took.recall is not None
    assert took.recall_interval is not None
    assert 0 <= took.recall_interval.low <= took.recall <= took.recall_interval.high <= 1

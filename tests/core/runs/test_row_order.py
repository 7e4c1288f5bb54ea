from core.runs.row_order import Order, found
from core.statistics.verdict import Verdict
from tests.core.report.runs import NO_ROW, ended, row

RESULTS = ended(
    row("Open?", 1, 1, confidence=0.9, seconds=0.3),
    row("open (now)?", 1, 2, confidence=0.5, seconds=0.1),
    row("closed?", "person", None, confidence=None, seconds=0.2),
    row("later open?", 1) | NO_ROW,
).results


def test_rows_are_found_by_outcome_and_by_words_as_they_stand() -> None:
    assert found(RESULTS).tolist() == [0, 1, 2]
    assert found(RESULTS, [Verdict.WRONG_ANSWER]).tolist() == [1]
    assert found(RESULTS, words=" OPEN ").tolist() == [0, 1]
    assert found(RESULTS, words="open (").tolist() == [1]
    assert found(RESULTS, [Verdict.RIGHT], "now").tolist() == []


def test_rows_can_be_put_in_order_and_those_without_a_figure_come_last() -> None:
    assert found(RESULTS, order=Order.MISTAKES).tolist() == [1, 0, 2]
    assert found(RESULTS, order=Order.LEAST_SURE).tolist() == [1, 0, 2]
    assert found(RESULTS, order=Order.SUREST).tolist() == [0, 1, 2]
    assert found(RESULTS, order=Order.SLOWEST).tolist() == [0, 2, 1]

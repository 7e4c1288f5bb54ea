import pytest

from core.report.figures import NAMES, WITH_INTERVAL, figures
from tests.core.report.runs import ended, random_run, row


def test_each_figure_has_its_name_and_shares_have_intervals() -> None:
    found = figures(random_run(3, 300))

    assert [one.name for one in found] == list(NAMES)
    assert {one.name for one in found if one.low is not None} == WITH_INTERVAL
    for one in found:
        assert one.label
        assert one.gloss
        if one.low is not None:
            assert one.value == pytest.approx((one.count or 0) / (one.of or 1))
            assert one.low <= (one.value or 0) <= (one.high or 0)


def test_what_there_is_nothing_to_make_of_has_no_value() -> None:
    found = {one.name: one for one in figures(ended(row("a", "", 1, confidence=None)))}

    assert {name for name, one in found.items() if one.value is not None} == {"failed", "not_labelled"}
    assert found["accuracy"].of == 0


def test_the_averages_are_those_of_the_entries() -> None:
    found = {one.name: one.value for one in figures(ended(row("a", 1, 1), row("b", 2, 1), row("c", "person", None)))}

    assert found["accuracy"] == pytest.approx(2 / 3)
    assert (found["macro_recall"], found["macro_precision"]) == (0.5, 0.25)
    assert found["handoff_recall"] == found["handoff_precision"] == 1

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from core.statistics.by_entry import Averages, averages, by_entry, out_of_scope
from core.statistics.intervals import wilson_bounds
from core.statistics.proportion import Proportion
from core.statistics.rows import PERSON
from tests.core.statistics.ledgers import line, random_rows, rows

BY_HAND = rows(
    line("a", 1, 1),
    line("b", 1, 1),
    line("c", 1, 2),
    line("d", 2, None),
    line("e", 3, 1),
    line("f", "person", None),
    line("g", "person", 1),
    line("h", "person", None, failed=True),
    line("i", 1, None, failed=True),
    line("j", "", 1),
)


def test_figures_of_entries_worked_by_hand() -> None:
    found = by_entry(BY_HAND).set_index("entry_id")

    assert found["expected"].to_dict() == {1: 3, 2: 1, 3: 1}
    assert found["given"].to_dict() == {1: 4, 2: 1, 3: 0}
    assert found["right"].to_dict() == {1: 2, 2: 0, 3: 0}
    assert found.loc[1, ["precision", "recall", "f1"]].tolist() == pytest.approx([2 / 4, 2 / 3, 4 / 7])
    assert found.loc[3, ["precision", "recall", "f1"]].tolist() == [0, 0, 0]
    assert math.isnan(found.loc[3, "precision_low"])
    assert found.loc[1, "recall_low"] == wilson_bounds([2], [3])[0][0]
    assert averages(found) == Averages(
        precision=pytest.approx(0.5 / 3), recall=pytest.approx(2 / 9), f1=pytest.approx(4 / 21), entries=3
    )


def test_handing_over_worked_by_hand() -> None:
    found = out_of_scope(BY_HAND)

    assert found.recall == Proportion(1, 2)
    assert found.precision == Proportion(1, 2)


@given(seed=st.integers(0, 10_000), size=st.integers(1, 60))
@settings(max_examples=25)
def test_figures_are_those_of_scikit_learn(seed: int, size: int) -> None:
    run = random_rows(seed, size)
    truth, reply = run.expected[run.judged], run.given[run.judged]
    found = by_entry(run)
    ids = found["entry_id"].tolist()
    if ids:
        theirs = precision_recall_fscore_support(truth, reply, labels=ids, zero_division=0)
        for column, values in zip(("precision", "recall", "f1", "expected"), theirs, strict=True):
            assert found[column].tolist() == pytest.approx(values.tolist())
    mean = averages(found)
    asked = found.loc[found["expected"] > 0, "entry_id"].tolist()
    assert (mean is None) == (not asked)
    if mean is not None:
        macro = precision_recall_fscore_support(truth, reply, labels=asked, average="macro", zero_division=0)
        assert (mean.precision, mean.recall, mean.f1) == pytest.approx(macro[:3])
    if size and PERSON in {*truth, *reply}:
        person = precision_recall_fscore_support(truth, reply, labels=[PERSON], zero_division=0)
        scope = out_of_scope(run)
        assert (scope.precision.rate or 0, scope.recall.rate or 0) == pytest.approx((person[0][0], person[1][0]))


def test_of_several_right_answers_any_is_right_and_counts_for_the_one_given() -> None:
    found = by_entry(rows(line("a", (1, 2), 2), line("b", (1, 2), 3))).set_index("entry_id")

    assert found["expected"].to_dict() == {1: 1, 2: 1, 3: 0}
    assert found["right"].to_dict() == {1: 0, 2: 1, 3: 0}


def test_nothing_judged_has_no_figures() -> None:
    run = rows(line("a", "", 1), line("b", 1, None, failed=True))

    assert by_entry(run).empty
    assert averages(by_entry(run)) is None
    assert out_of_scope(run).recall == Proportion(0, 0)

from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from core.statistics.multiplicity import holm


def test_adjusted_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]).tolist() == []
    assert holm([0.5, 0.9]).tolist() == [1, 1]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_adjusted_as_by_statsmodels(p_values: list[float]) -> None:
    with mock.patch("gc.collect"):  # it clears the whole process at each call, which takes up to a second
        expected = multipletests(p_values, method="holm")[1]

    assert holm(p_values).tolist() == pytest.approx(expected.tolist())

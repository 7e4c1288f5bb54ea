import numpy as np

from core.statistics.confidences import confidences, histogram
from tests.core.statistics.ledgers import line, random_rows, rows


def test_the_confidence_is_of_the_nearest_entry_whether_it_was_given_or_not() -> None:
    found = confidences(
        rows(
            line("a", 1, 1, confidence=0.9),
            line("b", 1, None, best=1, confidence=0.3),
            line("c", 1, 2, confidence=0.7),
            line("d", "person", None, best=1, confidence=0.2),
            line("e", "person", None),
            line("f", "", 1, confidence=1.0),
            line("g", 1, None, best=1, confidence=1.0, failed=True),
        )
    )

    assert found is not None
    assert found.value.tolist() == [0.9, 0.3, 0.7, 0.2]
    assert found.right.tolist() == [True, True, False, False]
    assert found.for_person.tolist() == [False, False, False, True]
    assert (len(found), found.without) == (4, 1)


def test_an_engine_that_tells_no_confidence_has_none() -> None:
    assert confidences(rows(line("a", 1, 1), line("b", "person", None))) is None


def test_a_histogram_counts_every_row_once() -> None:
    found = confidences(
        rows(
            line("a", 1, 1, confidence=0.0),
            line("b", 1, 1, confidence=0.05),
            line("c", 1, 2, confidence=1.0),
            line("d", "person", 2, confidence=0.95),
        )
    )
    assert found is not None

    table = histogram(found)

    assert table["right"].tolist() == [1, 1] + [0] * 18
    assert table["wrong"].tolist() == [0] * 19 + [1]
    assert table["for_person"].tolist() == [0] * 19 + [1]


def test_a_histogram_of_many_rows_is_complete() -> None:
    found = confidences(random_rows(3, 500))
    assert found is not None

    table = histogram(found, bins=10)

    assert table[["right", "wrong", "for_person"]].to_numpy().sum() == len(found)
    assert np.allclose(table["high"] - table["low"], 0.1)

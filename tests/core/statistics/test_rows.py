import numpy as np
import pandas as pd

from core.statistics.rows import NOTHING, PERSON, rows_of
from tests.core.statistics.ledgers import line, rows

LINES = (
    line("right", 1, 1, confidence=0.9, tags=("x",)),
    line("wrong", 1, 2, confidence=0.8),
    line("handed over", 2, None, best=2, confidence=0.4),
    line("for a person", "person", None, best=3),
    line("answered out of scope", "person", 3),
    line("failed", 1, None, failed=True),
    line("no label", "", 4),
    line("second of two", (1, 5), 5, group="g"),
    line("neither of two", (1, 5), 2),
)


def test_the_ledger_becomes_arrays() -> None:
    found = rows(*LINES)

    assert found.expected.tolist() == [1, 1, 2, PERSON, PERSON, 1, NOTHING, 5, 1]
    assert found.given.tolist() == [1, 2, PERSON, PERSON, 3, PERSON, 4, 5, 2]
    assert found.right.tolist() == [True, False, False, True, False, False, False, True, False]
    assert found.best_right.tolist() == [True, False, True, False, False, False, False, True, False]
    assert found.failed.tolist() == [False] * 5 + [True] + [False] * 3
    assert found.judged.tolist() == [True] * 5 + [False, False] + [True] * 2
    assert (found.tags[0], found.tags[1], found.group[7]) == (("x",), (), "g")
    assert np.isnan(found.confidence[3])


def test_any_of_several_right_answers_is_right_and_a_row_counts_for_one_entry() -> None:
    found = rows(line("q", (1, 5), 5), line("q", (1, 5), 1), line("q", (1, 5), None))

    assert found.right.tolist() == [True, True, False]
    assert found.expected.tolist() == [5, 1, 1]


def test_unfinished_rows_are_left_out_and_places_stay_those_of_the_ledger() -> None:
    ledger = pd.DataFrame(list(LINES))
    ledger["verdict"] = ledger["verdict"].where(ledger.index >= 2, None)

    found = rows_of(ledger)

    assert found.place.tolist() == [2, 3, 4, 5, 6, 7, 8]
    assert found.take(found.right).place.tolist() == [3, 7]


def test_a_run_without_a_finished_row_is_empty() -> None:
    ledger = pd.DataFrame(list(LINES))
    ledger["verdict"] = None

    assert len(rows_of(ledger)) == 0

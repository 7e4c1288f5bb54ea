import pytest

from core.statistics.intervals import wilson
from core.statistics.proportion import Proportion
from core.statistics.repeats import flips
from tests.core.statistics.ledgers import line, rows

FIRST = rows(line("a", 1, 1), line("b", 1, 2), line("c", "", 3), line("d", 1, None), line("e", 1, 1), line("f", 1, 1))


def test_a_reply_flips_when_it_is_not_the_same_in_all_repeats() -> None:
    second = rows(
        line("a", 1, 1), line("b", 1, 1), line("c", "", 3), line("d", 1, None), line("e", 1, None, failed=True)
    )
    third = rows(line("a", 1, None), line("b", 1, 2), line("c", "", 3), line("d", 1, None), line("e", 1, 1))

    found = flips([FIRST, second, third])

    assert found.share == Proportion(2, 4)
    assert found.share.interval == wilson(2, 4)
    assert found.places.tolist() == [0, 1]
    assert found.failed == 1


def test_the_same_replies_flip_nowhere() -> None:
    assert flips([FIRST, FIRST]).share == Proportion(0, 6)


def test_one_run_repeats_nothing() -> None:
    with pytest.raises(ValueError, match="one run"):
        flips([FIRST])

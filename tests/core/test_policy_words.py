import doctest

from core import policy_words


def test_the_examples_in_the_docstrings_hold() -> None:
    ran = doctest.testmod(policy_words)

    assert ran.attempted > 0
    assert ran.failed == 0

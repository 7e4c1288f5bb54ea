import doctest

from core.report import html, texts


def test_the_examples_in_the_docstrings_hold() -> None:
    for module in (texts, html):
        ran = doctest.testmod(module)

        assert ran.attempted > 0
        assert ran.failed == 0

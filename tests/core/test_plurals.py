import pytest

from core.plurals import counted


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 questions"), (1, "1 question"), (2, "2 questions"), (1_000, "1,000 questions")]
)
def test_a_number_stands_before_its_noun_which_is_plural_but_for_one(number: int, words: str) -> None:
    assert counted(number, "question") == words


def test_a_noun_that_takes_more_than_an_s_names_its_plural() -> None:
    assert [counted(number, "entry", "entries") for number in (0, 1, 2)] == ["0 entries", "1 entry", "2 entries"]

import pytest

from core.commands.evaluate.bounds import Bound, bound, checked
from core.report.figures import NAMES, Figure

ACCURACY = Figure(name="accuracy", label="", gloss="", value=0.9, low=0.85, high=0.94)
NOTHING = Figure(name="macro_f1", label="", gloss="", value=None)


def test_a_bound_is_on_the_figure_or_on_an_end_of_its_interval() -> None:
    assert bound("accuracy=0.9", least=True) == Bound(name="accuracy", end="", limit=0.9, least=True)
    assert bound("accuracy.low=0.85", least=True).called == "accuracy.low"
    assert bound(" failed.high = 0.01 ", least=False).end == "high"


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_can_have_a_bound(name: str) -> None:
    assert bound(f"{name}=0.5", least=True).name == name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("exactness=0.9", "“exactness” is no figure"),
        ("accuracy", "needs a number from 0 to 1"),
        ("accuracy=90", "0.9 for 90 %"),
        ("accuracy=nan", "needs a number"),
        ("accuracy=-0.1", "needs a number"),
        ("macro_f1.low=0.5", ".low and .high go with"),
        ("accuracy.middle=0.5", ".low and .high go with"),
        ("", "is no figure"),
    ],
)
def test_what_is_no_bound_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace(".", r"\.")):
        bound(text, least=True)


@pytest.mark.parametrize(
    ("text", "least", "kept"),
    [
        ("accuracy=0.9", True, True),
        ("accuracy=0.91", True, False),
        ("accuracy.low=0.86", True, False),
        ("accuracy=0.9", False, True),
        ("accuracy.high=0.93", False, False),
        ("macro_f1=0", True, False),
        ("macro_f1=1", False, False),
    ],
)
def test_the_limit_itself_is_kept_and_a_missing_figure_keeps_nothing(text: str, least: bool, kept: bool) -> None:
    ((_, _, found),) = checked([bound(text, least=least)], [ACCURACY, NOTHING])

    assert found is kept

"""What the titles of sections and charts say."""

import pytest

from core.report import titles
from core.runs.analysis import Analysis
from tests.core.report.runs import ended, row

NOBODY_KNOWS = "No answer with a label and a confidence, so nobody can say whether the bot is rightly sure"


def sure(confidence: float, right: int, wrong: int) -> Analysis:
    rows = [row(f"q{n}", 1, 1 if n < right else 2, confidence=confidence) for n in range(right + wrong)]
    return ended(*rows, row("handed", 1, None, best=1, confidence=0.1))


@pytest.mark.parametrize(
    ("found", "title"),
    [
        (sure(0.99, 72, 28), "The bot is surer than it should be: 72 % of 100 answers right, and it was 99 % sure"),
        (
            sure(0.6, 90, 10),
            "The bot is right more often than it thinks: 90 % of 100 answers right, and it was 60 % sure",
        ),
        (sure(0.99, 1, 0), "The bot is about as sure as it should be: 100 % of 1 answer right, and it was 99 % sure"),
        (ended(row("q", 1, None, best=1, confidence=0.2)), NOBODY_KNOWS),
        (ended(row("q", "", 1)), NOBODY_KNOWS),
    ],
)
def test_how_sure_it_was_stands_beside_how_often_that_was_right(found: Analysis, title: str) -> None:
    assert titles.keeps_word(found) == title


def test_how_well_confidence_tells_right_from_wrong_is_the_share_of_pairs_in_order() -> None:
    hits = [row(f"r{n}", 1, 1, confidence=0.8) for n in range(5)]
    apart = ended(*hits, *(row(f"w{n}", 1, 2, confidence=0.3) for n in range(5))).confidences
    tied = ended(*hits, *(row(f"w{n}", 1, 2, confidence=0.8) for n in range(5))).confidences
    few = ended(*hits, row("w", 1, 2, confidence=0.3)).confidences
    assert apart is not None
    assert tied is not None
    assert few is not None

    assert "well" in titles.tells_apart(apart)
    assert "in **100 %** of all pairs" in titles.pairs(apart)
    assert "hardly" in titles.tells_apart(tied)
    assert "in **50 %** of all pairs" in titles.pairs(tied)
    assert titles.pairs(few) == ""
    assert titles.tells_apart(few) == "Too few questions to say whether confidence tells right from wrong"


def test_being_choosy_is_told_by_the_surest_half() -> None:
    rows = [row(f"q{n}", 1, 1 if n < 5 else 2, confidence=0.9 - n / 100) for n in range(10)]
    curve = ended(*rows).risk_coverage
    equal = ended(*(row(f"q{n}", 1, 1, confidence=0.9) for n in range(10))).risk_coverage
    assert curve is not None
    assert equal is not None

    assert titles.choosy(curve) == ("If all were answered, 50 % would be wrong; of the surest half, 0 %")
    assert titles.choosy(equal) == "Too many questions are equally sure to say what being choosy gains"


def test_lists_are_headed_by_what_stands_out_in_them() -> None:
    once = ended(row("a", 1, 2), row("b", 2, 1))
    often = ended(row("a", 1, 2), row("b", 1, 2), row("c", 1, 1), row("d", 2, 1))

    assert titles.confused(once) == "2 confusions, none of them more than once"
    assert titles.confused(ended(row("a", 1, 2))) == "1 confusion"
    assert titles.confused(often) == "Most often confused: “Question 2?” given for “Question 1?” (2 of 3)"
    assert titles.entries(often) == "Most missed: “Question 1?” (2 of 3)"
    assert titles.entries(ended(row("a", 1, 1))) == "No entry missed, none given wrongly"
    out_of_scope = [row(f"p{n}", "person", 1) for n in range(2)]
    wrongly = "No entry missed; “Question 1?” given wrongly once"
    assert titles.entries(ended(row("a", 1, 1), out_of_scope[0])) == wrongly
    assert titles.entries(ended(row("a", 1, 1), *out_of_scope)) == wrongly.replace("once", "2 times")
    several = titles.entries(ended(row("a", 1, 1), *out_of_scope, row("p", "person", 2)))
    assert several == "No entry missed; 2 entries given wrongly, 3 times in all"
    assert titles.entries(ended(row("a", "person", 1))) == "No question expects an entry"
    assert titles.right(often) == "25 % right, of only 4 questions"
    assert titles.right(ended(*(row(f"q{n}", 1, 1) for n in range(20)))) == "100 % right"
    assert titles.right(ended(row("a", "", 1))) == ""


def test_the_chart_of_outcomes_is_headed_by_the_most_frequent_kind_of_mistake() -> None:
    handed = [row(f"h{n}", 1, None) for n in range(3)]

    def title(*rows: dict[str, object]) -> str:
        return titles.mistakes(ended(*rows).summary)

    assert title(*handed, row("w", 1, 2)) == "Most frequent mistake: needless handoff (3 of 4)"
    assert title(handed[0], row("w", 1, 2)) == (
        "2 mistakes, of no kind more than of the others: wrong entry and needless handoff"
    )
    assert title(row("w", 1, 2)) == "One mistake: wrong entry"
    assert title(row("r", 1, 1)) == "No mistake"


def test_the_chart_of_confidence_says_whether_the_bot_is_rightly_sure_of_the_nearest_entry() -> None:
    found = sure(0.9, 10, 90).confidences
    assert found is not None

    assert titles.nearest(found) == (
        "Of 101 questions, 10.9 % had the right entry nearest, 89 % sure: surer than it should be"
    )


def test_the_chart_of_thresholds_is_headed_by_what_another_one_than_now_would_change() -> None:
    careless = [row(f"w{n}", 1, 2, confidence=0.65) for n in range(3)]
    hits = [row(f"r{n}", 1, 1, confidence=0.9) for n in range(5)]
    outlook = ended(*careless, *hits, row("unsure", 1, 1, confidence=0.62)).outlook
    assert outlook is not None

    more_careful = "Now: 60 %. At 70 %: 3 fewer wrong answers, 4 more needless handoffs (9 questions)"
    assert titles.another_threshold(outlook, 0.6, 0.7) == more_careful
    assert titles.another_threshold(outlook, 0.6, 0.6) == more_careful
    same = titles.another_threshold(outlook, 0.1, 0.5)
    assert same == "Now: 10 %. At 50 %: the same number of mistakes (9 questions)"
    assert titles.another_threshold(outlook, 1.0, 1.0).startswith("Now: 100 %. At 90 %: ")

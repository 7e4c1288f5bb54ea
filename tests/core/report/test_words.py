"""The sentences on a run, of few questions and of one."""

import pytest

from core.report import words
from core.report.confidence_section import cheapest, confidence
from core.report.html import html
from core.report.junit import junit
from core.report.report import Report
from core.report.sections import sections
from core.report.tables import metrics_table
from core.runs.run_usage import RunUsage
from core.statistics.thresholds import shares_now
from core.statistics.verdict import Verdict
from tests.core.report.runs import ended, random_run, row

ONE = ended(row("q", 1, 1))


def test_shares_of_answers_are_of_the_questions_that_expect_one() -> None:
    summary = ended(row("a", 1, 2), row("b", "person", 3), row("c", "person", None)).summary

    assert summary.rate(Verdict.WRONG_ANSWER).of_words == "question that expects an answer"
    assert summary.rate(Verdict.ANSWERED_OUT_OF_SCOPE).of_words == "questions that expect a person"
    assert "with a stored answer" not in html(Report(analysis=random_run(1, 60), took=RunUsage())).decode()


def test_how_many_rows_have_no_label_is_a_fact_without_a_range() -> None:
    found = random_run(2, 200)

    table = metrics_table(found).set_index("Metric")
    (line,) = (
        one for one in sections(Report(analysis=found, took=RunUsage()))[1].tables[0].rows if one[0] == "Not labelled"
    )
    assert table.loc["not_labelled", "Count"] > 0
    assert table.loc["not_labelled", ["Low (95 %)", "High (95 %)"]].isna().all()
    assert line[2] == ""
    assert b"not_labelled.low" not in junit(found)
    assert b'"not_labelled"' in junit(found)


def test_a_report_on_one_question_is_grammar_and_says_that_it_says_little() -> None:
    report = {one.name: one for one in sections(Report(analysis=ONE, took=RunUsage()))}

    assert report["result"].finding == "100 % right, of only 1 question"
    assert report["result"].sentences[0].endswith("one question says little.")
    assert report["tested"].sentences[0].startswith("1 question was put to the bot as a visitor would put it.")
    statistics = report["entries"].statistics
    assert statistics is not None
    assert statistics.sentences[0].startswith("Of the one entry that a question expects: recall")
    assert statistics.sentences[1] == "No question expects a person. None with a label was handed over."


def test_the_curve_of_being_choosy_is_left_out_where_chance_would_draw_it() -> None:
    few, enough = (ended(*(row(f"q{n}", 1, 1 + n % 2, confidence=n / 30) for n in range(size))) for size in (19, 20))
    found = [confidence(one) for one in (few, enough)]
    statistics = [one.statistics for one in found if one and one.statistics]

    assert [len(one.charts) for one in statistics] == [1, 2]
    assert "fewer than 20 questions with a label and a confidence (here 19)" in statistics[0].notes[0]
    assert not statistics[1].notes


def test_few_questions_say_little() -> None:
    assert words.verdict(ended(row("a", 1, 1), row("b", 1, 2)).summary).endswith("so few questions say little.")
    assert "little" not in words.verdict(random_run(1, 60).summary)


@pytest.mark.parametrize(
    ("right", "of", "said"),
    [
        (283, 500, "about 57 right, 43 wrong answers, 0 needless handoffs"),
        (30, 40, "75 right, 25 wrong answers, 0 needless handoffs"),
    ],
)
def test_visitors_that_are_not_whole_are_told_as_about_so_many(right: int, of: int, said: str) -> None:
    found = ended(*(row(f"q{n}", 1, 1 if n < right else 2) for n in range(of)))

    assert words.shares(shares_now(found.rows)) == said


def test_what_became_of_all_questions_and_which_are_in_no_figure() -> None:
    found = ended(row("a", 1, 2), row("b", "person", None), row("c", 1, failed=True), row("d", "", 1))

    assert words.replies(found) == "Of 4 questions, 2 got an answer, 1 went to a person, 1 failed."
    assert words.left_out(found.summary) == [
        "1 failed question is in no other figure: nobody can say whether the reply would have been right.",
        "1 question without a label: run too, and counted only among those tried.",
    ]
    assert words.left_out(ONE.summary) == []


def test_the_threshold_that_costs_least_is_told_with_its_cost() -> None:
    choice = random_run(4, 400).choice(1)
    assert choice is not None

    assert cheapest(choice, 1).startswith("Where a wrong answer is as bad as 1 handoff, the ")
    assert f"It was chosen on {choice.chosen_on:,} questions; of 100 visitors like the " in cheapest(choice, 1)


def test_how_many_doubtful_questions_the_model_was_asked_is_told_with_what_that_took() -> None:
    took = RunUsage(doubtful=38, sure=82, asked=38, sent=38_000, received=400, nano_usd=40_000_000)

    assert words.took(took) == (
        "The model was asked about 31.7 % of the questions (38 of 120); the built-in engine was sure of the others · "
        "Took 38,400 tokens, $0.04"
    )
    assert words.took(RunUsage(sure=3)).startswith("The model was asked about 0 % of the questions (0 of 3)")

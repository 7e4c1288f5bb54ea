"""A comparison of runs whose tables hold some of the test questions."""

import json
from dataclasses import replace

from core.questions.entry import Entry
from core.report.comparison_leaks import in_words, stored_questions
from core.report.comparison_words import headline
from core.report.json_figures import as_json
from core.report.report import Against, Report
from core.report.sections import sections
from core.runs.analysis import Analysis
from core.runs.run_usage import RunUsage
from core.statistics.comparison import compare
from tests.core.report.runs import ENTRIES, ended, row

TESTS = [f"{word} is it that I wonder about" for word in ("where", "when", "how much", "whose")]
TOOK_IN = (Entry(id=1, question="Question 1?", answer="Answer 1.", alternates=(TESTS[0], TESTS[1])), *ENTRIES[1:])


def runs(entries: tuple[Entry, ...]) -> tuple[Analysis, Analysis]:
    """Four questions of which two were fixed by taking them into the table."""
    before = ended(*(row(question, 1, 2) for question in TESTS))
    after = ended(*(row(question, 1, 1 if n < 2 else 2) for n, question in enumerate(TESTS)), entries=entries)
    return before, after


def test_test_questions_that_were_put_into_the_table_are_told_with_the_comparison_without_them() -> None:
    before, after = runs(TOOK_IN)
    found = compare(before.rows, after.rows)

    said = in_words(stored_questions(before, after, found))

    assert said.startswith("Of 4 shared questions, 2 stand in the table of this evaluation and 0 in that of the other")
    assert said.endswith(
        "Over 2 questions with a label in neither table: **no clear difference at this size**, 0 % right in this "
        "evaluation, 0 % in the other, 0 fixed, 0 broken."
    )
    report = Report(analysis=after, took=RunUsage(), against=Against(baseline=before, comparison=found))
    assert said in next(one for one in sections(report) if one.name == "comparison").warnings


def test_without_such_questions_nothing_is_said_and_without_others_no_comparison() -> None:
    before, after = runs(ENTRIES)
    assert stored_questions(before, after, compare(before.rows, after.rows)) is None

    every = (Entry(id=1, question="Question 1?", answer="Answer 1.", alternates=tuple(TESTS)),)
    before, after = runs(every)
    stored = stored_questions(before, after, compare(before.rows, after.rows))
    assert in_words(stored).endswith("stands in neither table.")


def test_a_headline_never_says_better_without_the_questions_in_a_table_that_make_it_so() -> None:
    questions = [f"is {letter * 5} {letter * 6} {letter * 7}" for letter in "abcdefghijklmn"]
    before = ended(*(row(question, 1, 2) for question in questions))
    took_in = (replace(ENTRIES[0], alternates=tuple(questions[:10])), *ENTRIES[1:])
    after = ended(*(row(question, 1, 1 if n < 10 else 2) for n, question in enumerate(questions)), entries=took_in)
    fixed_all = ended(*(row(question, 1, 1) for question in questions), entries=(took_in[0], *ENTRIES[1:]))

    def said(run: Analysis) -> str:
        found = compare(before.rows, run.rows)
        return headline(found, stored_questions(before, run, found))

    assert (
        said(after)
        == "Better only with 10 questions that stand in a table: 71 % right in this evaluation, 0 % in the other one"
    )
    assert said(fixed_all).startswith("Better only with 10 questions")
    assert said(before) == "No clear difference at this size: 0 % right in this evaluation, 0 % in the other one"
    stored = (replace(ENTRIES[0], alternates=(questions[0],)), *ENTRIES[1:])
    mostly = ended(*(row(question, 1, 1) for question in questions), entries=stored)
    assert (
        said(mostly)
        == "Better: 100 % right in this evaluation, 0 % in the other one, counting 1 question that stands in a table"
    )

    found = compare(before.rows, after.rows)
    report = Report(analysis=after, took=RunUsage(), against=Against(baseline=before, comparison=found))
    assert next(one for one in sections(report) if one.name == "comparison").finding == said(after)
    told = json.loads(as_json(report))["comparison"]
    assert (told["ruling"], told["in_a_table"], told["ruling_without_these"]) == ("better", 10, "unclear")

"""A comparison of runs whose tables hold some of the test questions."""

from core.questions.entry import Entry
from core.report.comparison_leaks import stored_in_either
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

    said = stored_in_either(before, after, found)

    assert said.startswith("Of 4 shared questions, 2 stand in the table of this evaluation and 0 in that of the other")
    assert said.endswith(
        "Over 2 questions with a label in neither table: **no clear difference at this size**, 0 % right here, 0 % "
        "there, 0 fixed, 0 broken."
    )
    report = Report(analysis=after, took=RunUsage(), against=Against(baseline=before, comparison=found))
    assert said in next(one for one in sections(report) if one.name == "comparison").sentences


def test_without_such_questions_nothing_is_said_and_without_others_no_comparison() -> None:
    before, after = runs(ENTRIES)
    assert stored_in_either(before, after, compare(before.rows, after.rows)) == ""

    every = (Entry(id=1, question="Question 1?", answer="Answer 1.", alternates=tuple(TESTS)),)
    before, after = runs(every)
    assert stored_in_either(before, after, compare(before.rows, after.rows)).endswith("stands in neither table.")

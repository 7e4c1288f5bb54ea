"""What is told of a run against another: the same on its page and in its report."""

from dataclasses import replace

from core.report.comparison_section import PRINTED, compared, listed
from core.report.report import Against
from core.runs.analysis import Analysis
from core.statistics.comparison import compare
from tests.core.report.runs import RUN, ended, row

OTHER_TABLE = replace(RUN, run_id="b", revision=RUN.revision + 1)


def against(baseline: Analysis, analysis: Analysis) -> Against:
    return Against(baseline=baseline, comparison=compare(baseline.rows, analysis.rows))


def test_each_list_says_what_was_expected_and_what_each_of_the_two_gave() -> None:
    before, after = ended(row("a", 1, 2), row("b", "person", 3)), ended(row("a", 1, 1), row("b", "person", None))

    table = listed(after, against(before, after), "fixed")

    assert table.rows == [
        ("a", "Question 1?", "Question 2?", "Question 1?", "2"),
        ("b", "a person", "Question 3?", "a person", "3"),
    ]
    assert not listed(after, against(before, after), "broken").rows


def test_the_two_are_called_by_what_tells_them_apart() -> None:
    before, after = (ended(row("a", 1, given), run=OTHER_TABLE) for given in (2, 1))
    renamed, older = (ended(row("a", 1, 2), run=replace(RUN, **other)) for other in ({"name": "May"}, {}))

    def called(one: Analysis) -> str:
        return compared(after, against(one, after)).finding.partition(": ")[2]

    assert called(before) == "100 % right in this evaluation, 0 % in the other one"
    assert called(older) == f"100 % right in revision {OTHER_TABLE.revision}, 0 % in revision {RUN.revision}"
    assert called(renamed) == f"100 % right in “{RUN.name}”, 0 % in “May”"


def test_a_report_shows_the_first_rows_of_a_long_list_and_counts_them_all() -> None:
    before, after = (ended(*(row(f"q{n}", 1, given) for n in range(60))) for given in (2, 1))

    table = listed(after, against(before, after), "fixed")

    assert len(table.frame) == 60
    assert len(table.rows) == PRINTED
    assert table.left_out(PRINTED) == "The first 50 of 60 rows."


def test_how_many_replies_waver_is_only_said_where_nothing_was_changed() -> None:
    rows = row("a", 1, 1), row("b", 2, 2)
    run = ended(*rows)
    wavered, changed = ended(rows[0], row("b", 2, 1)), ended(*rows, run=OTHER_TABLE)

    same = compared(run, against(wavered, run)).sentences[-1]

    assert same.startswith("Table, settings and engine are the same in both: **50 %** of the replies (1 of 2, likely ")
    assert "same in both" not in "".join(compared(run, against(changed, run)).sentences)

"""Several runs against one, and the way from there to the pair."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.identity.demo import CLOTHING_ORG, MEMBER, OWNER
from core.questions.changes import Changes
from core.report.comparison_words import headline
from core.runs.ledger import Run
from core.statistics.comparison import Comparison, adjusted, compare
from core.statistics.rows import Rows
from pages.evaluations import analysis_cache, several_runs
from tests.core.report.runs import ENTRIES, ended, row
from tests.core.runs.test_analysis import RUN
from tests.core.statistics.ledgers import line, rows
from tests.pages.conftest import Browser, everything
from tests.pages.evaluations.test_sections import run_file

ORG = CLOTHING_ORG


@pytest.fixture
def runs(frontline: Frontline) -> list[Run]:
    """A baseline, one like it, and one on a table that was changed."""
    found = [run_file(frontline, "base.csv"), run_file(frontline, "same.csv")]
    changes = Changes(edited={1: {"alternates": ["do you like cheese"]}})
    frontline.questions.save(OWNER, ORG, base_revision=1, changes=changes)
    return [*found, run_file(frontline, "changed.csv")]


def compare_section(browser: Browser, run: Run) -> AppTest:
    tab = browser.open("evaluations", ORG, person=MEMBER, query={"run": run.run_id})
    return next(group for group in tab.button_group if group.label == "What to look at").set_value("Compare").run()


def test_each_chosen_run_has_a_line(browser: Browser, runs: list[Run]) -> None:
    tab = compare_section(browser, runs[0])
    next(group for group in tab.button_group if group.label == "Compare with how many").set_value("Several").run()
    assert f"Choose the others. {several_runs.DIRECTION}" in everything(tab)

    tab.multiselect[0].set_value(list(tab.multiselect[0].options)).run()

    assert not tab.exception
    assert several_runs.DIRECTION in everything(tab)
    table = tab.dataframe[0].value
    assert table["Evaluation"].tolist() == ["changed.csv", "same.csv"]
    assert table["Shared"].tolist() == [5, 5]
    assert (table["Fixed"] + table["Broken"]).tolist()[1] == 0
    assert (table["Fixed"] + table["Broken"]).tolist()[0] > 0
    assert table["Result"].tolist() == ["no clear difference at this size"] * 2


def against(others: list[Rows], run: Rows) -> list[Comparison]:
    return adjusted([compare(other, run) for other in others])


def sized(right: int) -> Rows:
    return rows(*(line(f"q{i}", 1, 1 if i < right else 2) for i in range(100)))


def test_a_line_says_by_how_much_and_how_surely() -> None:
    other = rows(line("another question", 1, 1))
    found = against([sized(75), sized(40), sized(59), other], sized(60))

    table = several_runs.table([RUN] * 4, found, [None] * 4)

    assert table["Result"].tolist() == ["worse", "better", "no clear difference at this size", "no question in common"]
    assert table["Difference"].tolist() == ["−15", "+20", "+1", "–"]
    assert table["Likely"].tolist()[:2] == ["−23 to −7", "+11 to +28"]
    assert table["Fixed"].tolist() == [0, 20, 1, 0]
    assert table["Broken"].tolist() == [15, 0, 0, 0]
    assert table["Right in this one"].tolist() == ["60 %", "60 %", "60 %", "–"]
    assert table["Right in the other"].tolist() == ["75 %", "40 %", "59 %", "–"]


def test_several_rule_in_the_direction_of_one() -> None:
    here, there = sized(75), sized(60)

    (among,) = against([there], here)
    alone = compare(there, here)

    assert (len(among.fixed), len(among.broken), among.ruling) == (len(alone.fixed), len(alone.broken), alone.ruling)
    assert headline(alone, None).lower().startswith(several_runs.table([RUN], [among], [None])["Result"][0])


def test_several_name_what_stands_in_the_table_of_the_others_too() -> None:
    questions = [f"{letter} is what I wonder about, {letter}" for letter in "abcdefghij"]
    plain = ended(*(row(question, 1, 2) for question in questions))
    took_in = ended(
        *(row(question, 1, 1) for question in questions), entries=(replace(ENTRIES[0], alternates=tuple(questions)),)
    )

    several = analysis_cache.against_each(plain, ("took in", "plain"), [took_in, plain])
    table = several_runs.table([RUN] * 2, several.found, several.stored)

    assert table["Result"].tolist() == ["worse, only with questions in a table", "no clear difference at this size"]
    assert table["In a table"].tolist() == [10, 0]


def test_what_is_offered_says_where_the_test_questions_are_others() -> None:
    run, other = replace(RUN, dataset_id="d"), replace(RUN, dataset_id="e")

    assert several_runs.called(run, other).endswith(" · other test questions")
    assert not several_runs.called(run, run).endswith("test questions")


def test_of_many_runs_one_that_looks_better_by_chance_is_not_called_so() -> None:
    lucky = sized(66)

    alone = against([sized(60)], lucky)
    among = against([sized(60), *(sized(65) for _ in range(7))], lucky)

    assert several_runs.table([RUN], alone, [None])["Result"].tolist() == ["better"]
    assert several_runs.table([RUN] * 8, among, [None] * 8)["Result"].tolist()[0] == "no clear difference at this size"

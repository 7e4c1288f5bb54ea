"""From a wrong row of a run to the table, the label or the entry."""

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.datasets.labels import LabelKind
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER
from core.identity.principal import Principal
from core.runs.ledger import Run
from tests.pages.conftest import Browser, everything
from tests.pages.evaluations.test_page import FILE, finished, press, run_file
from tests.pages.questions.test_entry_panel import section, shown_number

ORG = CLOTHING_ORG
QUESTION = "What do you sell?"
"""The one of FILE that is judged wrong: it expects the opening hours."""
ADD, WRONG, OPEN = "Add this phrasing to “What are your hours\\?”", "The label is wrong", "Open the right entry"


@pytest.fixture
def run(frontline: Frontline) -> Run:
    """A run of kept test questions, ended."""
    text = FILE.replace(b"What do you sell?,What are", b"where can I find you on sundays,What are")
    found = frontline.intake.read(ADMIN, ORG, text, "tests.csv")
    ready = frontline.intake.check(ADMIN, ORG, found)
    preview, revision = ready.preview, ready.revision
    ref = frontline.datasets.save(ADMIN, ORG, name="tests", preview=preview, source="tests.csv")
    frontline.runs.start(ADMIN, ORG, name="tests.csv", preview=preview, revision=revision, dataset=ref)
    return finished(frontline)


def open_row(browser: Browser, run: Run, line: int, person: Principal = ADMIN) -> AppTest:
    """The run's page with the row on this line chosen."""
    tab = browser.open("evaluations", ORG, person=person, query={"run": run.run_id})
    choose(tab, run, line)
    return tab.run()


def choose(tab: AppTest, run: Run, line: int) -> None:
    rows = next(table.value for table in tab.dataframe if "Outcome" in table.value.columns)
    place = rows["Line"].tolist().index(line)
    tab.session_state[f"evaluations.{ORG}.rows_{run.run_id}"] = {
        "selection": {"rows": [], "columns": [], "cells": [(place, "Question")]}
    }


def labels(tab: AppTest) -> list[str]:
    return [button.label for button in tab.button]


def said(tab: AppTest) -> str:
    return "\n".join(caption.value.replace("\\", "") for caption in tab.caption)


def test_the_phrasing_of_a_wrong_row_goes_to_the_right_entry_and_later_runs_leave_it_out(
    browser: Browser, frontline: Frontline, run: Run
) -> None:
    tab = open_row(browser, run, 3)
    assert ADD in labels(tab)

    press(tab, ADD)

    assert frontline.questions.table(ADMIN, ORG).entries[0].alternates[-1] == "where can I find you on sundays"
    assert "Its phrasing is in the table, so later evaluations of “tests” leave it out." in said(tab)
    assert "This evaluation keeps its figures" in said(tab)
    (kept,) = frontline.datasets.listed(ADMIN, ORG)
    assert frontline.datasets.check(ADMIN, ORG, kept.dataset_id, kept.version).known == 1
    assert frontline.runs.summary(ADMIN, ORG, run.run_id).attempted == 4


def test_a_wrong_label_is_corrected_with_the_persons_name(browser: Browser, frontline: Frontline, run: Run) -> None:
    tab = open_row(browser, run, 3)
    box = next(box for box in tab.selectbox if box.label == "Right is")

    box.set_value(next(option for option in box.options if option == "a person")).run()
    press(tab, "Save the label")

    assert "Its label was corrected (Adam" in said(tab)
    assert "it expects a person from then on" in said(tab)
    source = frontline.fixes.source(ADMIN, ORG, run.run_id, 3)
    assert source is not None
    assert source.now is not None
    assert source.now.content.label.kind is LabelKind.FALLBACK
    assert source.now.labelled is not None
    assert source.now.labelled.name == ADMIN.name


def test_a_row_without_a_label_can_get_one(browser: Browser, frontline: Frontline, run: Run) -> None:
    tab = open_row(browser, run, 5)
    box = next(box for box in tab.selectbox if box.label == "Right is")

    box.set_value("What do you sell?").run()
    press(tab, "Save the label")

    source = frontline.fixes.source(ADMIN, ORG, run.run_id, 5)
    assert source is not None
    assert source.now is not None
    assert source.now.content.label.kind is LabelKind.ENTRY


def test_a_row_leads_to_the_next_one_of_the_list(browser: Browser, run: Run) -> None:
    tab = open_row(browser, run, 3)  # the mistakes stand first
    back, on = (next(one for one in tab.button if one.help == f"{where} row") for where in ("Previous", "Next"))
    assert "Row 1 of 4" in said(tab)
    assert back.disabled

    on.click().run()
    assert "Row 2 of 4" in said(tab)

    tab.run()  # the cell that stays selected does not open its own row again
    assert "Row 2 of 4" in said(tab)


def test_a_closed_row_stays_closed_until_it_is_opened_again(browser: Browser, run: Run) -> None:
    tab = open_row(browser, run, 3)
    del tab.session_state[f"evaluations.{ORG}.row_panel"]  # as closing it does
    tab.run()
    assert "Row 1 of 4" not in said(tab)

    press(tab, "Open the chosen row")
    assert "Row 1 of 4" in said(tab)


def test_an_entry_that_a_row_opens_takes_its_place_and_gives_it_back(browser: Browser, run: Run) -> None:
    tab = open_row(browser, run, 3)

    press(tab, OPEN)
    assert "Row 1 of 4" not in said(tab)

    press(tab, "Done")
    assert "Row 1 of 4" in said(tab)


def test_a_right_row_needs_nothing(browser: Browser, run: Run) -> None:
    tab = open_row(browser, run, 2)

    assert ADD not in labels(tab)
    assert OPEN not in everything(tab)


def test_a_member_may_only_open_the_entry(browser: Browser, run: Run) -> None:
    tab = open_row(browser, run, 3, person=MEMBER)

    assert ADD not in labels(tab)
    assert "Save the label" not in labels(tab)
    assert OPEN in everything(tab)


def test_a_run_of_a_file_that_was_not_kept_says_so(browser: Browser, frontline: Frontline) -> None:
    run = run_file(frontline)

    tab = open_row(browser, run, 3)

    assert "from before test questions were kept" in said(tab)
    assert "Save the label" not in labels(tab)


def test_a_phrasing_that_another_entry_has_is_refused_in_words(browser: Browser, frontline: Frontline) -> None:
    run = run_file(frontline)
    tab = open_row(browser, run, 3)

    press(tab, ADD)

    assert "is already in" in tab.error[0].value
    assert frontline.questions.newest_revision(ADMIN, ORG) == 1


def test_an_address_opens_the_table_at_the_right_entry(browser: Browser) -> None:
    tab = browser.open("questions", ORG, person=ADMIN, query={"entry": "1"})

    assert [box.value for box in tab.text_input if box.label == "Find"] == ["What are your hours?"]
    assert "entry" not in tab.query_params


@pytest.mark.parametrize("entry", ["99", "x", ""])
def test_a_link_to_an_entry_that_is_gone_opens_the_whole_table(browser: Browser, entry: str) -> None:
    tab = browser.open("questions", ORG, person=ADMIN, query={"entry": entry})

    assert [box.value for box in tab.text_input if box.label == "Find"] == [""]
    assert not tab.error


def test_the_right_entry_opens_beside_the_row_with_what_its_test_questions_got(browser: Browser, run: Run) -> None:
    tab = press(open_row(browser, run, 3), OPEN)

    assert shown_number(tab) == 1
    section(tab, "Test questions").run()

    table = next(one.value for one in tab.dataframe if "In the newest evaluation" in one.value.columns)
    assert table.iloc[0].tolist() == [
        "where can I find you on sundays",
        "Needless handoff: a person",
        "tests",
    ]
    press(tab, "Done")
    assert shown_number(tab) is None
    assert ADD in labels(tab)

"""From a file of test questions to figures and rows."""

import re
import time
from collections.abc import Callable

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.files.writing import to_xlsx
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OUTSIDER, OWNER, PHONE_ORG
from core.questions.changes import Changes
from core.runs.ledger import Run, Status
from core.samples import demo_entries
from core.statistics.verdict import Verdict
from pages.evaluations.run_list import AGAINST
from pages.shell import session
from tests.pages.conftest import Browser, everything

ORG = CLOTHING_ORG
FILE = b"""question,expected_question
What are your hours?,What are your hours?
What do you sell?,What are your hours?
any job openings?,__fallback__
who are you,
,What do you sell?
lunch?,No such question
"""


def upload(tab: AppTest, data: bytes, name: str = "tests.csv") -> AppTest:
    if not tab.file_uploader:  # the list of earlier evaluations stands there
        press(tab, "New evaluation")
    return tab.file_uploader[0].set_value((name, data, "text/csv")).run()


def press(tab: AppTest, label: str) -> AppTest:
    return next(button for button in tab.button if button.label == label).click().run()


_COUNTS = {
    "Good rows": r"rows?: ([\d,]+) ready",
    "Expect an answer": r"([\d,]+) expect an answer",
    "Expect a person": r"([\d,]+) expect a person",
    "Not labelled": r"([\d,]+) do not say what they expect",
    "Wait for you": r"([\d,]+) waits? for you",
    "Cannot be run": r"([\d,]+) left out",
}


def metrics(tab: AppTest) -> dict[str, str]:
    """How many rows of a preview are what, as it says: what it does not name is 0, and what waits is not there."""
    shown = everything(tab)
    found = {name: re.search(words, shown) for name, words in _COUNTS.items()}
    return {name: hit[1] if hit else "0" for name, hit in found.items() if hit or name != "Wait for you"}


def wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(1200):
        if condition():
            return
        time.sleep(0.05)
    raise TimeoutError("it did not happen")


def finished(frontline: Frontline) -> Run:
    """The only run, once it has ended."""
    wait_until(lambda: not frontline.runs.listed(OWNER, ORG)[0].active)
    return frontline.runs.listed(OWNER, ORG)[0]


def run_file(frontline: Frontline, data: bytes = FILE) -> Run:
    found = frontline.intake.read(ADMIN, ORG, data, "tests.csv")
    ready = frontline.intake.check(ADMIN, ORG, found)
    preview, revision = ready.preview, ready.revision
    frontline.runs.start(ADMIN, ORG, name="tests.csv", preview=preview, revision=revision)
    return finished(frontline)


def test_results_of_an_older_revision_are_run_on_the_newest_with_one_click(
    browser: Browser, frontline: Frontline
) -> None:
    ready = frontline.intake.check(ADMIN, ORG, frontline.intake.read(ADMIN, ORG, FILE, "tests.csv"))
    run = frontline.intake.start(ADMIN, ORG, ready)
    wait_until(lambda: not frontline.runs.run(OWNER, ORG, run.run_id).active)
    frontline.questions.save(ADMIN, ORG, base_revision=1, changes=Changes(edited={1: {"answer": "New"}}))
    for person in (MEMBER, ADMIN):
        listed = browser.open("evaluations", ORG, person=person).dataframe[-1].value
        assert list(listed["Revision"]) == ["1, older"]
        tab = browser.open("evaluations", ORG, person=person, query={"run": run.run_id})
        assert "These are results of revision 1" in everything(tab)

    press(tab, "Run again on the newest revision (2)")

    newest = finished(frontline)
    assert (newest.revision, newest.dataset_id, newest.total) == (2, run.dataset_id, run.total)


def test_the_list_tells_how_many_ended_right_and_how_that_is_against_the_one_before(
    browser: Browser, frontline: Frontline
) -> None:
    ready = frontline.intake.check(ADMIN, ORG, frontline.intake.read(ADMIN, ORG, FILE, "tests.csv"))
    for _ in range(2):
        frontline.intake.start(ADMIN, ORG, ready)
        finished(frontline)
    wait_until(lambda: not any(one.looking for one in frontline.track_record.glance(MEMBER, ORG)))
    tab = browser.open("evaluations", ORG, person=MEMBER)

    listed = tab.dataframe[-1].value

    assert list(listed["Right"]) == ["33 %", "33 %"]
    assert list(listed["Likely"]) == ["6–80 %", "6–80 %"]
    assert list(listed[AGAINST]) == ["no clear difference at this size (revision 1)", "first run"]
    cells = {"selection": {"rows": [], "columns": [], "cells": [[0, AGAINST]]}}
    tab.session_state[session.key("evaluations", ORG, "runs")] = cells
    told = everything(tab.run()).replace("\u00a0", " ")
    assert "No clear difference at this size: 33 % right in this evaluation, 33 % in the other one" in told


def test_a_file_is_previewed_with_each_bad_row_and_its_reason(browser: Browser, frontline: Frontline) -> None:
    tab = upload(browser.open("evaluations", ORG, person=ADMIN), FILE)

    assert metrics(tab) == {
        "Good rows": "4",
        "Expect an answer": "2",
        "Expect a person": "1",
        "Not labelled": "1",
        "Cannot be run": "2",
    }
    bad = next(table.value for table in tab.dataframe if "Reason" in table.value.columns)
    assert bad["Line"].tolist() == [6, 7]
    assert bad["Reason"].tolist()[0] == "The question is empty."
    assert "No such question" in bad["Reason"].tolist()[1]
    assert frontline.runs.listed(ADMIN, ORG) == []


def test_columns_are_recognised_and_can_be_corrected(browser: Browser) -> None:
    data = b"when,utterance,reply wanted\nmonday,what time is it,Our hours are Monday-Friday\n"
    tab = upload(browser.open("evaluations", ORG, person=ADMIN), data)
    taken = {box.label: box for box in tab.selectbox}
    assert (taken["utterance"].value, taken["reply wanted"].value) == ("question", "keep")

    taken["reply wanted"].set_value("expected:auto").run()
    assert metrics(tab)["Wait for you"] == "1"

    next(box for box in tab.selectbox if box.label == "reply wanted").set_value("keep").run()
    assert metrics(tab)["Not labelled"] == "1"


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "file is empty"), (b"question\n", "nothing below it"), (b"\x00\x01\x02" * 50, "")],
)
def test_a_file_that_cannot_be_read_says_why(browser: Browser, data: bytes, words: str) -> None:
    tab = upload(browser.open("evaluations", ORG, person=ADMIN), data)

    (message,) = [error.value for error in tab.error]
    assert words in message
    assert "error number" not in message
    assert not any(button.label.startswith("Run") for button in tab.button)


def test_a_run_shows_its_figures_with_intervals_and_its_rows(browser: Browser, frontline: Frontline) -> None:
    tab = press(upload(browser.open("evaluations", ORG, person=ADMIN), FILE), "Run 4 questions")
    run = finished(frontline)
    assert tab.query_params["run"] == run.run_id

    tab.run()

    shown = everything(tab)
    assert (run.status, run.finished) == (Status.DONE, 4)
    assert "1 of 3 labelled questions" in shown
    assert "2 wrong answers (1 out of scope)" in shown
    assert "0 needless handoffs" in shown
    assert "likely 6–80 %" in shown
    rows, figures = (table.value for table in tab.dataframe if "Outcome" in table.value.columns)
    assert rows["Outcome"].tolist() == ["✕ Wrong entry", "✕ Answered out of scope", "– Not labelled", "✓ Right"]
    assert rows["Expected"].tolist() == ["What are your hours?", "a person", "", "What are your hours?"]
    counts = dict(zip(figures["Outcome"], figures["Questions"], strict=True))
    assert counts["Failed"] == "0 of 4 questions tried"
    assert figures["Likely"].tolist()[0] == "6–80 %"


def test_rows_are_filtered_by_outcome(browser: Browser, frontline: Frontline) -> None:
    run = run_file(frontline)
    tab = browser.open("evaluations", ORG, person=MEMBER, query={"run": run.run_id})

    show = next(group for group in tab.button_group if group.label == "Show")
    assert show.options == ["Right (1)", "Wrong entry (1)", "Answered out of scope (1)", "Not labelled (1)"]
    show.set_value([Verdict.WRONG_ANSWER]).run()

    rows = next(table.value for table in tab.dataframe if "Outcome" in table.value.columns)
    assert rows["Question"].tolist() == ["What do you sell?"]


def test_the_address_of_a_run_shows_it_in_another_tab_and_to_members(browser: Browser, frontline: Frontline) -> None:
    run = run_file(frontline)

    tab = browser.open("evaluations", ORG, person=MEMBER, query={"run": run.run_id})

    assert tab.title[0].value == "tests\\.csv"
    assert "1 of 3 labelled questions" in everything(tab)


def test_a_run_of_another_org_or_none_is_not_found(browser: Browser, frontline: Frontline) -> None:
    run = run_file(frontline)

    for person, org, run_id in ((OUTSIDER, PHONE_ORG, run.run_id), (OWNER, ORG, "nonsense")):
        tab = browser.open("evaluations", org, person=person, query={"run": run_id})
        assert "no such evaluation" in tab.error[0].value
        assert "labelled questions" not in everything(tab)


def test_a_member_sees_runs_and_cannot_start_one(browser: Browser, frontline: Frontline) -> None:
    run_file(frontline)

    tab = browser.open("evaluations", ORG, person=MEMBER)

    assert not tab.file_uploader
    assert any("not start one" in info.value for info in tab.info)
    assert tab.dataframe[0].value["Name"].tolist() == ["tests.csv"]


def test_the_sample_of_a_demo_org_can_be_run(browser: Browser, frontline: Frontline) -> None:
    shipped = Changes(deleted=frozenset({1, 2, 3}), added=demo_entries("clothing"))
    frontline.questions.save(OWNER, ORG, base_revision=1, changes=shipped)

    tab = press(browser.open("evaluations", ORG, person=ADMIN), "Use the sample questions")
    assert metrics(tab)["Cannot be run"] == "0"
    press(tab, "Run 150 questions")

    assert finished(frontline).finished == 150


def test_a_table_changed_after_the_preview_is_previewed_anew(browser: Browser, frontline: Frontline) -> None:
    tab = upload(browser.open("evaluations", ORG, person=ADMIN), FILE)
    frontline.questions.save(OWNER, ORG, base_revision=1, changes=Changes(deleted=frozenset({1})))

    tab.run()

    assert (metrics(tab)["Wait for you"], metrics(tab)["Cannot be run"]) == ("2", "2")


def test_another_sheet_of_a_workbook_can_be_chosen(browser: Browser, frontline: Frontline) -> None:
    sheets = {
        "First": pd.DataFrame({"question": ["one?"]}),
        "Second": pd.DataFrame({"question": ["one?", "two?"], "expected_id": ["1", "2"]}),
    }
    tab = upload(browser.open("evaluations", ORG, person=ADMIN), to_xlsx(sheets), "book.xlsx")
    assert metrics(tab)["Good rows"] == "1"

    next(box for box in tab.selectbox if box.label == "Sheet").set_value("Second").run()

    assert metrics(tab)["Good rows"] == "2"
    assert metrics(tab)["Expect an answer"] == "2"

"""The rows of a run: filtered, searched and put in order, a page at a time."""

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.identity.demo import CLOTHING_ORG, MEMBER
from core.runs.ledger import Run
from pages.evaluations import results
from tests.pages.conftest import Browser, everything
from tests.pages.evaluations.test_sections import run_file

ORG = CLOTHING_ORG


@pytest.fixture
def tab(browser: Browser, frontline: Frontline, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(results, "ROWS_A_PAGE", 4)
    run: Run = run_file(frontline, "first.csv")
    return browser.open("evaluations", ORG, person=MEMBER, query={"run": run.run_id})


def lines(tab: AppTest) -> list[int]:
    found: list[int] = tab.dataframe[0].value["Line"].tolist()
    return found


def test_a_browser_gets_one_page_of_rows(tab: AppTest) -> None:
    assert lines(tab) == [4, 6, 7, 2]  # the mistake first, and what is right last
    assert "Rows 1 to 4 of 6" in everything(tab)


def test_words_and_order_choose_among_all_rows(tab: AppTest) -> None:
    next(one for one in tab.text_input if one.label == "Find in the questions").set_value("WHAT").run()
    assert lines(tab) == [4, 2]

    next(one for one in tab.selectbox if one.label == "Order").set_value("Least sure first").run()
    sure = tab.dataframe[0].value["Confidence"].tolist()
    assert sure == sorted(sure)

    shown = everything(tab)
    assert "Download the rows found as CSV" in shown
    for words in ("Results for a build server", "Report"):
        assert words in shown


def test_a_search_that_finds_nothing_says_so_in_place_of_an_empty_table(tab: AppTest) -> None:
    next(one for one in tab.text_input if one.label == "Find in the questions").set_value("zebra").run()

    shown = everything(tab)
    assert "No row fits this choice." in shown
    assert "Click a row" not in shown
    assert "Download the rows found" not in shown
    assert "Report" in shown
    assert not [one for one in tab.dataframe if "Question" in one.value.columns]
    assert not tab.exception

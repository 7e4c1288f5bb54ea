"""What a person may say about how an uploaded file is read."""

import json
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest

from core.files.table import NO_HEADINGS
from core.files.writing import to_xlsx
from core.identity.demo import ADMIN, CLOTHING_ORG
from pages.evaluations.reading_choices import ASK
from tests.pages.conftest import Browser
from tests.pages.evaluations.test_page import metrics

HEADINGS = "Row with the headings"


def upload(browser: Browser, data: bytes, name: str) -> AppTest:
    tab = browser.open("evaluations", CLOTHING_ORG, person=ADMIN)
    return tab.file_uploader[0].set_value((name, data, "text/csv")).run()


def box(tab: AppTest, label: str) -> Any:
    return next(one for one in tab.selectbox if one.label == label)


def good_rows(tab: AppTest) -> str:
    return metrics(tab)["Good rows"]


def test_a_file_without_headings_is_read_once_somebody_has_said_so(browser: Browser) -> None:
    tab = upload(browser, b"what time is it,What are your hours?\ncashiers?,__fallback__\n", "x.csv")

    assert [warning.value for warning in tab.warning] == [ASK]
    assert box(tab, HEADINGS).value is None
    assert not tab.metric

    box(tab, HEADINGS).set_value(NO_HEADINGS).run()
    assert good_rows(tab) == "2"
    assert (box(tab, "Column 1").value, box(tab, "Column 2").value) == ("question", "expected:auto")
    assert not any(warning.value == ASK for warning in tab.warning)


def test_the_row_of_headings_can_be_corrected_and_what_stands_above_is_told(browser: Browser) -> None:
    tab = upload(browser, b"Our tests\nquestion,expected\nwhat time,What are your hours?\nwhen,__fallback__\n", "x.csv")
    assert (box(tab, HEADINGS).value, good_rows(tab)) == (2, "2")
    assert any("left out" in caption.value for caption in tab.caption)

    box(tab, HEADINGS).set_value(3).run()
    assert box(tab, "what time").value == "keep"

    box(tab, HEADINGS).set_value(4).run()
    assert "nothing below it" in tab.error[0].value
    box(tab, HEADINGS).set_value(2).run()
    assert good_rows(tab) == "2"


def test_another_sheet_is_asked_for_its_own_headings(browser: Browser) -> None:
    data = to_xlsx(
        {
            "README": pd.DataFrame({"Ask Jo first": ["before you change it"]}),
            "Tests": pd.DataFrame({"question": ["what time", "when"], "expected_question": ["", ""]}),
        }
    )
    tab = upload(browser, data, "x.xlsx")
    assert (box(tab, "Sheet").value, good_rows(tab)) == ("Tests", "2")

    box(tab, "Sheet").set_value("README").run()
    assert [warning.value for warning in tab.warning] == [ASK]
    box(tab, HEADINGS).set_value(NO_HEADINGS).run()
    assert good_rows(tab) == "2"

    box(tab, "Sheet").set_value("Tests").run()
    assert (box(tab, HEADINGS).value, good_rows(tab)) == (1, "2")


def test_another_list_of_a_json_file_can_be_chosen_and_its_keys_are_the_headings(browser: Browser) -> None:
    lists = {"train": [{"text": "a", "label": ""}], "test": [{"text": "b", "label": ""}, {"text": "c", "label": ""}]}
    tab = upload(browser, json.dumps(lists).encode(), "x.json")
    assert (box(tab, "List in the file").value, good_rows(tab)) == ("test", "2")
    assert not any(one.label == HEADINGS for one in tab.selectbox)

    box(tab, "List in the file").set_value("train").run()
    assert good_rows(tab) == "1"


def test_a_corrected_column_stays_when_the_page_is_drawn_again(browser: Browser) -> None:
    tab = upload(browser, b"when,utterance,reply wanted\nmonday,what time,What are your hours?\n", "x.csv")

    box(tab, "reply wanted").set_value("expected:auto").run()
    tab.run()

    assert box(tab, "reply wanted").value == "expected:auto"

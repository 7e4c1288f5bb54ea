"""A new entry is written with room for it, and joins the unsaved changes of the table."""

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.identity.demo import CLOTHING_ORG, MEMBER, OWNER
from core.questions.changes import Changes
from pages.questions.editor import review, table_look
from tests.pages.conftest import Browser, everything
from tests.pages.questions.test_page import edit, press

ORG = CLOTHING_ORG


def write(tab: AppTest, **texts: str) -> AppTest:
    for label, text in texts.items():
        next(field for field in tab.text_area if field.label.startswith(label.capitalize())).set_value(text)
    return press(tab, "Add to the table")


def test_a_new_entry_stands_unsaved_in_the_table_beside_what_was_typed_before(
    browser: Browser, frontline: Frontline
) -> None:
    tab = edit(browser.open("questions", ORG, person=OWNER), {"edited_rows": {0: {"answer": "On Mondays."}}})

    press(tab, "New entry")
    write(tab, question="Do you wrap presents?", answer="Yes.", other="gift wrap\nwrapping")

    assert "**1 edited, 1 new**, not saved yet" in [text.value for text in tab.markdown]
    assert not any(field.label == "Question" for field in tab.text_area), "the form is closed"
    press(tab, "Save")
    first, *_, new = frontline.questions.table(OWNER, ORG).entries
    assert first.answer == "On Mondays."
    assert (new.question, new.answer, new.alternates) == ("Do you wrap presents?", "Yes.", ("gift wrap", "wrapping"))
    assert new.enabled


def test_a_new_entry_that_breaks_a_rule_stays_in_its_form_until_it_is_right(browser: Browser) -> None:
    tab = press(browser.open("questions", ORG, person=OWNER), "New entry")

    write(tab, question="What are your HOURS?")

    (error,) = (one.value for one in tab.error)
    assert "Answer" in error
    assert "already in No" in error
    assert "not saved yet" not in everything(tab)
    write(tab, question="Do you wrap presents?", answer="Yes.")
    assert "**1 new**, not saved yet" in [text.value for text in tab.markdown]


def test_a_form_that_is_cancelled_leaves_nothing_and_the_next_one_is_empty(browser: Browser) -> None:
    tab = press(browser.open("questions", ORG, person=OWNER), "New entry")
    tab.text_area[0].set_value("Do you wrap presents?")

    press(tab, "Cancel")

    assert "not saved yet" not in everything(tab)
    assert press(tab, "New entry").text_area[0].value == ""


def test_who_may_only_read_has_no_way_to_a_new_entry(browser: Browser) -> None:
    tab = browser.open("questions", ORG, person=MEMBER)

    assert "New entry" not in [button.label for button in tab.button]


@pytest.mark.parametrize(("rows", "height"), [(0, "auto"), (3, "auto"), (4, 541), (30, 541)])
def test_a_short_table_is_as_high_as_its_rows_and_a_long_one_is_scrolled(rows: int, height: int | str) -> None:
    assert table_look.height(rows) == height


def test_the_bar_names_the_first_entries_that_are_touched() -> None:
    changes = Changes(edited={7: {"answer": "x"}, 2: {"answer": "x"}}, deleted=frozenset({4, 5, 6}))

    assert review.numbers(changes) == "No. 2, No. 4, No. 5, No. 6 and 1 more"
    assert review.numbers(Changes(added=({"question": "x"},))) == ""

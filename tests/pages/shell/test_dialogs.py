"""Which dialogs are known to be open, so that no page is drawn anew behind one."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

import pages
from core.bootstrap import Frontline
from core.identity.demo import CLOTHING_ORG, OWNER
from core.questions.changes import Changes
from pages.shell import session
from tests.pages.conftest import Browser
from tests.pages.questions.test_page import EDIT_ANSWER, edit, press

ORG = CLOTHING_ORG


def is_open(tab: AppTest) -> bool:
    return session.key("shell", "", "dialog_open") in tab.session_state


def test_the_dialog_that_publishes_is_open_until_it_is_left(browser: Browser, frontline: Frontline) -> None:
    frontline.publishing.publish_by_hand(OWNER, ORG)
    frontline.questions.save(OWNER, ORG, base_revision=1, changes=Changes(edited={1: {"answer": "New"}}))
    tab = browser.open("questions", ORG, person=OWNER)
    assert not is_open(tab)

    assert is_open(press(tab, "Publish…"))
    assert not is_open(press(tab, "Not now"))


def test_a_question_before_something_is_done_is_open_too_and_so_is_an_entry(browser: Browser) -> None:
    tab = edit(browser.open("questions", ORG, person=OWNER), EDIT_ANSWER)
    assert is_open(press(tab, "Discard"))

    tab = browser.open("questions", ORG, person=OWNER, query={"entry": "1"})
    assert is_open(tab)
    assert not is_open(press(tab, "Done, save later"))


def test_every_dialog_of_the_pages_is_one_that_is_known() -> None:
    (folder,) = pages.__path__
    own = [file for file in Path(folder).rglob("*.py") if "st.dialog(" in file.read_text("utf-8")]

    assert [file.name for file in own] == ["dialogs.py"]

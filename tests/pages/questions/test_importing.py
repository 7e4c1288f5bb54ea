"""The view Import: what a file would do, and the one save that does it."""

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.files.writing import to_xlsx
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OWNER
from core.questions.changes import Changes
from core.transfer.exporting import FORMATS
from pages.shell import session
from tests.pages.conftest import Browser, everything

ORG = CLOTHING_ORG
FILE = (
    "question,answer,tags\nWhere is my order?,Look into your mail.,orders\nDo you sell gift cards?,Yes.,gifts\n"
    "Too long?,%s,\n" % ("x" * 5001)
)


def opened(browser: Browser, *files: tuple[str, bytes]) -> AppTest:
    tab = browser.open("questions", ORG, person=ADMIN)
    tab.session_state[session.key("questions", ORG, "view")] = "Import"
    tab.run()
    return upload(tab, *files) if files else tab


def upload(tab: AppTest, *files: tuple[str, bytes]) -> AppTest:
    tab.file_uploader[0].set_value([(name, data, "") for name, data in files])
    return tab.run()


def press(tab: AppTest, label: str) -> AppTest:
    next(button for button in tab.button if button.label == label).click()
    return tab.run()


def said(tab: AppTest) -> str:
    return everything(tab).replace("\\", "")


def test_a_file_is_shown_row_by_row_and_imported_as_one_save(browser: Browser, frontline: Frontline) -> None:
    before = frontline.questions.table(ADMIN, ORG)
    tab = opened(browser, ("faq.csv", FILE.encode()))
    assert "Read “faq.csv” as a table of questions and answers: 3 rows" in said(tab)
    rows = tab.dataframe[0].value
    assert [what.split(":")[0] for what in rows["What happens"]][1:] == ["New", "✕ Cannot be used"]
    assert frontline.questions.newest_revision(ADMIN, ORG) == before.revision

    changes = sum(what in ("New", "Changed") for what in rows["What happens"])
    press(tab, f"Import {changes} {'entry' if changes == 1 else 'entries'} as one save")

    revision = frontline.questions.history(ADMIN, ORG)[0]
    assert (revision.number, revision.note) == (before.revision + 1, "Imported from faq.csv")
    assert "Yes." in [entry.answer for entry in frontline.questions.table(ADMIN, ORG).entries]
    assert not tab.dataframe
    entries = "1 entry was" if changes == 1 else f"{changes} entries were"
    assert f"{entries} imported as revision {revision.number}. Visitors get" in said(tab)
    press(tab, "What it does to the test questions")
    assert "There are no test questions yet" in said(tab)
    press(tab, "Show the table")
    assert tab.session_state[session.key("questions", ORG, "view")] == "Table"


def test_a_note_that_is_too_long_is_refused_in_words_and_the_import_waits(
    browser: Browser, frontline: Frontline
) -> None:
    base = frontline.questions.newest_revision(ADMIN, ORG)
    tab = opened(browser, ("faq.csv", b"question,answer\nGift cards?,Yes.\n"))
    note = next(field for field in tab.text_input if field.label == "Note")
    assert not note.proto.max_chars  # else the field would not take a longer text that is pasted, without a word

    note.set_value("x" * 201)
    press(tab, "Import 1 entry as one save")

    assert "Note: has 201 characters; 200 is the limit." in said(tab)
    assert frontline.questions.newest_revision(ADMIN, ORG) == base
    next(field for field in tab.text_input if field.label == "Note").set_value("Gift cards")
    press(tab, "Import 1 entry as one save")
    assert frontline.questions.history(ADMIN, ORG)[0].note == "Gift cards"


def test_after_an_import_that_waits_to_be_published_the_page_says_that_visitors_do_not_get_it_yet(
    browser: Browser, frontline: Frontline
) -> None:
    base = frontline.questions.newest_revision(ADMIN, ORG)
    frontline.publishing.publish_by_hand(OWNER, ORG)
    tab = opened(browser, ("faq.csv", b"question,answer\nGift cards?,Yes.\n"))

    press(tab, "Import 1 entry as one save")

    assert f"1 entry was imported as revision {base + 1}. Visitors do not get it yet" in said(tab)
    press(tab, "Check and publish…")
    assert "This is what becomes different for them" in said(tab)
    press(tab, "Not now")
    upload(tab, ("faq.csv", b"question,answer\nOpen on Mars?,No.\n"))
    assert "was imported" not in said(tab)


def test_the_own_download_says_that_there_is_nothing_to_import(browser: Browser, frontline: Frontline) -> None:
    data = frontline.transfer.export(ADMIN, ORG, FORMATS["xlsx"]).data

    tab = opened(browser, ("table.xlsx", data))

    assert set(tab.dataframe[0].value["What happens"]) == {"Same"}
    assert "No row of the file changes the table." in said(tab)
    assert next(button for button in tab.button if button.label == "Nothing to import").disabled


def test_columns_are_chosen_where_no_heading_is_known(browser: Browser) -> None:
    tab = opened(browser, ("faq.csv", b"Nr,Ask,Say\n1,Gift cards?,Yes.\n2,Opening?,No.\n"))
    assert "Choose the columns with the questions and the answers above." in said(tab)

    for label, column in (("Question", "Ask"), ("Answer", "Say"), ("Number", None)):
        next(box for box in tab.selectbox if box.label == label).set_value(column)
    tab.run()

    assert list(tab.dataframe[0].value["Question"]) == ["Gift cards?", "Opening?"]


def test_a_save_of_somebody_else_is_seen_before_anything_is_imported(browser: Browser, frontline: Frontline) -> None:
    tab = opened(browser, ("faq.csv", b"question,answer\nGift cards?,Yes.\n"))
    base = frontline.questions.newest_revision(OWNER, ORG)
    added = Changes(added=({"question": "gift cards", "answer": "No."},))
    frontline.questions.save(OWNER, ORG, base_revision=base, changes=added)

    press(tab, "Import 1 entry as one save")

    assert "The table was saved meanwhile, so nothing was imported." in said(tab)
    assert frontline.questions.newest_revision(OWNER, ORG) == base + 1
    assert list(tab.dataframe[0].value["What happens"]) == ["Changed"]
    press(tab, "Import 1 entry as one save")
    assert frontline.questions.newest_revision(OWNER, ORG) == base + 2


def test_what_is_not_saved_yet_stays_and_that_is_said(browser: Browser, frontline: Frontline) -> None:
    base = frontline.questions.newest_revision(ADMIN, ORG)
    draft = Changes(edited={1: {"answer": "Mine"}})
    frontline.questions.keep_draft(ADMIN, ORG, base_revision=base, changes=draft, tab="mine")
    tab = opened(browser, ("faq.csv", b"question,answer\nGift cards?,Yes.\n"))
    assert "Your unsaved changes in the table (1 edited) stay unsaved" in said(tab)

    press(tab, "Import 1 entry as one save")

    assert [kept.changes for kept in frontline.questions.drafts(ADMIN, ORG)] == [draft]


def test_two_files_of_rasa_are_one_import(browser: Browser) -> None:
    nlu = b"nlu:\n- intent: gifts\n  examples: |\n    - gift cards?\n    - vouchers\n"
    domain = b"responses:\n  utter_gifts:\n  - text: Yes.\n"

    tab = opened(browser, ("nlu.yml", nlu), ("domain.yml", domain))

    assert list(tab.dataframe[0].value["Other phrasings"]) == ["vouchers"]


@pytest.mark.parametrize("data", [b"\x00\x01\x02" * 50, b"question,answer\n"])
def test_a_file_that_cannot_be_read_is_refused_in_words(browser: Browser, data: bytes) -> None:
    tab = opened(browser, ("faq.csv", data))

    assert len(tab.error) == 1
    assert not tab.dataframe


def test_a_format_says_what_it_cannot_hold_before_the_download(browser: Browser) -> None:
    tab = browser.open("questions", ORG, person=MEMBER)
    chosen = next(box for box in tab.selectbox if box.label == "Format")

    chosen.set_value("dialogflow_cx").run()

    assert "The answers are left out" in said(tab)
    assert "Download this file" in [one.label for one in tab.get("download_button")]


def test_who_may_only_read_has_no_import(browser: Browser) -> None:
    tab = browser.open("questions", ORG, person=MEMBER)

    assert "Import" not in said(tab)


def test_html_is_told_of_and_becomes_plain_text_at_the_switch(browser: Browser, frontline: Frontline) -> None:
    tab = opened(browser, ("faq.csv", b"question,answer\nGift cards?,<p>Yes &amp; no</p><p>Ask {{name}}</p>\n"))
    assert "1 answer holds HTML, such as “<p>”: visitors would read it as it stands (line 2)." in said(tab)
    assert "1 answer holds a placeholder, such as “{{name}}”" in said(tab)

    next(one for one in tab.toggle if one.label == "Turn HTML into plain text").set_value(True)
    tab.run()
    assert list(tab.dataframe[0].value["Answer"]) == ["Yes & no\n\nAsk {{name}}"]
    press(tab, "Import 1 entry as one save")

    assert frontline.questions.table(ADMIN, ORG).entries[-1].answer == "Yes & no\n\nAsk {{name}}"


def test_a_row_that_cannot_be_used_shows_its_question_and_answer_whatever_the_order_of_the_columns(
    browser: Browser,
) -> None:
    file = b"number,answer,question\n901,Yes.,Gift cards?\n902,No.,Gift cards?\n,,\n903,Here.,Where are you?\n"

    tab = opened(browser, ("faq.csv", file))

    rows = tab.dataframe[0].value
    assert [what.split(":")[0] for what in rows["What happens"]] == ["✕ Cannot be used", "✕ Cannot be used", "New"]
    assert list(rows["Question"]) == ["Gift cards?", "Gift cards?", "Where are you?"]
    assert list(rows["Answer"]) == ["Yes.", "No.", "Here."]
    assert [": " in what for what in rows["What happens"]] == [True, True, False], "with the reason"
    assert "2 rows that cannot be used, with the reasons" in said(tab)


def test_a_second_sheet_is_named_with_the_way_to_choose_it(browser: Browser) -> None:
    returns = pd.DataFrame({"question": ["Gift cards?"], "answer": ["Yes."]})
    shipping = pd.DataFrame({"question": ["Do you ship to Mars?"], "answer": ["No."]})
    tab = opened(browser, ("faq.xlsx", to_xlsx({"Returns": returns, "Shipping": shipping})))
    assert "Not read: the sheet “Shipping”. Choose the sheet under “How the file is read” to import it." in said(tab)

    next(box for box in tab.selectbox if box.label == "Sheet").set_value("Shipping")
    tab.run()

    assert list(tab.dataframe[0].value["Question"]) == ["Do you ship to Mars?"]
    assert "Not read: the sheet “Returns”." in said(tab)

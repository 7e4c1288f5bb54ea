"""What the columns and the labels of a file mean: shown, guessed, changed, and kept for the next file."""

import re

import pandas as pd
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.datasets.columns import ColumnMapping, ExpectedKind
from core.datasets.formats.choice import recognise_format
from core.datasets.label_values import How, LabelValue
from core.datasets.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind
from core.datasets.preview import check
from core.files.table import Row, Table
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER
from core.questions.entry import Entry
from pages.evaluations import columns, labels
from pages.evaluations.preview import understood
from tests.pages.conftest import Browser, everything
from tests.pages.evaluations.test_page import finished, metrics, press, upload

ORG = CLOTHING_ORG
RIGHT = "These meanings are right"
WORDS = b"question,expected\nwhen,What are your hours?\ngift cards,handoff\nhi,N/A\nagent please,handoff\n"
ENTRIES = [Entry(id=1, question="Hours?", answer="9"), Entry(id=2, question="Sundays?", answer="9")]


def entry(entry_id: int) -> Label:
    return Label(kind=LabelKind.ENTRY, entry_ids=(entry_id,))


def box(tab: AppTest, column: str) -> AppTest:
    return next(found for found in tab.selectbox if found.label.replace("\\", "") == column)


def choose(tab: AppTest, row: int, meaning: str) -> AppTest:
    """Choose what the label in this row of the table means."""
    prefix = f"evaluations.{ORG}.labels_"
    (key,) = [key for key in tab.session_state if re.fullmatch(rf"{prefix}[0-9a-f]{{64}}", str(key))]
    tab.session_state[key] = {"edited_rows": {row: {labels.MEANS: meaning}}, "added_rows": [], "deleted_rows": []}
    return tab.run()


def reasons(tab: AppTest) -> list[str]:
    return list(next(table.value for table in tab.dataframe if "Why" in table.value.columns)["Why"])


def test_words_for_a_person_are_asked_about_once_and_kept_for_the_next_file_of_the_name(
    browser: Browser, frontline: Frontline
) -> None:
    tab = upload(browser.open("evaluations", ORG, person=ADMIN), WORDS)
    assert (metrics(tab)["Good rows"], metrics(tab)["Wait for you"], metrics(tab)["Cannot be run"]) == ("1", "3", "0")
    assert "2 labels need you: check 2 guesses" in everything(tab)
    assert "4 rows: 1 ready, 3 wait for you" in everything(tab)
    assert "Run 1 question" in [button.label for button in tab.button]
    assert "No question expects a person" not in everything(tab)

    press(tab, RIGHT)
    assert (metrics(tab)["Expect a person"], metrics(tab)["Cannot be run"]) == ("3", "0")
    press(tab, "Run 4 questions")
    finished(frontline)

    again = upload(browser.open("evaluations", ORG, person=ADMIN), WORDS + b"forward me,Handoff\n")
    assert (metrics(again)["Expect a person"], metrics(again)["Cannot be run"]) == ("4", "0")
    assert RIGHT not in [button.label for button in again.button]


def test_plain_numbers_are_no_entries_before_somebody_says_so(browser: Browser) -> None:
    data = b"text,label\nwhen,1\njobs,2\nelse,0\n"
    tab = upload(browser.open("evaluations", ORG, person=ADMIN), data)
    assert "The labels are plain numbers." in everything(tab)
    assert (metrics(tab)["Wait for you"], metrics(tab)["Cannot be run"]) == ("2", "1")

    choose(tab, 0, "No. 3 · What do you sell?")
    assert (metrics(tab)["Wait for you"], metrics(tab)["Cannot be run"]) == ("1", "1")
    assert reasons(tab) == ["chosen by you", "guess: its number", "nothing fits"]
    press(tab, RIGHT)
    assert (metrics(tab)["Expect an answer"], metrics(tab)["Cannot be run"]) == ("2", "1")
    assert reasons(tab) == ["chosen by you", "confirmed", "nothing fits"]
    choose(tab, 2, labels.PERSON)
    assert (metrics(tab)["Expect a person"], metrics(tab)["Cannot be run"]) == ("1", "0")


def test_a_number_is_an_entrys_once_the_column_is_said_to_hold_these(browser: Browser) -> None:
    tab = upload(browser.open("evaluations", ORG, person=ADMIN), b"text,label\nwhen,1\njobs,2\n")

    box(tab, "label").set_value("expected:id").run()

    assert (metrics(tab)["Expect an answer"], metrics(tab)["Cannot be run"]) == ("2", "0")
    rows = next(table.value for table in tab.dataframe if "Means" in table.value.columns)
    assert rows["Means"].tolist() == ["No. 1 · What are your hours?", "No. 2 · Are you currently hiring?"]


def test_every_column_is_shown_with_what_it_is_taken_for_and_can_be_unset(browser: Browser) -> None:
    data = b"question,expected_question,group,channel\nwhen,What are your hours?,A,web\n"
    tab = upload(browser.open("evaluations", ORG, person=ADMIN), data)
    taken = {found.label.replace("\\", ""): found.value for found in tab.selectbox}
    assert {name: taken[name] for name in ("question", "expected_question", "group", "channel")} == {
        "question": "question",
        "expected_question": "expected:question",
        "group": "group",
        "channel": "keep",
    }

    box(tab, "group").set_value("ignore").run()
    box(tab, "channel").set_value("group").run()

    rows = next(table.value for table in tab.dataframe if "Means" in table.value.columns)
    assert (rows["Group"].tolist(), "group" in rows.columns, "channel" in rows.columns) == (["web"], False, False)


def test_a_role_that_another_column_gets_is_taken_from_the_one_that_had_it(browser: Browser) -> None:
    tab = upload(browser.open("evaluations", ORG, person=ADMIN), b"question,text\nwhen,what\n")

    box(tab, "text").set_value("question").run()

    assert box(tab, "question").value == columns.KEEP
    assert next(t.value for t in tab.dataframe if "Means" in t.value.columns)["Question"].tolist() == ["what"]


def test_a_file_without_any_expectation_says_so_and_offers_what_may_be_one(browser: Browser) -> None:
    tab = upload(browser.open("evaluations", ORG, person=ADMIN), b"question,category\nwhen,What are your hours?\n")
    assert "No question has a label" in everything(tab)

    press(tab, "Take “category” for what is expected")

    assert (metrics(tab)["Expect an answer"], metrics(tab)["Not labelled"]) == ("1", "0")
    assert "No question has a label" not in everything(tab)


def test_what_the_columns_are_taken_for_is_kept_with_the_dataset(browser: Browser, frontline: Frontline) -> None:
    data = b"question,category,channel\nwhen,What are your hours?,web\n"
    tab = upload(browser.open("evaluations", ORG, person=ADMIN), data)
    box(tab, "category").set_value("expected:auto").run()
    press(tab, "Run 1 question")
    run = finished(frontline)

    again = upload(browser.open("evaluations", ORG, person=ADMIN), data)
    assert box(again, "category").value == "expected:auto"
    assert metrics(again)["Expect an answer"] == "1"
    result = browser.open("evaluations", ORG, person=MEMBER, query={"run": run.run_id})
    assert not result.exception


def test_the_preview_has_the_entry_beside_each_expectation_and_all_columns() -> None:
    cells = ("open?", "1", "2", "x; y", "s", "n", "g", "web")
    headings = ("question", "expected_id", "also_accept", "tags", "split", "note", "group", "Line")
    table = Table(name="x.csv", columns=headings, rows=(Row(2, cells), Row(3, ("hm", "", *[""] * 6))))

    frame = understood(check(table, recognise_format(table).mapping, ENTRIES, "A person"))

    assert frame.to_dict("records")[0] == {
        "Line": 2,
        "Question": "open?",
        "In the file": "1 | 2",
        "Means": "No. 1 · Hours?",
        "Also right": "No. 2 · Sundays?",
        "Tags": "x, y",
        "Group": "g",
        "Split": "s",
        "Note": "n",
        "Line (file)": "web",
    }
    assert frame["Means"].tolist()[1] == "(not labelled)"


def test_a_mapping_reads_back_from_the_boxes() -> None:
    mapping = ColumnMapping(
        question="q", expected="e", expected_kind=ExpectedKind.ANSWER, also_accept="a", tags="t", ignored=("i",)
    )
    headings = ("q", "e", "a", "t", "i", "k")

    assert columns.mapping_of({name: columns.taken_for(name, mapping) for name in headings}) == mapping


def test_a_heading_that_is_a_whole_question_or_markdown_is_shown_short_and_as_it_is() -> None:
    assert len(columns.name("why " * 500)) < 80
    assert columns.name("*a*\n:red[b]") == r"\*a\* \:red\[b\]"


def test_only_what_somebody_chose_or_confirmed_counts() -> None:
    values = [
        LabelValue(text="A", rows=2, question="q", how=How.GUESSED, meant=entry(1)),
        LabelValue(text="b", rows=1, question="q", how=How.GUESSED, meant=TO_FALLBACK),
        LabelValue(text="c", rows=1, question="q", how=How.UNKNOWN),
        LabelValue(text="d", rows=1, question="q", how=How.CHOSEN, meant=UNLABELLED),
        LabelValue(text="e", rows=1, question="q", how=How.CHOSEN, meant=entry(2)),
    ]
    means = ["No. 1 · Hours?", "No. 2 · Sundays?", None, labels.NOTHING, labels.LEFT_OUT]

    assert labels.said(values, means, confirmed=False) == {"b": entry(2), "d": UNLABELLED}
    assert labels.said(values, means, confirmed=True) == {"a": entry(1), "b": entry(2), "d": UNLABELLED}


def test_a_question_that_reads_like_a_choice_is_still_an_entry() -> None:
    odd = [Entry(id=7, question="A person", answer="x"), Entry(id=8, question="No. 3 · x", answer="y")]
    texts = [labels.words(entry(one.id), {e.id: e.question for e in odd}) for one in odd]

    assert [labels.label_of(text) for text in texts] == [entry(7), entry(8)]
    assert pd.Series(texts).is_unique

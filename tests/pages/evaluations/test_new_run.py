"""From a file or from what was kept of one to a run, and what is said before it."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.datasets.coverage import Coverage
from core.datasets.leakage import Leak
from core.datasets.preview import Preview
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OWNER
from core.questions.changes import Changes
from core.runs.ledger import DatasetRef
from pages.evaluations import concerns
from pages.evaluations.concerns import Concerns
from pages.evaluations.new_run import SAVED
from pages.evaluations.page import NEW
from tests.pages.conftest import Browser, everything
from tests.pages.evaluations.test_page import FILE, finished, metrics, press, upload

ORG = CLOTHING_ORG


def texts(tab: AppTest) -> str:
    return "\n".join(
        element.value.replace("\\", "")
        for kind in (tab.caption, tab.warning, tab.toggle)
        for element in kind
        if isinstance(element.value, str)
    )


def save(frontline: Frontline, text: str, name: str = "Shop") -> DatasetRef:
    found = frontline.intake.read(ADMIN, ORG, text.encode(), "t.csv")
    preview = frontline.intake.check(ADMIN, ORG, found).preview
    return frontline.datasets.save(ADMIN, ORG, name=name, preview=preview, source="t.csv")


def test_running_a_file_keeps_its_questions_under_its_name(browser: Browser, frontline: Frontline) -> None:
    tab = upload(browser.open("evaluations", ORG, person=ADMIN), FILE)
    field = next(box for box in tab.text_input if box.label == "Keep these test questions as")
    assert field.value == "tests"
    assert "They are saved when you run them" in texts(tab)

    press(tab, "Run 4 questions")

    run = finished(frontline)
    (kept,) = frontline.datasets.listed(ADMIN, ORG)
    assert (kept.name, kept.version, kept.rows) == ("tests", 1, 4)
    assert (run.dataset_id, run.dataset_version, run.name) == (kept.dataset_id, 1, "tests.csv")


def test_a_known_name_is_said_to_become_a_new_version_and_another_name_is_another_dataset(
    browser: Browser, frontline: Frontline
) -> None:
    save(frontline, "question\nhello\n", name="Tests")
    tab = upload(browser.open("evaluations", ORG, person=ADMIN), FILE)
    assert "“Tests” is there already: if this file differs, it becomes version 2" in texts(tab)

    next(box for box in tab.text_input if box.label.startswith("Keep")).set_value("Others").run()
    press(tab, "Run 4 questions")

    finished(frontline)
    assert sorted((kept.name, kept.version) for kept in frontline.datasets.listed(ADMIN, ORG)) == [
        ("Others", 1),
        ("Tests", 1),
    ]


def test_without_a_name_nothing_is_run(browser: Browser, frontline: Frontline) -> None:
    tab = upload(browser.open("evaluations", ORG, person=ADMIN), FILE)
    next(box for box in tab.text_input if box.label.startswith("Keep")).set_value(" ").run()

    press(tab, "Run 4 questions")

    assert "is empty" in tab.error[0].value
    assert frontline.runs.listed(ADMIN, ORG) == []


def test_kept_test_questions_are_run_again_in_the_version_that_is_chosen(
    browser: Browser, frontline: Frontline
) -> None:
    ref = save(frontline, "question,expected_id\nhello,1\nhi,1\n")
    save(frontline, "question,expected_id\nhello,1\nhi,1\nhey,2\n")
    tab = browser.open("evaluations", ORG, person=ADMIN)
    tab.button_group[0].set_value(SAVED).run()
    assert metrics(tab)["Good rows"] == "3"

    version = next(box for box in tab.selectbox if box.label == "Version")
    version.select_index(1).run()
    press(tab, "Run 2 questions")

    run = finished(frontline)
    assert (run.dataset_id, run.dataset_version, run.name) == (ref.dataset_id, 1, "Shop, version 1")


def test_an_entry_that_is_gone_makes_its_rows_bad_with_words(browser: Browser, frontline: Frontline) -> None:
    save(frontline, "question,expected_id\nhello,1\nhi,2\n")
    frontline.questions.save(OWNER, ORG, base_revision=1, changes=Changes(deleted=frozenset({2})))

    tab = browser.open("evaluations", ORG, person=ADMIN)
    tab.button_group[0].set_value(SAVED).run()

    assert metrics(tab)["Cannot be run"] == "1"
    bad = next(table.value for table in tab.dataframe if "Reason" in table.value.columns)
    assert bad["Reason"].tolist() == ["Entry No. 2, which was expected, is no longer in the table."]


def test_kept_test_questions_are_renamed_and_taken_off_the_list(browser: Browser, frontline: Frontline) -> None:
    save(frontline, "question\nhello\n")
    tab = browser.open("evaluations", ORG, person=ADMIN)
    tab.button_group[0].set_value(SAVED).run()

    next(box for box in tab.text_input if box.label == "Name").set_value("Front desk").run()
    press(tab, "Rename")
    assert [kept.name for kept in frontline.datasets.listed(ADMIN, ORG)] == ["Front desk"]

    press(tab, "Take off this list")
    assert frontline.datasets.listed(ADMIN, ORG) == []
    assert not tab.exception
    assert tab.file_uploader


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        (
            "x.csv",
            "visitor,__expected\nhello,llm-rubric:nice\nhi,equals:What do you sell?\n",
            "a test file of promptfoo",
        ),
        ("x.jsonl", json.dumps({"input": "hi", "ideal": ["What do you sell?"]}), "samples of openai evals"),
        ("x.csv", "Question,Expected response\nhi,\n", "a test set of Copilot Studio"),
        ("x.csv", "question,expected_id\nhi,1\n", "a list of test questions"),
    ],
)
def test_the_preview_says_which_format_was_recognised(browser: Browser, name: str, data: str, words: str) -> None:
    tab = upload(browser.open("evaluations", ORG, person=ADMIN), data.encode(), name)

    assert f"Read {name} as {words}: " in texts(tab)
    assert metrics(tab)["Good rows"] == "1"


def test_what_makes_figures_look_better_or_leaves_something_out_is_said_before_the_run(
    browser: Browser, frontline: Frontline
) -> None:
    questions = ("what are your HOURS", "What are you hours?")
    data = "\n".join(["question,expected_question", *(f"{one},What are your hours?" for one in questions)]).encode()

    tab = upload(browser.open("evaluations", ORG, person=ADMIN), data)

    said = texts(tab)
    entries = sum(entry.enabled for entry in frontline.questions.table(ADMIN, ORG).entries)
    assert "2 test questions are in the table already (1 word for word, the others nearly)." in said
    assert f"{entries - 1} of {entries} entries have no test question." in said
    assert "No question expects a person" in said
    near = next(table.value for table in tab.dataframe if "In the table" in table.value.columns)
    assert near["How near"].tolist() == ["word for word", "nearly the same"]
    assert near["Line"].tolist() == [2, 3]


@pytest.mark.parametrize(
    ("exact", "near", "words"),
    [
        (2, 0, "2 test questions are in the table already (word for word)."),
        (0, 2, "2 test questions are in the table already (nearly word for word)."),
        (1, 1, "2 test questions are in the table already (1 word for word, the others nearly)."),
        (1, 0, "1 test question is in the table already (word for word)."),
        (0, 1, "1 test question is in the table already (nearly word for word)."),
    ],
)
def test_how_near_the_test_questions_are_to_the_table_is_said_in_words(exact: int, near: int, words: str) -> None:
    leaks = [
        Leak(line=line, question="q", phrasing="q", entry_id=1, nearness=1.0 if line < exact else 0.9)
        for line in range(exact + near)
    ]
    (said,) = concerns.in_words(Concerns(preview=Preview(good=(), bad=()), leaks=leaks, coverage=Coverage(entries=1)))
    assert said.startswith(words)


def test_a_single_thing_to_know_is_a_sentence_and_several_are_a_list(browser: Browser) -> None:
    data = b"question,expected_question\nwhen on earth,What are your hours?\ncheese,__fallback__\n"
    tab = browser.open("evaluations", ORG, person=ADMIN)
    assert not upload(tab, data).warning[0].value.startswith("- ")
    both = data + b"cheese,__fallback__\n"
    assert [line[:2] for line in upload(tab, both).warning[0].value.splitlines()] == ["- ", "- "]


def test_rows_that_are_no_longer_held_out_are_left_out_unless_wanted(browser: Browser, frontline: Frontline) -> None:
    ref = save(frontline, "question,expected_id\nhello there,1\nhi,1\n")
    preview = frontline.datasets.check(ADMIN, ORG, ref.dataset_id, 1)
    run = frontline.runs.start(ADMIN, ORG, name="x", preview=preview.preview, revision=preview.revision, dataset=ref)
    frontline.fixes.add_phrasing(ADMIN, ORG, run.run_id, line=2, question="hello there", entry_id=1)
    tab = browser.open("evaluations", ORG, person=ADMIN, query={"run": NEW})
    tab.button_group[0].set_value(SAVED).run()
    assert metrics(tab)["Good rows"] == "1"

    (toggle,) = tab.toggle
    assert toggle.label.startswith("1 question is left out")
    toggle.set_value(True).run()

    assert metrics(tab)["Good rows"] == "2"


def test_those_who_may_not_evaluate_are_offered_nothing_of_it(browser: Browser, frontline: Frontline) -> None:
    save(frontline, "question\nhello\n")

    tab = browser.open("evaluations", ORG, person=MEMBER)

    assert SAVED not in everything(tab)


def test_a_file_whose_entries_are_off_today_is_kept_to_be_run_later(browser: Browser, frontline: Frontline) -> None:
    frontline.questions.save(OWNER, ORG, base_revision=1, changes=Changes(edited={2: {"enabled": False}}))
    tab = upload(browser.open("evaluations", ORG, person=ADMIN), b"question,expected_id\nhello,2\nhi,2\n")
    assert "None can be run now" in texts(tab)
    assert "saved when you run them" not in texts(tab)

    press(tab, "Keep 2 test questions")

    assert not tab.exception
    (kept,) = frontline.datasets.listed(ADMIN, ORG)
    assert (kept.name, kept.rows) == ("tests", 2)
    assert frontline.runs.listed(ADMIN, ORG) == []
    frontline.questions.save(OWNER, ORG, base_revision=2, changes=Changes(edited={2: {"enabled": True}}))
    assert len(frontline.datasets.check(ADMIN, ORG, kept.dataset_id, 1).preview.good) == 2

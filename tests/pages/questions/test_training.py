"""The training files, as those who may evaluate make them and as nobody else sees them."""

import uuid

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Multiselect

from core.bootstrap import Frontline
from core.clock import now
from core.datasets.dataset import TestQuestion
from core.datasets.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OWNER
from core.questions.changes import Changes
from core.questions.policy import Policy
from core.runs.ledger import Run, Status
from core.storage.database import Database
from core.storage.runs import SqlRunStore
from tests.pages.conftest import Browser

ORG = CLOTHING_ORG


def press(tab: AppTest, label: str) -> AppTest:
    return next(button for button in tab.button if button.label == label).click().run()


def opened(browser: Browser) -> AppTest:
    return press(browser.open("questions", ORG, person=ADMIN), "Training files")


def chosen_runs(tab: AppTest) -> Multiselect:
    return next(field for field in tab.multiselect if field.label.startswith("Add the test questions"))


def metrics(tab: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in tab.metric}


def left_out(tab: AppTest) -> dict[str, int]:
    frames = [frame.value for frame in tab.dataframe if "Left out" in frame.value]
    return dict(zip(frames[0]["Left out"], frames[0]["Examples"], strict=True)) if frames else {}


def downloads(tab: AppTest) -> list[str]:
    return [button.label for button in tab.download_button]


@pytest.fixture
def run(frontline: Frontline) -> Run:
    """An evaluation that has ended."""
    rows = [
        TestQuestion(
            line=2, question="when may I come", expected_as_given="", label=Label(kind=LabelKind.ENTRY, entry_ids=(1,))
        ),
        TestQuestion(line=3, question="do you like cheese", expected_as_given="", label=TO_FALLBACK),
        TestQuestion(line=4, question="nobody knows", expected_as_given="", label=UNLABELLED),
        TestQuestion(line=5, question="only to measure", expected_as_given="", label=TO_FALLBACK, split="test"),
    ]
    run = Run(
        org_id=ORG,
        run_id=str(uuid.uuid4()),
        name="autumn.csv",
        revision=1,
        policy=Policy(),
        engine="Literal",
        engine_version="1",
        author_id=ADMIN.user_id,
        author=ADMIN.name,
        created_at=now(),
        total=len(rows),
        status=Status.DONE,
    )
    database = Database(frontline.settings.database_url)
    SqlRunStore(database).create(run, rows)
    database.close()
    return run


def test_files_of_the_table_are_offered_when_they_were_made(browser: Browser, frontline: Frontline) -> None:
    tab = opened(browser)
    assert any("starts no training and sends nothing" in text.value for text in tab.markdown)
    assert downloads(tab) == ["Download the table"]

    press(tab, "Make the files")

    files = frontline.training.files(ADMIN, ORG)
    assert metrics(tab) == {
        "To train with": str(files.train_count),
        "To check with (validation)": str(files.validation_count),
    }
    assert downloads(tab)[1:] == ["Download the training file", "Download the validation file"]
    assert left_out(tab) == {}


def test_questions_of_a_chosen_evaluation_are_added_and_what_is_left_out_is_said(
    browser: Browser, frontline: Frontline, run: Run
) -> None:
    tab = opened(browser)
    assert chosen_runs(tab).options[0].startswith("autumn.csv, ")
    alone = sum(int(count) for count in metrics(press(tab, "Make the files")).values())

    chosen_runs(tab).set_value([run.run_id]).run()
    assert metrics(tab) == {}  # what is shown belongs to what is chosen
    press(tab, "Make the files")

    assert sum(int(count) for count in metrics(tab).values()) == alone + 2
    assert left_out(tab) == {"Nobody has said what is right (no label)": 1, "Marked as test: kept for measuring": 1}


def test_too_little_to_train_with_is_said(browser: Browser, frontline: Frontline) -> None:
    frontline.questions.save(OWNER, ORG, base_revision=1, changes=Changes(deleted=frozenset({1, 2, 3})))

    tab = press(opened(browser), "Make the files")

    assert "training takes at least 10" in tab.error[0].value
    assert downloads(tab) == ["Download the table"]


def test_a_member_has_no_way_to_training_files(browser: Browser) -> None:
    tab = browser.open("questions", ORG, person=MEMBER)

    assert "Training files" not in [button.label for button in tab.button]
    assert "Download the table" in downloads(tab)

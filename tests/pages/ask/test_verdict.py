"""What a person says of an answer on Ask: right, or what should have been; two clicks keep it."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.datasets.kept_questions import KEPT_FROM_ASK
from core.datasets.labels import TO_FALLBACK, Label, LabelKind
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OWNER
from core.questions.changes import Changes
from pages.ask.verdict import RIGHT, SHOULD
from pages.shell import session
from tests.pages.ask.test_page import ask, bubbles
from tests.pages.conftest import Browser, everything
from tests.pages.questions.test_entry_panel import shown_number, write
from tests.pages.questions.test_page import press

ORG = CLOTHING_ORG
NEAR, FAR = "at what hour are you open", "the weather on the moon"


@pytest.fixture
def tab(browser: Browser) -> AppTest:
    return browser.open("ask", ORG, person=ADMIN)


def labels(frontline: Frontline, name: str = KEPT_FROM_ASK) -> list[tuple[str, Label]]:
    found = next(one for one in frontline.datasets.listed(OWNER, ORG) if one.name == name)
    checked = frontline.datasets.check(OWNER, ORG, found.dataset_id, found.version, with_known=True)
    return [(row.question, row.label) for row in checked.preview.good]


def labels_of(tab: AppTest) -> list[str]:
    return [button.label for button in tab.button]


def choose(tab: AppTest, entry_id: int) -> AppTest:
    """Say which entry should have been given; 0 for a person."""
    box = next(one for one in tab.selectbox if one.label == "What is right")
    place = (
        0
        if entry_id == 0
        else next(i for i, text in enumerate(box.options) if i and text == f"No. {entry_id} · {QUESTIONS[entry_id]}")
    )
    return box.select_index(place).run()


QUESTIONS = {1: "What are your hours?", 2: "Are you currently hiring?", 3: "What do you sell?"}


def keep(tab: AppTest, part: str, how: str = "test") -> AppTest:
    return next(one for one in tab.button if one.key.endswith(f"_{part}_{how}")).click().run()


def test_right_keeps_the_question_as_a_test_question_that_expects_the_answer(
    tab: AppTest, frontline: Frontline
) -> None:
    ask(tab, NEAR)
    keep(tab, "right")

    assert labels(frontline) == [(NEAR, Label(kind=LabelKind.ENTRY, entry_ids=(1,)))]
    assert [toast.value for toast in tab.toast] == [
        "Kept as a test question that expects No\\. 1 “What are your hours\\?”"
    ]
    keep(tab, "right")
    assert [toast.value for toast in tab.toast] == ["It is a test question already\\, and expects this"]


def test_right_for_a_handoff_expects_a_person_and_offers_no_phrasing(tab: AppTest, frontline: Frontline) -> None:
    ask(tab, FAR)
    assert not [one for one in tab.button if one.key.endswith("_right_phrasing")]
    keep(tab, "right")

    assert labels(frontline) == [(FAR, TO_FALLBACK)]


def test_should_have_been_another_entry_or_a_person(tab: AppTest, frontline: Frontline) -> None:
    ask(tab, NEAR)
    assert next(one for one in tab.button if one.key.endswith("_should_test")).disabled

    keep(choose(tab, 0), "should")
    assert labels(frontline) == [(NEAR, TO_FALLBACK)]
    keep(choose(tab, 2), "should")

    assert labels(frontline) == [(NEAR, Label(kind=LabelKind.ENTRY, entry_ids=(2,)))]


def test_a_phrasing_is_added_to_the_entry_that_should_have_been(tab: AppTest, frontline: Frontline) -> None:
    ask(tab, FAR)
    keep(choose(tab, 3), "should", "phrasing")

    assert FAR in frontline.questions.table(OWNER, ORG).entries[2].alternates
    assert frontline.questions.history(OWNER, ORG)[0].author == ADMIN.name
    assert "The question is a stored phrasing of No. 3" in everything(tab)
    assert RIGHT not in labels_of(tab)
    assert "the question was saved as a phrasing of No. 3. What stands below is from before." in everything(tab)

    press(tab, "Ask again")

    assert bubbles(tab) == [frontline.questions.table(OWNER, ORG).entries[2].answer]
    assert "is from before" not in everything(tab)
    assert "Ask again" not in labels_of(tab)


def test_an_answer_that_visitors_get_until_the_phrasing_is_published_says_so(
    tab: AppTest, frontline: Frontline
) -> None:
    ask(tab, FAR)
    frontline.publishing.publish_by_hand(OWNER, ORG)
    keep(choose(tab, 3), "should", "phrasing")

    assert "Visitors get the answer of before until that is published." in everything(tab)
    assert "Ask again" not in labels_of(tab)


def test_the_popover_is_closed_after_something_was_kept(tab: AppTest) -> None:
    def popovers() -> set[str]:
        return set(re.findall(r"ask\.[^\"\s]*_popover_\d+", everything(tab)))

    ask(tab, NEAR)
    before = popovers()
    keep(tab, "right")

    assert len(before) == len(popovers()) == 2  # for the one Right, for the other Should have been
    assert not before & popovers()


def test_a_chosen_set_gets_the_question(tab: AppTest, frontline: Frontline) -> None:
    other = frontline.kept_questions.keep(OWNER, ORG, question="first", entry_id=1)
    assert other.is_new
    found = frontline.datasets.listed(OWNER, ORG)[0]
    frontline.datasets.rename(OWNER, ORG, found.dataset_id, "Shop")
    ask(tab, NEAR)

    box = next(one for one in tab.selectbox if one.label == "Into the test questions" and "_right_" in one.key)
    assert box.options == [KEPT_FROM_ASK, "Shop"]
    box.select_index(1).run()
    keep(tab, "right")

    assert [question for question, _ in labels(frontline, "Shop")] == ["first", NEAR]


def test_a_stored_question_is_named_and_nothing_is_offered(tab: AppTest) -> None:
    ask(tab, QUESTIONS[1])

    assert "The question is a stored phrasing of No. 1" in everything(tab)
    assert not [one for one in tab.button if one.label == "Keep as a test question"]


def test_an_entry_that_is_gone_meanwhile_is_refused_in_words(tab: AppTest, frontline: Frontline) -> None:
    ask(tab, NEAR)
    frontline.questions.save(
        OWNER, ORG, base_revision=1, changes=Changes(edited={1: {"enabled": False}, 2: {"answer": "x"}})
    )

    tab.run()

    assert not [one for one in tab.button if one.key.endswith("_right_test")]  # nobody can get it now
    assert SHOULD in everything(tab)
    assert not tab.exception


def test_a_member_may_open_the_entry_and_keep_nothing(browser: Browser) -> None:
    tab = ask(browser.open("ask", ORG, person=MEMBER), NEAR)

    assert not {"Keep as a test question", "Add as a phrasing"} & set(labels_of(tab))
    press(tab, "Open No. 1")

    assert shown_number(tab) == 1
    assert not tab.text_area


def test_an_entry_is_opened_from_ask_and_its_edit_waits_in_the_table(tab: AppTest, browser: Browser) -> None:
    ask(tab, NEAR)
    press(tab, "Open No. 1")
    write(tab, "Answer", "Written from Ask")
    press(tab, "Done, save later")
    assert shown_number(tab) is None

    browser.go(tab, "questions")

    assert "**1 edited**, not saved yet" in [text.value for text in tab.markdown]
    editor = tab.session_state[session.key("questions", ORG, "editor")]
    assert editor.changes.edited == {1: {"answer": "Written from Ask"}}

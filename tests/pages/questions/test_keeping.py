"""Keeping a large table: filter, sort, select rows, undo and redo, take one change back."""

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.datasets.formats.choice import recognise_format
from core.files.reading import read_table
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OWNER
from core.questions.changes import Changes
from core.questions.table_view import SortOrder
from pages.questions.editor import view_bar
from pages.shell import session
from tests.pages.conftest import Browser, everything
from tests.pages.questions.test_page import edit, press

ORG = CLOTHING_ORG
EDIT_ANSWER = {"edited_rows": {0: {"answer": "We are open on Mondays."}}}


def editor(tab: AppTest) -> Any:
    return tab.session_state[session.key("questions", ORG, "editor")]


def shown(tab: AppTest) -> list[int]:
    """The keys of the rows on the screen."""
    return list(editor(tab).table.keys)


def filtered(tab: AppTest, *names: str) -> AppTest:
    return next(field for field in tab.multiselect if field.label == "Filter").set_value(list(names)).run()


def find(tab: AppTest, words: str) -> AppTest:
    return next(field for field in tab.text_input if field.label == "Find").set_value(words).run()


def select(tab: AppTest, *rows: int) -> AppTest:
    """Tick rows of the table that is shown for that."""
    if not tab.toggle[0].value:
        tab.toggle[0].set_value(True).run()
    return tick(tab, "table_", *rows)


def tick(tab: AppTest, name: str, *rows: int) -> AppTest:
    """Tick rows of the list of this name."""
    (key,) = (table.key for table in tab.dataframe if f".{name}" in table.key)
    tab.session_state[key] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    return tab.run()


def choose_tag(tab: AppTest, tag: str) -> AppTest:
    return next(box for box in tab.selectbox if box.label == "Tag").set_value(tag).run()


def unsaved(tab: AppTest) -> Changes:
    found = tab.session_state[session.key("questions", ORG, "unsaved")].present
    assert isinstance(found, Changes)
    return found


def announced(tab: AppTest) -> str:
    """What the foot says is not saved, "" when there is nothing."""
    found = re.search(r"\*\*(.*?)\*\*, not saved yet", everything(tab))
    return found.group(1) if found else ""


def test_the_table_is_filtered_and_sorted_and_what_was_typed_before_stays(
    browser: Browser, frontline: Frontline
) -> None:
    tab = edit(browser.open("questions", ORG, person=OWNER), {"edited_rows": {1: {"enabled": False, "tags": "jobs"}}})

    assert shown(filtered(tab, "Off")) == [2]
    assert "Revision 1 · 1 of 3 entries shown" in [caption.value for caption in tab.caption]
    assert shown(filtered(tab, "Changed, not saved", "Tag: jobs")) == [2]
    edit(tab, {"edited_rows": {0: {"answer": "Not now"}}})
    assert shown(filtered(tab, "Changed, not saved", "No tag")) == []
    assert "No entry is like that." in everything(tab)
    press(tab, "Show all")
    next(box for box in tab.selectbox if box.label == "Sort by").set_value(SortOrder.NEWEST).run()
    assert shown(tab) == [3, 2, 1]
    edit(tab, {"edited_rows": {0: {"answer": "We sell shoes."}}})
    press(tab, "Save")

    assert [(e.answer, e.tags, e.enabled) for e in frontline.questions.table(OWNER, ORG).entries][1:] == [
        ("Not now", ("jobs",), False),
        ("We sell shoes.", (), True),
    ]
    assert shown(tab) == [3, 2, 1]


def test_entries_that_no_kept_test_question_expects_are_listed(browser: Browser, frontline: Frontline) -> None:
    tab = browser.open("questions", ORG, person=OWNER)
    assert shown(filtered(tab, "No test question")) == [1, 2, 3]

    file = read_table(b"question,expected_question\nopen now,What are your hours?\n", "hours.csv")
    preview = frontline.intake.check(OWNER, ORG, recognise_format(file)).preview
    frontline.datasets.save(OWNER, ORG, name="Hours", preview=preview, source="hours.csv")

    assert shown(filtered(filtered(tab), "No test question")) == [2, 3]


def test_entries_that_another_part_of_the_page_names_are_shown_alone(browser: Browser) -> None:
    tab = browser.open("questions", ORG, person=OWNER)
    tab.session_state[session.key(view_bar.PAGE, ORG, "only")] = (frozenset({3, 1}), "two collisions")

    tab.run()

    assert shown(tab) == [1, 3]
    assert "Revision 1 · 2 of 3 entries shown, two collisions" in [caption.value for caption in tab.caption]
    assert shown(press(tab, "Show all")) == [1, 2, 3]


def test_a_search_finds_what_was_mistyped_and_says_that_the_spelling_is_similar(browser: Browser) -> None:
    tab = find(browser.open("questions", ORG, person=OWNER), "hirring")

    assert shown(tab) == [2]
    assert "Revision 1 · 1 of 3 entries found, by similar spelling" in [caption.value for caption in tab.caption]


def test_entries_that_are_about_to_be_deleted_are_told_apart_from_those_that_stay(browser: Browser) -> None:
    tab = edit(browser.open("questions", ORG, person=OWNER), {"deleted_rows": [1]})
    assert "Revision 1 · 3 entries, 3 on, 1 to be deleted" in [caption.value for caption in tab.caption]

    find(tab, "are you")

    expected = f"Revision 1 · {len(shown(tab))} of 2 entries found, 1 to be deleted"
    assert 2 not in shown(tab)
    assert expected in [caption.value for caption in tab.caption]
    edit(tab, {"deleted_rows": [0]})
    tab.run()
    assert "of 1 entry found, 2 to be deleted" in everything(tab)


def test_what_is_looked_for_stays_after_a_look_at_health(browser: Browser) -> None:
    tab = filtered(find(browser.open("questions", ORG, person=OWNER), "hiring"), "No tag")
    next(box for box in tab.selectbox if box.label == "Sort by").set_value(SortOrder.NEWEST).run()
    view = tab.segmented_control(session.key("questions", ORG, "view"))
    view.set_value("History").run()
    assert not [field for field in tab.text_input if field.label == "Find"]

    tab.segmented_control(session.key("questions", ORG, "view")).set_value("Table").run()

    assert shown(tab) == [2]
    assert next(field for field in tab.text_input if field.label == "Find").value == "hiring"
    assert next(field for field in tab.multiselect if field.label == "Filter").value == ["No tag"]
    assert next(box for box in tab.selectbox if box.label == "Sort by").value == SortOrder.NEWEST


def test_a_member_finds_and_filters_what_they_read(browser: Browser) -> None:
    tab = filtered(find(browser.open("questions", ORG, person=MEMBER), "hiring"), "No tag")

    assert "Revision 1 · 1 of 3 entries found" in [caption.value for caption in tab.caption]
    assert not tab.toggle
    assert "Undo" not in [button.label for button in tab.button]


def test_each_step_is_undone_and_redone_and_the_draft_follows(browser: Browser, frontline: Frontline) -> None:
    tab = browser.open("questions", ORG, person=OWNER)
    assert "Undo" not in [button.label for button in tab.button]
    edit(tab, EDIT_ANSWER)
    edit(tab, {**EDIT_ANSWER, "added_rows": [{"question": "Do you ship?", "answer": "No"}]})
    assert announced(tab) == "1 edited, 1 new"

    assert announced(press(tab, "Undo")) == "1 edited"
    draft = frontline.questions.draft(OWNER, ORG)
    assert draft is not None
    assert draft.changes == unsaved(tab) == Changes(edited={1: {"answer": "We are open on Mondays."}})
    assert announced(press(tab, "Undo")) == ""
    assert frontline.questions.draft(OWNER, ORG) is None
    assert announced(press(press(tab, "Redo"), "Redo")) == "1 edited, 1 new"

    press(tab, "Save")
    assert len(frontline.questions.table(OWNER, ORG).entries) == 4
    assert "Undo" not in [button.label for button in tab.button]


def test_selected_rows_are_tagged_switched_and_deleted_as_unsaved_changes(
    browser: Browser, frontline: Frontline
) -> None:
    new = {"question": "New?", "answer": "Yes", "tags": "summer"}
    tab = edit(browser.open("questions", ORG, person=OWNER), {"added_rows": [new]})

    select(tab, 0, 3)
    assert "**2 rows selected**" in everything(tab)
    press(choose_tag(tab, "summer"), "Add tag")
    select(tab, 0, 1)
    press(tab, "Switch off")
    select(tab, 2)
    press(tab, "Delete")

    assert frontline.questions.newest_revision(OWNER, ORG) == 1
    assert unsaved(tab) == Changes(
        edited={1: {"tags": ("summer",), "enabled": False}, 2: {"enabled": False}},
        added=({"question": "New?", "answer": "Yes", "tags": ("summer",)},),
        deleted=frozenset({3}),
    )
    press(press(tab, "Undo"), "Save")
    assert [(e.id, e.tags, e.enabled) for e in frontline.questions.table(OWNER, ORG).entries] == [
        (1, ("summer",), False),
        (2, (), False),
        (3, (), True),
        (4, ("summer",), True),
    ]


def test_cells_changed_before_and_after_selecting_stay_changed(browser: Browser) -> None:
    tab = edit(browser.open("questions", ORG, person=OWNER), EDIT_ANSWER)

    select(tab, 1)
    press(tab, "Switch off")
    tab.toggle[0].set_value(False).run()
    edit(tab, {"edited_rows": {2: {"answer": "Shoes"}}})

    assert unsaved(tab).edited == {
        1: {"answer": "We are open on Mondays."},
        2: {"enabled": False},
        3: {"answer": "Shoes"},
    }


def test_a_bulk_change_keeps_to_the_same_rules_as_a_cell(browser: Browser) -> None:
    tab = edit(browser.open("questions", ORG, person=OWNER), {"edited_rows": {1: {"tags": "x" * 61}}})

    press(choose_tag(select(tab, 0), "x" * 61), "Add tag")

    assert "2 cells to put right before you can save" in everything(tab)


def test_one_change_is_taken_back_alone_and_no_row_says_that_another_is_saved(
    browser: Browser,
) -> None:
    tab = edit(
        browser.open("questions", ORG, person=OWNER),
        {"edited_rows": {0: {"answer": "Mondays", "enabled": False}, 2: {"answer": "Shoes"}}, "deleted_rows": [1]},
    )

    tick(tab, "changes_", 0, 3)  # the lines stand in the order of the entries, deleted ones last
    press(tab, "Take back 2 changes")

    assert unsaved(tab) == Changes(edited={1: {"enabled": False}, 3: {"answer": "Shoes"}})
    assert "unsaved" not in editor(tab).table.frame  # a mark of the last draw misses what is edited after it
    assert unsaved(press(tab, "Undo")).deleted == {2}


def test_the_table_on_the_screen_stays_when_it_is_saved_and_each_edit_after_that_is_counted(
    browser: Browser, frontline: Frontline
) -> None:
    tab = edit(browser.open("questions", ORG, person=OWNER), {**EDIT_ANSWER, "deleted_rows": [1]})
    before = editor(tab)
    press(tab, "Save")
    assert (editor(tab).generation, editor(tab).snapshot.revision) == (before.generation, 2)
    assert editor(tab).table.frame is before.table.frame
    assert announced(tab) == ""

    edit(tab, {"edited_rows": {0: {"answer": "We are open on Mondays."}, 2: {"answer": "Hats"}}, "deleted_rows": [1]})
    assert unsaved(tab) == Changes(edited={3: {"answer": "Hats"}})
    edit(tab, {"edited_rows": {}, "deleted_rows": [1]})  # typed back to what was drawn: the browser forgets such edits
    assert unsaved(tab) == Changes(edited={1: {"answer": before.entries[1].answer}})
    press(tab, "Save")

    assert editor(tab).generation == before.generation
    assert [(e.id, e.answer) for e in frontline.questions.table(OWNER, ORG).entries] == [
        (1, before.entries[1].answer),
        (3, before.entries[3].answer),
    ]


@pytest.mark.parametrize("meanwhile", [True, False])
def test_another_table_comes_when_what_was_saved_reads_otherwise_than_the_one_on_the_screen(
    browser: Browser, frontline: Frontline, meanwhile: bool
) -> None:
    tab = edit(browser.open("questions", ORG, person=OWNER), EDIT_ANSWER)
    generation = editor(tab).generation
    if meanwhile:
        frontline.questions.save(ADMIN, ORG, base_revision=1, changes=Changes(edited={3: {"answer": "Hats"}}))
    else:
        edit(tab, {**EDIT_ANSWER, "added_rows": [{"question": "Do you ship?", "answer": "No"}]})

    press(tab, "Save")

    assert editor(tab).generation > generation
    assert announced(tab) == ""
    answers = [entry.answer for entry in frontline.questions.table(OWNER, ORG).entries]
    assert list(editor(tab).table.frame["answer"]) == answers


def test_who_else_is_editing_is_said_and_nothing_of_what_they_type(browser: Browser, frontline: Frontline) -> None:
    frontline.questions.keep_draft(ADMIN, ORG, base_revision=1, changes=Changes(added=({"question": "unheard-of"},)))

    tab = browser.open("questions", ORG, person=OWNER)

    assert f"{ADMIN.name} (just now) is editing this table too." in everything(tab)
    assert "unheard-of" not in everything(tab)
    assert "editing this table too" not in everything(browser.open("questions", ORG, person=ADMIN))


def test_what_was_undone_is_kept_while_another_saves_until_the_person_wants_the_newest_table(
    browser: Browser, frontline: Frontline
) -> None:
    tab = press(edit(browser.open("questions", ORG, person=OWNER), EDIT_ANSWER), "Undo")
    frontline.questions.save(ADMIN, ORG, base_revision=1, changes=Changes(deleted=frozenset({3})))

    tab.run()
    assert any("Adam" in warning.value and "Redo" in warning.value for warning in tab.warning)
    assert announced(press(tab, "Redo")) == "1 edited"
    press(press(tab, "Undo"), "Show the newest table")

    assert shown(tab) == [1, 2]
    assert not tab.warning
    assert "Redo" not in [button.label for button in tab.button]

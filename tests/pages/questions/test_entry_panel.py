"""One entry's panel: the ways to it, what is written in it, and what becomes of that."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.health.findings import AlikePair, Collision, Findings
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OWNER
from core.questions.changes import Changes
from core.questions.entry import Entry
from pages.questions.editor import table
from pages.questions.entry.entry_sections import collisions_of
from pages.shell import session
from tests.pages.conftest import Browser, everything
from tests.pages.questions.test_page import EDIT_ANSWER, answers, edit, press

ORG = CLOTHING_ORG


@dataclass
class Click:
    """What the browser reports of a click on a row's button."""

    row: int

    def __getitem__(self, name: str) -> int:
        return int(getattr(self, name))


def open_entry(browser: Browser, number: int = 1, person: Any = ADMIN, page: str = "questions") -> AppTest:
    return browser.open(page, ORG, person=person, query={"entry": str(number)})


def field(tab: AppTest, label: str) -> Any:
    return next(one for one in [*tab.text_area, *tab.multiselect, *tab.toggle] if one.label == label)


def write(tab: AppTest, label: str, value: Any) -> AppTest:
    return field(tab, label).set_value(value).run()


def save(tab: AppTest) -> AppTest:
    """Press *Save* in the panel; the table's bar has one too."""
    return next(one for one in tab.button if one.key.endswith("panel_save")).click().run()


def shown_number(tab: AppTest) -> int | None:
    """The number of the entry whose panel is open."""
    found = [int(number) for text in tab.header for number in re.findall(r"^No\. (\d+)", text.value)]
    return found[0] if found else None


def done(tab: AppTest) -> AppTest:
    """Close the panel, whose button says so too where something is not saved yet."""
    return press(tab, next(button.label for button in tab.button if button.label.startswith("Done")))


def unsaved(tab: AppTest) -> Changes:
    return tab.session_state[session.key("questions", ORG, "editor")].changes


def section(tab: AppTest, name: str) -> Any:
    """The choice of what stands under the fields of the panel, with this section chosen."""
    return next(group for group in tab.button_group if "panel_section" in group.key).set_value(name)


def entry(frontline: Frontline, number: int = 1) -> Entry:
    return next(one for one in frontline.questions.table(OWNER, ORG).entries if one.id == number)


def test_an_address_with_an_entry_opens_its_panel_with_every_field(browser: Browser, frontline: Frontline) -> None:
    tab = open_entry(browser)

    stored = entry(frontline)
    assert shown_number(tab) == 1
    assert field(tab, "Question").value == stored.question
    assert field(tab, "Answer").value == stored.answer
    assert field(tab, "Other phrasings").value.split("\n") == list(stored.alternates)
    assert "Sample questions and answers" in everything(tab)


def test_a_number_opens_the_panel_and_is_gone_from_the_field(browser: Browser) -> None:
    tab = browser.open("questions", ORG, person=ADMIN)
    assert shown_number(tab) is None

    numbers = next(one for one in tab.number_input if one.label.startswith("Open an entry"))
    numbers.set_value(2).run()

    assert shown_number(tab) == 2
    assert next(one for one in tab.number_input if one.label.startswith("Open an entry")).value is None


def test_what_is_written_is_unsaved_in_the_table_and_saved_from_the_panel(
    browser: Browser, frontline: Frontline
) -> None:
    tab = open_entry(browser)

    write(tab, "Answer", "Mondays.\nNever else.")
    write(tab, "Other phrasings", "when open\n\n  when open\nopen, on mondays?")
    write(tab, "On", False)
    assert unsaved(tab).edited == {
        1: {"answer": "Mondays.\nNever else.", "alternates": ("when open", "open, on mondays?"), "enabled": False}
    }
    assert "1 edited" in everything(tab)
    save(tab)

    stored = entry(frontline)
    assert (stored.answer, stored.alternates, stored.enabled) == (
        "Mondays.\nNever else.",
        ("when open", "open, on mondays?"),
        False,
    )
    assert shown_number(tab) is None
    assert [toast.value for toast in tab.toast] == ["Saved as revision 2"]


def test_done_closes_and_keeps_what_was_written(browser: Browser, frontline: Frontline) -> None:
    tab = open_entry(browser)
    write(tab, "Question", "When are you open?")

    assert "Done, save later" in [button.label for button in tab.button]
    done(tab)

    assert shown_number(tab) is None
    assert unsaved(tab).edited == {1: {"question": "When are you open?"}}
    assert "**1 edited**, not saved yet" in [text.value for text in tab.markdown]
    assert frontline.questions.newest_revision(OWNER, ORG) == 1
    assert frontline.questions.drafts(ADMIN, ORG)[0].changes.edited == {1: {"question": "When are you open?"}}


def test_edits_of_the_table_and_of_the_panel_join(browser: Browser) -> None:
    tab = edit(
        browser.open("questions", ORG, person=ADMIN),
        {**EDIT_ANSWER, "added_rows": [{"question": "New?", "answer": "Yes"}], "deleted_rows": [2]},
    )
    tab.number_input[0].set_value(1).run()
    assert field(tab, "Answer").value == "We are open on Mondays."

    write(tab, "Question", "When?")
    done(tab)

    changes = unsaved(tab)
    assert changes.edited == {1: {"answer": "We are open on Mondays.", "question": "When?"}}
    assert [fields["question"] for fields in changes.added] == ["New?"]
    assert changes.deleted == {3}


def test_what_is_written_back_as_it_was_is_no_change(browser: Browser, frontline: Frontline) -> None:
    tab = open_entry(browser)
    write(tab, "Answer", "x")

    write(tab, "Answer", entry(frontline).answer)

    assert not unsaved(tab)


def test_the_arrows_turn_to_the_next_entry_and_lose_nothing(browser: Browser) -> None:
    tab = open_entry(browser, 2)
    write(tab, "Answer", "Of the second")

    step = next(one for one in tab.button if one.label == ":material/arrow_forward:")
    step.click().run()
    assert shown_number(tab) == 3
    write(tab, "Answer", "Of the third")
    step = next(one for one in tab.button if one.label == ":material/arrow_back:")
    step.click().run()

    assert field(tab, "Answer").value == "Of the second"
    assert unsaved(tab).edited == {2: {"answer": "Of the second"}, 3: {"answer": "Of the third"}}


def test_tags_of_other_entries_are_suggested_unsaved_ones_too(browser: Browser) -> None:
    tab = edit(browser.open("questions", ORG, person=ADMIN), {"edited_rows": {0: {"tags": "opening"}}})
    tab.number_input[0].set_value(2).run()

    tags = field(tab, "Tags")
    assert "opening" in tags.options
    tags.set_value(["opening"]).run()

    assert unsaved(tab).edited[2] == {"tags": ("opening",)}


def test_a_cell_that_breaks_a_rule_is_named_and_holds_the_save(browser: Browser, frontline: Frontline) -> None:
    tab = open_entry(browser)

    write(tab, "Answer", "  ")

    assert "Answer: is empty" in everything(tab)
    assert next(one for one in tab.button if one.key.endswith("panel_save")).disabled
    write(tab, "Answer", "There again")
    assert not next(one for one in tab.button if one.key.endswith("panel_save")).disabled
    assert frontline.questions.newest_revision(OWNER, ORG) == 1


def test_a_row_elsewhere_that_breaks_a_rule_is_told(browser: Browser) -> None:
    tab = edit(browser.open("questions", ORG, person=ADMIN), {"edited_rows": {0: {"answer": ""}}})
    tab.number_input[0].set_value(2).run()

    assert "1 other row to put right in the table first" in everything(tab)
    assert next(one for one in tab.button if one.key.endswith("panel_save")).disabled


def test_a_member_reads_the_entry_and_cannot_change_it(browser: Browser, frontline: Frontline) -> None:
    tab = open_entry(browser, person=MEMBER)

    stored = entry(frontline)
    texts = [text.value for text in tab.text]
    assert shown_number(tab) == 1
    assert {stored.question, stored.answer, "\n".join(stored.alternates)} <= set(texts)
    assert not tab.text_area
    assert "Save" not in [one.label for one in tab.button]
    done(tab)
    assert shown_number(tab) is None


def test_an_entry_that_another_deleted_meanwhile_says_so_with_its_history(
    browser: Browser, frontline: Frontline
) -> None:
    frontline.questions.save(OWNER, ORG, base_revision=1, changes=Changes(deleted=frozenset({2})), note="Not hiring")

    tab = browser.open("questions", ORG, person=ADMIN)
    tab.number_input[0].set_value(2).run()

    assert "There is no No. 2 in the table" in everything(tab)
    assert "Not hiring" in everything(tab)


def test_an_edit_of_an_entry_that_another_deleted_while_the_panel_was_open_is_not_lost(
    browser: Browser, frontline: Frontline
) -> None:
    tab = open_entry(browser, 2)
    write(tab, "Answer", "We hire again.")
    frontline.questions.save(OWNER, ORG, base_revision=1, changes=Changes(deleted=frozenset({2})))

    save(tab)

    assert "changed in the saved table after you opened it" in everything(tab)
    done(tab)
    assert "We hire again." in everything(tab)  # both texts, to choose from
    assert [one.id for one in frontline.questions.table(OWNER, ORG).entries] == [1, 3]


def test_one_that_was_deleted_here_and_not_saved_can_be_brought_back(browser: Browser) -> None:
    tab = edit(browser.open("questions", ORG, person=ADMIN), {"deleted_rows": [1], **EDIT_ANSWER})
    tab.number_input[0].set_value(2).run()
    assert "You deleted this entry" in everything(tab)

    press(tab, "Bring it back")

    assert unsaved(tab).deleted == frozenset()
    assert 1 in unsaved(tab).edited
    assert field(tab, "Question").value == "Are you currently hiring?"


def test_two_tabs_of_one_person_keep_what_each_wrote(browser: Browser, frontline: Frontline) -> None:
    first, second = open_entry(browser, 1), open_entry(browser, 2)
    write(first, "Answer", "First tab")
    write(second, "Answer", "Second tab")

    for tab in (first, second):
        save(tab)

    assert answers(frontline)[:2] == ["First tab", "Second tab"]


def test_a_save_by_another_while_nothing_is_written_shows_the_newest_text(
    browser: Browser, frontline: Frontline
) -> None:
    tab = open_entry(browser)
    frontline.questions.save(OWNER, ORG, base_revision=1, changes=Changes(edited={1: {"answer": "By another"}}))

    tab.run()
    assert field(tab, "Answer").value == "By another"
    write(tab, "Question", "When?")
    save(tab)

    assert (entry(frontline).answer, entry(frontline).question) == ("By another", "When?")


def test_a_panel_does_not_come_along_to_another_page_and_back(browser: Browser) -> None:
    tab = open_entry(browser)
    write(tab, "Answer", "Kept")

    browser.go(tab, "ask")
    assert shown_number(tab) is None
    browser.go(tab, "questions")

    assert shown_number(tab) is None
    assert unsaved(tab).edited == {1: {"answer": "Kept"}}


def test_a_click_on_a_number_opens_the_entry_of_that_row(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    tab = browser.open("questions", ORG, person=ADMIN)
    opened = []
    monkeypatch.setattr("pages.questions.entry.entry_opening.open_for", lambda *args: opened.append(args))
    monkeypatch.setattr("pages.questions.entry.entry_opening.session.widget", lambda _key: Click(1))
    keys = tab.session_state[session.key("questions", ORG, "editor")].table.keys
    monkeypatch.setattr(
        "pages.questions.entry.entry_opening.st.column_config.ButtonColumn", lambda *_a, **k: k["on_click"]
    )

    table.entry_opening.number_column(ORG, (*keys, -1))()

    assert opened == [(ORG, 2, [1, 2, 3])]


def test_each_thing_written_is_a_step_that_undo_takes_back(browser: Browser) -> None:
    tab = open_entry(browser)
    write(tab, "Answer", "First")
    write(tab, "Question", "Second?")
    done(tab)

    press(tab, "Undo")

    assert unsaved(tab).edited == {1: {"answer": "First"}}
    press(tab, "Undo")
    assert not unsaved(tab)


def test_from_the_history_of_a_save_its_entries_open(browser: Browser, frontline: Frontline) -> None:
    changes = Changes(edited={3: {"answer": "Shirts"}}, added=[{"question": "New?", "answer": "Yes"}])
    frontline.questions.save(OWNER, ORG, base_revision=1, changes=changes)
    tab = browser.open("questions", ORG, person=ADMIN)
    view = next(group for group in tab.button_group if group.key == session.key("questions", ORG, "view"))
    view.set_value("History")
    listed = session.key("questions", ORG, "history_2")
    tab.session_state[listed] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    tab.run()

    entries = next(box for box in tab.selectbox if box.label == "Entry")
    assert entries.options == ["No. 3", "No. 4"]
    entries.set_value(3).run()
    press(tab, "Open No. 3")

    assert shown_number(tab) == 3
    write(tab, "Answer", "Shirts and hats")
    done(tab)
    assert unsaved(tab).edited == {3: {"answer": "Shirts and hats"}}


def test_nearby_entries_are_listed_and_lead_on(browser: Browser, frontline: Frontline) -> None:
    frontline.table_health.glance(OWNER, ORG, wait=60)
    tab = open_entry(browser)
    section(tab, "Nearby").run()

    assert [one.label for one in tab.button if one.label.startswith("No\\.")]
    next(one for one in tab.button if one.label.startswith("No\\. 3 ")).click().run()

    assert shown_number(tab) == 3


def test_the_collisions_of_an_entry_are_named_with_the_other_one() -> None:
    collision = Collision(
        entry_id=1, phrasing="open?", rival_id=3, rival_phrasing="opened", severity=1.0, rival_question="Shop"
    )
    found = Findings(pairs=(AlikePair(entry_ids=(2, 1), questions=("a", "b"), severity=1.0),), collisions=(collision,))

    assert collisions_of(found, 1) == [
        (2, "is easily taken for this one"),
        (3, "would get “open?” if it did not stand here"),
    ]
    assert collisions_of(found, 3) == [(1, "would lose “open?” to this one if it did not stand there")]
    assert collisions_of(found, 4) == []

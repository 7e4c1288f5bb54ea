"""The table of questions and answers, as people of each role see and change it."""

import html
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OWNER, PHONE_ORG
from core.questions.changes import Changes
from core.questions.policy import DEFAULT_FALLBACK, EngineKind, ModelSettings, Policy, Style
from pages.questions.editor import table_look
from pages.shell import session
from tests.pages.conftest import Browser, everything

ORG = CLOTHING_ORG
EDIT_ANSWER = {"edited_rows": {0: {"answer": "We are open on Mondays."}}}


def edit(tab: AppTest, delta: dict[str, Any]) -> AppTest:
    """What the browser reports after cells of the table on the screen were edited."""
    report(tab, delta)
    return tab.run()


def report(tab: AppTest, delta: dict[str, Any]) -> None:
    name = session.key("questions", ORG, "editor")
    generation = tab.session_state[name].generation if name in tab.session_state else 0
    visits = tab.session_state[session.key("shell", "", "visit")][1]
    key = session.key("questions", ORG, f"table_{generation}_{visits}")
    tab.session_state[key] = {"edited_rows": {}, "added_rows": [], "deleted_rows": [], **delta}


def press(tab: AppTest, label: str, nth: int = 0) -> AppTest:
    return [button for button in tab.button if button.label == label][nth].click().run()


def answers(frontline: Frontline, org: str = ORG) -> list[str]:
    return [entry.answer for entry in frontline.questions.table(OWNER, org).entries]


def test_an_admin_edits_a_cell_and_saves_it_with_a_note(browser: Browser, frontline: Frontline) -> None:
    tab = edit(browser.open("questions", ORG, person=ADMIN), EDIT_ANSWER)
    assert "**1 edited**, not saved yet" in [text.value for text in tab.markdown]
    next(field for field in tab.text_input if field.label == "Note").set_value("New hours")

    press(tab, "Save")

    assert answers(frontline)[0] == "We are open on Mondays."
    newest = frontline.questions.history(ADMIN, ORG)[0]
    assert (newest.number, newest.author, newest.note, newest.edited) == (2, ADMIN.name, "New hours", 1)
    assert [toast.value for toast in tab.toast] == ["Saved as revision 2"]
    assert "Save" not in [button.label for button in tab.button]


def test_rows_are_added_and_deleted(browser: Browser, frontline: Frontline) -> None:
    tab = browser.open("questions", ORG, person=OWNER)

    edit(tab, {"added_rows": [{"question": "Do you ship?", "answer": "No", "enabled": True}], "deleted_rows": [1]})
    press(tab, "Save")

    table = frontline.questions.table(OWNER, ORG)
    assert [entry.id for entry in table.entries] == [1, 3, 4]
    assert (table.entries[-1].question, table.entries[-1].answer) == ("Do you ship?", "No")


def test_a_broken_cell_is_named_and_cannot_be_saved(browser: Browser, frontline: Frontline) -> None:
    tab = edit(
        browser.open("questions", ORG, person=OWNER),
        {"edited_rows": {0: {"answer": ""}}, "added_rows": [{"question": "What do you sell", "answer": "x"}]},
    )

    assert "2 cells to put right before you can save" in everything(tab)
    empty, twice = (button for button in tab.button if button.label.startswith(("No\\.", "New entry 1")))
    assert "No\\. 1 “What are your hours\\?” · Answer\\: is empty\\: write something" in empty.label
    assert "New entry 1 “What do you sell” · Question\\: “What do you sell” is already in No\\. 3" in twice.label
    assert next(button for button in tab.button if button.label == "Save").disabled
    assert frontline.questions.newest_revision(OWNER, ORG) == 1

    twice.click().run()
    assert "Revision 1 · 0 of 3 entries found, 1 new" in [caption.value for caption in tab.caption]
    press(tab, "Show all")
    assert "Revision 1 · 3 entries, 3 on" in [caption.value for caption in tab.caption]


def test_unsaved_edits_survive_another_page_a_reload_and_another_org(browser: Browser) -> None:
    tab = edit(browser.open("questions", ORG, person=OWNER), EDIT_ANSWER)

    browser.go(browser.go(tab, "ask"), "questions")
    assert "**1 edited**, not saved yet" in [text.value for text in tab.markdown]

    reloaded = browser.open("questions", ORG, person=OWNER)
    assert "**1 edited**, not saved yet" in [text.value for text in reloaded.markdown]
    assert any("unsaved changes" in info.value for info in reloaded.info)

    assert "not saved yet" not in everything(browser.open("questions", PHONE_ORG, person=OWNER))
    assert "not saved yet" not in everything(browser.open("questions", ORG, person=ADMIN))


def test_discarding_asks_first(browser: Browser, frontline: Frontline) -> None:
    tab = edit(browser.open("questions", ORG, person=OWNER), EDIT_ANSWER)

    press(tab, "Discard")

    assert "What is not saved will be lost: 1 edited. The saved table stays as it is." in [
        text.value for text in tab.markdown
    ]
    assert "**1 edited**, not saved yet" in [text.value for text in tab.markdown]
    assert frontline.questions.draft(OWNER, ORG) is not None


def test_the_same_row_changed_by_another_shows_both_texts_and_saves_the_chosen(
    browser: Browser, frontline: Frontline
) -> None:
    tab = edit(
        browser.open("questions", ORG, person=OWNER),
        {"edited_rows": {0: {"answer": "mine"}, 1: {"answer": "only mine"}}},
    )
    frontline.questions.save(ADMIN, ORG, base_revision=1, changes=Changes(edited={1: {"answer": "theirs"}}))
    tab.run()
    assert any("Adam" in warning.value for warning in tab.warning)

    press(tab, "Save")
    texts = [text.value for text in tab.text]
    assert "theirs" in texts
    assert "mine" in texts
    assert answers(frontline)[:2] == ["theirs", "We're hiring for cashiers"]

    tab.radio[0].set_value("Use mine")
    press(tab, "Save with these choices")

    assert answers(frontline)[:2] == ["mine", "only mine"]
    assert frontline.questions.newest_revision(OWNER, ORG) == 3


def test_theirs_is_kept_unless_mine_is_chosen(browser: Browser, frontline: Frontline) -> None:
    tab = edit(
        browser.open("questions", ORG, person=OWNER),
        {"edited_rows": {0: {"answer": "mine"}, 1: {"answer": "only mine"}}},
    )
    frontline.questions.save(ADMIN, ORG, base_revision=1, changes=Changes(edited={1: {"answer": "theirs"}}))

    press(press(tab, "Save"), "Save with these choices")

    assert answers(frontline)[:2] == ["theirs", "only mine"]


def test_a_search_keeps_unsaved_edits(browser: Browser, frontline: Frontline) -> None:
    tab = edit(browser.open("questions", ORG, person=OWNER), EDIT_ANSWER)
    search = next(field for field in tab.text_input if field.label == "Find")

    search.set_value("hiring").run()
    assert "Revision 1 · 1 of 3 entries found" in [caption.value for caption in tab.caption]
    edit(tab, {"edited_rows": {0: {"answer": "No jobs"}}})
    press(tab, "Save")

    assert answers(frontline)[:2] == ["We are open on Mondays.", "No jobs"]


def test_a_newer_table_is_shown_at_once_when_nothing_is_unsaved(browser: Browser, frontline: Frontline) -> None:
    tab = browser.open("questions", ORG, person=OWNER)
    frontline.questions.save(ADMIN, ORG, base_revision=1, changes=Changes(deleted=frozenset({1})))

    tab.run()

    assert "Revision 2 · 2 entries, 2 on" in [caption.value for caption in tab.caption]


def test_a_member_reads_the_table_and_has_no_way_to_change_it(browser: Browser, frontline: Frontline) -> None:
    tab = browser.open("questions", ORG, person=MEMBER)
    assert any("may read this table" in caption.value for caption in tab.caption)

    edit(tab, EDIT_ANSWER)

    assert {"Save", "Discard"}.isdisjoint(button.label for button in tab.button)
    assert frontline.questions.newest_revision(OWNER, ORG) == 1
    assert "We are open on Mondays." not in everything(tab)


def differences(tab: AppTest) -> list[list[str]]:
    """The lines of the tables of differences: where, what, the text before and the text after."""
    bodies = [one.proto.body for one in tab.get("html") if "frontline-differences" in one.proto.body]
    rows = [row for body in bodies for row in re.findall(r"<tr>(<td>.*?)</tr>", body, re.DOTALL)]
    lines = [re.findall(r"<td>(.*?)</td>", row, re.DOTALL) for row in rows]
    return [[where, what, _side(marked, "del"), _side(marked, "ins")] for where, what, marked in lines]


def _side(marked: str, own: str) -> str:
    """The text whose own pieces are marked so: without those of the other one."""
    pieces = re.findall(r"<(span|del|ins)>(.*?)</\1>", marked, re.DOTALL)
    return html.unescape("".join(text for tag, text in pieces if tag in ("span", own)))


def test_history_lists_every_save_shows_what_it_changed_and_asks_before_it_restores(
    browser: Browser, frontline: Frontline
) -> None:
    frontline.questions.save(ADMIN, ORG, base_revision=1, changes=Changes(deleted=frozenset({1})), note="gone")
    tab = browser.open("questions", ORG, person=OWNER)
    view = next(group for group in tab.button_group if group.key == session.key("questions", ORG, "view"))
    view.set_value("History").run()
    assert tab.dataframe[0].value["Note"].tolist() == ["gone", "Sample questions and answers"]

    tab.session_state[session.key("questions", ORG, "history_2")] = {
        "selection": {"rows": [1], "columns": [], "cells": []}
    }
    tab.run()
    assert [line[1] for line in differences(tab)] == ["New entry"] * 3
    press(tab, "Restore revision 1")

    assert any("reads as revision 1" in text.value for text in tab.markdown)
    assert [line[:2] for line in differences(tab)[3:]] == [["No. 1", "New entry"]], "what the restore changes"
    assert len(answers(frontline)) == 2

    frontline.questions.restore(OWNER, ORG, 1)
    tab.run()
    assert len(tab.dataframe) == 1  # the chosen place is another revision's now
    assert not [button for button in tab.button if button.label.startswith("Restore revision")]


def test_half_an_emoji_that_a_cut_paste_leaves_is_told_and_can_be_discarded(
    browser: Browser, frontline: Frontline
) -> None:
    delta = {"edited_rows": {}, "added_rows": [{"question": "Is it \ud83d", "answer": "\tYes"}], "deleted_rows": []}
    tab = edit(browser.open("questions", ORG, person=OWNER), delta)
    assert not tab.exception
    assert "**1 new**, not saved yet" in [text.value for text in tab.markdown]

    assert any("letters after an emoji got lost" in button.label.replace("\\", "") for button in tab.button)
    reopened = browser.open("questions", ORG, person=OWNER)

    assert not reopened.exception
    assert {"Save", "Discard"} <= {button.label for button in reopened.button}


def test_a_kept_draft_with_half_an_emoji_opens_too(browser: Browser, frontline: Frontline) -> None:
    broken = Changes(added=({"question": "Is it \ud83d", "answer": "Yes", "alternates": ["a \ud83d"]},))
    frontline.questions.keep_draft(OWNER, ORG, base_revision=1, changes=broken)

    tab = browser.open("questions", ORG, person=OWNER)

    assert not tab.exception
    assert "**1 new**, not saved yet" in [text.value for text in tab.markdown]


@pytest.mark.parametrize(
    "text", ["**bold** $x$ :red[x]", "<script>alert(1)</script>", "![x](https://evil.example/a.png)"]
)
def test_texts_in_a_conflict_are_shown_as_they_are(browser: Browser, frontline: Frontline, text: str) -> None:
    tab = edit(browser.open("questions", ORG, person=OWNER), {"edited_rows": {0: {"answer": "mine"}}})
    frontline.questions.save(ADMIN, ORG, base_revision=1, changes=Changes(edited={1: {"answer": text}}))

    press(tab, "Save")

    assert text in [shown.value for shown in tab.text]
    assert text not in "\n".join(
        found.value for kind in ("markdown", "caption", "warning") for found in getattr(tab, kind)
    )


def test_from_a_conflict_one_goes_back_to_the_table_with_every_change_and_the_note(
    browser: Browser, frontline: Frontline
) -> None:
    tab = edit(browser.open("questions", ORG, person=OWNER), EDIT_ANSWER)
    next(field for field in tab.text_input if field.label == "Note").set_value("Mondays").run()
    frontline.questions.save(ADMIN, ORG, base_revision=1, changes=Changes(edited={1: {"answer": "theirs"}}))
    press(tab, "Save")

    press(tab, "Back to the table")

    assert "**1 edited**, not saved yet" in [text.value for text in tab.markdown]
    assert next(field for field in tab.text_input if field.label == "Note").value == "Mondays"
    draft = frontline.questions.draft(OWNER, ORG)
    assert draft is not None
    assert draft.changes.edited[1]["answer"] == "We are open on Mondays."
    press(tab, "Save")
    assert "Save with these choices" in [button.label for button in tab.button]
    assert answers(frontline)[0] == "theirs"


def test_a_restore_says_what_becomes_of_ones_own_unsaved_changes(browser: Browser, frontline: Frontline) -> None:
    frontline.questions.save(ADMIN, ORG, base_revision=1, changes=Changes(edited={2: {"answer": "theirs"}}))
    tab = edit(browser.open("questions", ORG, person=OWNER), EDIT_ANSWER)
    view = next(group for group in tab.button_group if group.key == session.key("questions", ORG, "view"))
    view.set_value("History").run()
    tab.session_state[session.key("questions", ORG, "history_2")] = {
        "selection": {"rows": [1], "columns": [], "cells": []}
    }
    tab.run()

    press(tab, "Restore revision 1")
    assert any("unsaved changes (1 edited) are not touched" in text.value for text in tab.markdown)
    frontline.questions.restore(OWNER, ORG, 1)

    view = next(group for group in tab.button_group if group.key == session.key("questions", ORG, "view"))
    view.set_value("Table").run()
    assert frontline.questions.newest_revision(OWNER, ORG) == 3
    assert "**1 edited**, not saved yet" in [text.value for text in tab.markdown]


def test_history_shows_what_a_change_of_settings_changed_in_words(browser: Browser, frontline: Frontline) -> None:
    model = ModelSettings(
        engine=EngineKind.SERVER,
        base_url="http://127.0.0.1:9/v1",
        model="small",
        style=Style.COMPANIES,
        negatives=("where is my order", "i was charged twice"),
        examples=("shipped:marrow-lane-bakery", "shared:gone"),
        min_confidence=0.5,
        usd_a_month=None,
        tokens_a_month=1_500_000,
    )
    policy = Policy(fallback="We will call you.", strictness=0.05, model=model)
    frontline.questions.save_settings(OWNER, ORG, base_revision=1, policy=policy)
    frontline.servers.keep_key(OWNER, ORG, model.base_url, "sk-test-never-shown-4711")
    tab = browser.open("questions", ORG, person=MEMBER)
    next(group for group in tab.button_group if group.key == session.key("questions", ORG, "view")).set_value("History")
    tab.session_state[session.key("questions", ORG, "history_2")] = {
        "selection": {"rows": [0], "columns": [], "cells": []}
    }
    tab.run()

    assert differences(tab) == [
        ["Settings", "Text when a person takes over", DEFAULT_FALLBACK, "We will call you."],
        ["Settings", "How careful the bot is", "Balanced", "More careful"],
        ["Settings", "Engine", "The default engine", "Our own model server"],
        ["Settings", "Server address", "", "http://127.0.0.1:9/v1"],
        ["Settings", "Model", "", "small"],
        [
            "Settings",
            "How the model is asked",
            "In the best way that the server knows",
            "As a text to go on with, after example companies",
        ],
        ["Settings", "Questions for a person", "", "where is my order · i was charged twice"],
        ["Settings", "Example companies", "", "Marrow Lane Bakery · (no longer shared)"],
        ["Settings", "How sure the model must be", "0 %", "50 %"],
        ["Settings", "Dollars a month", "$25.00", "no limit"],
        ["Settings", "Tokens a month", "25,000,000 tokens", "1,500,000 tokens"],
    ]
    assert "sk-test" not in everything(tab)


def test_what_is_announced_as_unsaved_and_gone_at_the_save_is_an_error_and_comes_back(
    browser: Browser, frontline: Frontline
) -> None:
    tab = edit(browser.open("questions", ORG, person=OWNER), EDIT_ANSWER)

    report(tab, {})
    press(tab, "Save")

    assert any("had lost unsaved changes (1 edited)" in error.value for error in tab.error)
    assert "**1 edited**, not saved yet" in [text.value for text in tab.markdown]
    draft = frontline.questions.draft(OWNER, ORG)
    assert draft is not None
    assert draft.changes == Changes(edited={1: {"answer": "We are open on Mondays."}})
    press(tab, "Save")
    assert answers(frontline)[0] == "We are open on Mondays."
    assert not tab.error


def test_a_table_that_streamlit_draws_anew_in_mid_edit_is_filled_again(
    browser: Browser, frontline: Frontline, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = edit(browser.open("questions", ORG, person=OWNER), EDIT_ANSWER)

    monkeypatch.setattr(table_look, "ROW_HEIGHT", 90)  # another argument is another widget, which knows no edits
    tab.run()

    assert any("had lost unsaved changes (1 edited)" in error.value for error in tab.error)
    press(tab, "Save")
    assert answers(frontline)[0] == "We are open on Mondays."


def test_two_tabs_of_one_person_keep_a_draft_each_and_both_save(browser: Browser, frontline: Frontline) -> None:
    one = edit(browser.open("questions", ORG, person=OWNER), EDIT_ANSWER)
    other = browser.open("questions", ORG, person=OWNER, query={"tab": "none"})
    press(press(other, "Discard"), "Discard", nth=1)
    edit(other, {"edited_rows": {1: {"answer": "No jobs"}}})
    one.run()

    assert len(frontline.questions.drafts(OWNER, ORG)) == 2
    assert any("You have other unsaved changes" in text.value for text in one.markdown)
    press(other, "Save")
    one.run()
    assert any("You, in another tab or on another page, saved" in warning.value for warning in one.warning)
    press(one, "Save")
    assert answers(frontline)[:2] == ["We are open on Mondays.", "No jobs"]
    assert frontline.questions.drafts(OWNER, ORG) == []


def test_a_reloaded_tab_finds_its_own_draft_by_its_address(browser: Browser, frontline: Frontline) -> None:
    one = edit(browser.open("questions", ORG, person=OWNER), EDIT_ANSWER)
    mine = one.session_state[session.key("questions", ORG, "tab")]
    frontline.questions.keep_draft(
        OWNER, ORG, base_revision=1, changes=Changes(edited={2: {"answer": "newer"}}), tab="another"
    )

    reloaded = browser.open("questions", ORG, person=OWNER, query={"tab": mine})

    table = reloaded.session_state[session.key("questions", ORG, "editor")].table
    assert table.frame["answer"].tolist()[0] == "We are open on Mondays."
    assert "**1 edited**, not saved yet" in [text.value for text in reloaded.markdown]
    press(reloaded, "Save")
    press(reloaded, "Open them here")
    assert "**1 edited**, not saved yet" in [text.value for text in reloaded.markdown]
    press(reloaded, "Save")
    assert answers(frontline)[:2] == ["We are open on Mondays.", "newer"]


def test_rows_pasted_into_one_open_cell_are_made_rows_at_a_click(browser: Browser, frontline: Frontline) -> None:
    pasted = "\n".join(f"Is it {n}?\tAnswer {n}" for n in range(30))
    tab = edit(browser.open("questions", ORG, person=OWNER), {"added_rows": [{"question": pasted, "enabled": True}]})
    assert next(button for button in tab.button if button.label == "Save").disabled
    assert any("New entry 1: the question holds 30 rows of a spreadsheet" in text.value for text in tab.markdown)

    press(tab, "Make 30 entries of them")

    assert "**30 new**, not saved yet" in [text.value for text in tab.markdown]
    press(tab, "Save")
    assert answers(frontline)[3:] == [f"Answer {n}" for n in range(30)]


def test_a_search_that_finds_nothing_says_so_and_can_be_ended(browser: Browser) -> None:
    tab = browser.open("questions", ORG, person=OWNER)

    next(field for field in tab.text_input if field.label == "Find").set_value("zebra").run()

    assert "Nothing found for “zebra”." in [text.value for text in tab.markdown]
    press(tab, "Show all")
    assert "Revision 1 · 3 entries, 3 on" in [caption.value for caption in tab.caption]


def test_a_row_is_added_where_a_column_is_empty_all_through(browser: Browser, frontline: Frontline) -> None:
    tab = browser.open("questions", CLOTHING_ORG, person=OWNER)
    count = len(frontline.questions.table(OWNER, CLOTHING_ORG).entries)
    no_tags = {row: {"tags": None, "alternates": None} for row in range(count)}

    edit(tab, {"edited_rows": no_tags, "added_rows": [{"question": "Are you hiring?", "answer": "Yes."}]})
    press(tab, "Save")

    assert frontline.questions.table(OWNER, CLOTHING_ORG).entries[-1].question == "Are you hiring?"

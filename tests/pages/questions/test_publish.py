"""What visitors get, above the table; the check beside the save bar; publishing; the history of what was live."""

import html
import re

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextInput

from core.bootstrap import Frontline
from core.datasets.formats.choice import recognise_format
from core.files.reading import read_table
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OWNER
from core.publishing.publication import PublishingRules
from core.questions.changes import Changes
from core.storage.database import Database
from core.storage.tables import orgs
from tests.pages.conftest import Browser, everything
from tests.pages.questions.test_page import edit, press

ORG = CLOTHING_ORG
HOURS = "What are your hours?"
FILE = f"question,expected_question\n{HOURS},{HOURS}\nwho won the match yesterday,__fallback__\n"


def texts(tab: AppTest) -> str:
    return "\n".join(found.value for kind in ("markdown", "caption", "error") for found in getattr(tab, kind))


def labels(tab: AppTest) -> list[str]:
    return [button.label for button in tab.button]


def differences(tab: AppTest) -> str:
    return "".join(html.proto.body for html in tab.get("html") if "frontline-differences" in html.proto.body)


def flips(tab: AppTest) -> list[list[dict[str, str]]]:
    """The lists of test questions that end otherwise: each question by the headings."""
    bodies = [one.proto.body for one in tab.get("html") if one.proto.body.startswith('<table class="frontline-flips')]
    cell = re.compile(r'<td data-name="(.*?)" class=".*?">(.*?)</td>', re.DOTALL)
    return [
        [
            {name: html.unescape(text) for name, text in cell.findall(row)}
            for row in re.findall("<tr>(<td.*?)</tr>", body)
        ]
        for body in bodies
    ]


def why(tab: AppTest) -> TextInput:
    return next(field for field in tab.text_input if field.label.startswith("Why"))


def in_bar(tab: AppTest) -> list[str]:
    """What the save bar says of the test questions."""
    return [button.label for button in tab.button if "test question" in button.label]


def change(frontline: Frontline, **fields: object) -> None:
    base = frontline.questions.newest_revision(OWNER, ORG)
    assert frontline.questions.save(OWNER, ORG, base_revision=base, changes=Changes(edited={1: fields}))


def nothing_live(frontline: Frontline) -> None:
    """Make the org such as a new one is after its first save."""
    database = Database(frontline.settings.database_url)
    with database.write(ORG) as connection:
        connection.execute(sa.update(orgs).where(orgs.c.org_id == ORG).values(live_revision=0))
    database.close()


@pytest.fixture
def with_tests(frontline: Frontline) -> Frontline:
    found = recognise_format(read_table(FILE.encode(), "t.csv"))
    preview = frontline.intake.check(OWNER, ORG, found).preview
    frontline.datasets.save(OWNER, ORG, name="Shop", preview=preview, source="t.csv")
    return frontline


def test_where_each_save_is_live_the_line_says_so_and_offers_nothing(browser: Browser) -> None:
    tab = browser.open("questions", ORG, person=ADMIN)

    assert "Visitors get revision 1 · each save is live at once" in texts(tab)
    assert "Since " in everything(tab)
    assert "Publish…" not in labels(tab)


def test_where_nothing_was_published_the_pages_say_why_visitors_get_no_answers(
    browser: Browser, frontline: Frontline
) -> None:
    nothing_live(frontline)
    for page in ("ask", "chat"):
        assert "Nothing is published yet" in browser.open(page, ORG, person=MEMBER).info[0].value
    tab = browser.open("questions", ORG, person=ADMIN)
    assert "1 save not published" in texts(tab)
    assert "Visitors get no answers yet: nothing is published · 1 save is waiting" in everything(tab)

    press(tab, "Publish…")
    assert "Visitors get no answers yet. This is what becomes different for them:" in texts(tab)
    press(tab, "Publish")

    assert frontline.publishing.state(MEMBER, ORG).live == 1
    assert not browser.open("ask", ORG, person=MEMBER).info


def test_an_admin_publishes_what_waits_and_sees_before_what_becomes_different(
    browser: Browser, frontline: Frontline
) -> None:
    frontline.publishing.publish_by_hand(OWNER, ORG)
    change(frontline, answer="We are open on Mondays.")
    tab = browser.open("questions", ORG, person=ADMIN)
    assert "1 save not published" in texts(tab)

    press(tab, "Publish…")
    assert "<ins>We are open on Mondays" in differences(tab)
    assert "There are no test questions yet" in texts(tab)
    press(tab, "Publish")

    assert frontline.publishing.state(MEMBER, ORG).live == 2
    assert [toast.value for toast in tab.toast] == ["Visitors get revision 2 now"]
    assert "Visitors get revision 2 · all is published" in texts(tab)


def test_a_member_sees_that_saves_wait_and_who_can_publish_them(browser: Browser, frontline: Frontline) -> None:
    frontline.publishing.publish_by_hand(OWNER, ORG)
    change(frontline, answer="New")

    tab = browser.open("questions", ORG, person=MEMBER)

    assert "1 save not published" in texts(tab)
    assert "An admin or owner can publish them." in everything(tab)
    assert "Publish…" not in labels(tab)


def test_what_breaks_test_questions_is_published_with_a_reason_only(browser: Browser, with_tests: Frontline) -> None:
    with_tests.publishing.publish_by_hand(OWNER, ORG)
    with_tests.publishing.set_rules(OWNER, ORG, PublishingRules(max_broken=0))
    change(with_tests, enabled=False)
    tab = press(browser.open("questions", ORG, person=ADMIN), "Publish…")
    assert "right** · :red[**1 broken**]" in texts(tab)
    assert [one.value for one in tab.warning] == ["Write why you publish it all the same: 1 test question broken."]
    assert why(tab).placeholder == "Why (needed to publish this)"

    press(tab, "Publish")
    assert "This breaks 1 test question" in texts(tab)
    assert with_tests.publishing.state(MEMBER, ORG).live == 1

    why(tab).set_value("Moving house")
    press(tab, "Publish")

    assert with_tests.publishing.state(MEMBER, ORG).live == 2
    assert with_tests.publishing.publications(MEMBER, ORG)[0].reason == "Moving house"


def test_where_no_more_breaks_than_allowed_the_dialog_says_that_a_reason_is_optional(
    browser: Browser, with_tests: Frontline
) -> None:
    with_tests.publishing.publish_by_hand(OWNER, ORG)
    with_tests.publishing.set_rules(OWNER, ORG, PublishingRules(max_broken=1))
    change(with_tests, enabled=False)

    tab = press(browser.open("questions", ORG, person=ADMIN), "Publish…")

    assert "right** · :red[**1 broken**]" in texts(tab)
    assert not tab.warning
    assert why(tab).placeholder == "Why (optional)"


def test_unsaved_changes_are_checked_beside_the_save_bar(browser: Browser, with_tests: Frontline) -> None:
    tab = edit(browser.open("questions", ORG, person=ADMIN), {"edited_rows": {0: {"enabled": False}}})

    (found,) = [one for one in tab.expander if "Check: " in one.label]
    assert "1 broken of 2 test questions" in found.label
    assert in_bar(tab) == [":red[:material/warning: **1 test question broken**] · show which"]
    (listed,) = flips(tab)
    assert listed == [
        {
            "What": "✕ Broken",
            "Question": HOURS,
            "Expected": f"No. 1: {HOURS}",
            "Before": f"No. 1: {HOURS}",
            "After": "a person",
            "Changed by": "No. 1 (expected, now off or deleted)",
        }
    ]
    assert with_tests.questions.newest_revision(OWNER, ORG) == 1


def test_the_save_bar_lists_what_breaks_and_says_nothing_where_nothing_does(
    browser: Browser, with_tests: Frontline
) -> None:
    tab = edit(browser.open("questions", ORG, person=ADMIN), {"edited_rows": {0: {"enabled": False}}})
    press(tab, in_bar(tab)[0])
    asked = [[one["Question"] for one in listed] for listed in flips(tab)]
    assert asked == [[HOURS], [HOURS]], "under the table and in the dialog"

    harmless = edit(browser.open("questions", ORG, person=OWNER), {"edited_rows": {0: {"answer": "From 9 to 6."}}})
    assert "**1 edited**, not saved yet" in texts(harmless)
    assert in_bar(harmless) == []


def test_a_new_entry_is_named_in_the_check_where_the_last_one_was_deleted(
    browser: Browser, with_tests: Frontline
) -> None:
    with_tests.questions.save(OWNER, ORG, base_revision=1, changes=Changes(deleted=frozenset({3})))
    new = {"question": "who won the match yesterday", "answer": "We did.", "enabled": True}

    tab = edit(browser.open("questions", ORG, person=ADMIN), {"added_rows": [new]})

    assert [one["After"] for one in flips(tab)[0]] == ["No. 4: who won the match yesterday"]


def test_an_older_revision_is_published_again_from_the_history(browser: Browser, frontline: Frontline) -> None:
    frontline.publishing.publish_by_hand(OWNER, ORG)
    change(frontline, answer="Wrong")
    frontline.publishing.publish(OWNER, ORG, revision=2, live=1)
    tab = browser.open("questions", ORG, person=ADMIN)
    next(one for one in tab.button_group if one.label == "View").set_value("History").run()

    (listed,) = [one.value for one in tab.dataframe if "Visitors" in one.value]
    assert listed["Visitors"].tolist() == ["live", "was live"]


def test_the_history_says_of_saves_that_were_live_at_once_that_they_were(
    browser: Browser, frontline: Frontline
) -> None:
    change(frontline, answer="Two")
    frontline.publishing.publish_by_hand(OWNER, ORG)
    change(frontline, answer="Three")
    tab = browser.open("questions", ORG, person=ADMIN)
    next(one for one in tab.button_group if one.label == "View").set_value("History").run()

    (listed,) = [one.value for one in tab.dataframe if "Visitors" in one.value]
    assert listed["Visitors"].tolist() == ["waiting", "live", "was live"]


def test_an_owner_is_told_what_becomes_live_before_publishing_works_otherwise(
    browser: Browser, frontline: Frontline
) -> None:
    tab = browser.open("settings", ORG, person=OWNER)
    assert "**Each save is live at once.**" in texts(tab)
    assert "What a save does" not in [radio.label for radio in tab.radio]

    press(tab, "Let saves wait…")
    assert "Visitors go on getting revision 1. Later saves wait" in texts(tab)
    assert frontline.publishing.state(OWNER, ORG).each_save_is_live
    press(tab, "Leave it")
    assert frontline.publishing.state(OWNER, ORG).each_save_is_live

    press(press(browser.open("settings", ORG, person=OWNER), "Let saves wait…"), "Let saves wait")
    assert not frontline.publishing.state(OWNER, ORG).each_save_is_live
    change(frontline, answer="New")

    tab = browser.open("settings", ORG, person=OWNER)
    assert "**Saves wait until somebody publishes them.**" in texts(tab)
    press(tab, "Make each save live at once…")
    assert "Visitors get revision 2 in place of 1 at once, with everything that waits." in texts(tab)
    press(tab, "Make each save live")
    assert frontline.publishing.state(OWNER, ORG).live == 2


def test_an_owner_sets_the_guard_in_a_dialog_so_that_nothing_waits_beside_all_saved(
    browser: Browser, frontline: Frontline
) -> None:
    frontline.publishing.publish_by_hand(OWNER, ORG)
    tab = browser.open("settings", ORG, person=OWNER)
    assert "All saved" in texts(tab)
    assert "It never needs a reason." in texts(tab)
    assert not [one for one in tab.checkbox if one.label.startswith("Ask for a reason")]

    press(tab, "Change the check…")
    next(one for one in tab.checkbox if one.label.startswith("Ask for a reason")).check().run()
    next(one for one in tab.number_input if one.label.startswith("How many may break")).set_value(3).run()
    press(tab, "Change")

    assert frontline.publishing.state(OWNER, ORG).rules == PublishingRules(max_broken=3)
    assert "It needs a reason when it breaks more than 3 of them." in texts(tab)


def test_ask_answers_from_what_is_live_and_from_what_waits_side_by_side(browser: Browser, frontline: Frontline) -> None:
    frontline.publishing.publish_by_hand(OWNER, ORG)
    before = frontline.questions.table(OWNER, ORG).entries[0].answer
    change(frontline, answer="We are open on Mondays.")
    tab = browser.open("ask", ORG, person=ADMIN)
    next(one for one in tab.button_group if one.label == "Answer from").set_value(
        ["What visitors get", "Saved, not published"]
    ).run()
    next(field for field in tab.text_input if field.label == "Question").set_value(HOURS)

    press(tab, "Ask")

    bubbles = [text.value for message in tab.chat_message for text in message.text]
    assert bubbles == [before, "We are open on Mondays."]
    assert next(field for field in tab.text_input if field.label == "Question").value == HOURS

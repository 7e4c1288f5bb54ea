"""The log of an org as its owners see it."""

import html
import re
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.audit.event import EventKind
from core.audit.service import EVENTS_A_PAGE
from core.bootstrap import Frontline
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OUTSIDER, OWNER, PHONE_ORG
from tests.pages.conftest import Browser, everything


def open_activity(browser: Browser, **given: Any) -> AppTest:
    tab = browser.open("settings", **({"org": PHONE_ORG, "person": OWNER, "query": {"show": "activity"}} | given))
    assert not tab.exception
    return tab


def box(tab: AppTest, label: str) -> Any:
    (found,) = [box for box in tab.selectbox if box.label == label]
    return found


def button(tab: AppTest, label: str) -> Any:
    (found,) = [button for button in tab.button if button.label == label]
    return found


def what_stands(tab: AppTest) -> pd.DataFrame:
    (table,) = [body for node in tab.main.get("html") if 'class="frontline-events"' in (body := str(node.proto.body))]
    names, cells = (
        [html.unescape(text) for text in re.findall(rf"<{kind}(?: [^>]*)?>(.*?)</{kind}>", table)]
        for kind in ("th", "td")
    )
    return pd.DataFrame([cells[at : at + len(names)] for at in range(0, len(cells), len(names))], columns=names)


def details(tab: AppTest) -> list[str]:
    return list(what_stands(tab)["Details"])


def labels(tab: AppTest) -> set[str]:
    return {button.label for button in tab.button}


def test_an_owner_sees_who_did_what_newest_first(browser: Browser, frontline: Frontline) -> None:
    frontline.audit.record(ADMIN, PHONE_ORG, EventKind.RUN_STARTED, "“May”, 15 questions")
    frontline.audit.record(OWNER, CLOTHING_ORG, EventKind.EXPORTED, "of another org")

    tab = open_activity(browser)

    table = what_stands(tab)
    assert list(table.columns) == ["When", "Who", "What", "Details"]
    assert tuple(table.iloc[0])[1:] == (ADMIN.name, "Started an evaluation", "“May”, 15 questions")
    assert "of another org" not in details(tab)


@pytest.mark.parametrize("person", [ADMIN, MEMBER], ids=lambda person: person.name)
def test_nobody_else_sees_it(browser: Browser, frontline: Frontline, person: Any) -> None:
    tab = open_activity(browser, person=person)

    assert "Activity" not in everything(tab)
    assert EventKind.REFUSED not in [event.what for event in frontline.audit.events(OWNER, PHONE_ORG)]


def test_the_log_is_read_by_page_to_its_end_and_back(browser: Browser, frontline: Frontline) -> None:
    for number in range(2 * EVENTS_A_PAGE + 5):
        frontline.audit.record(ADMIN, PHONE_ORG, EventKind.EXPORTED, f"File {number}")
    newest = [f"File {number}" for number in reversed(range(2 * EVENTS_A_PAGE + 5))]

    tab = open_activity(browser)
    assert details(tab) == newest[:EVENTS_A_PAGE]
    assert "Newer" not in labels(tab)
    button(tab, "Older").click().run()
    assert details(tab) == newest[EVENTS_A_PAGE : 2 * EVENTS_A_PAGE]
    button(tab, "Older").click().run()
    assert details(tab)[:5] == newest[2 * EVENTS_A_PAGE :]
    assert "Older" not in labels(tab)
    button(tab, "Newer").click().run()
    button(tab, "Newer").click().run()
    assert details(tab) == newest[:EVENTS_A_PAGE]


def test_a_person_or_a_kind_is_chosen_and_begins_at_the_newest(browser: Browser, frontline: Frontline) -> None:
    for number in range(EVENTS_A_PAGE + 1):
        frontline.audit.record(ADMIN, PHONE_ORG, EventKind.EXPORTED, f"File {number}")
    frontline.audit.record(MEMBER, PHONE_ORG, EventKind.REFUSED, "no")

    tab = open_activity(browser)
    button(tab, "Older").click().run()
    box(tab, "Person").select(MEMBER.user_id).run()
    assert details(tab) == ["No"]
    box(tab, "Kind").select(EventKind.SHARED).run()

    assert "Nothing fits this choice." in everything(tab)


def test_ways_to_an_org_of_others_are_counted_for_its_owners_and_have_no_line(
    browser: Browser, frontline: Frontline
) -> None:
    tab = browser.open("questions", org=CLOTHING_ORG, person=OUTSIDER)
    tab.run()
    browser.open("questions", org="made up", person=OUTSIDER)

    assert frontline.audit.events(OWNER, CLOTHING_ORG, what=EventKind.REFUSED) == []
    told = everything(open_activity(browser, org=CLOTHING_ORG))
    assert "People who do not belong to this organisation were refused 2 times" in told
    assert "People who do not belong" not in everything(open_activity(browser))


def test_sign_ins_are_shown_to_those_who_ask_for_them(browser: Browser, frontline: Frontline) -> None:
    frontline.audit.record(ADMIN, PHONE_ORG, EventKind.EXPORTED, "revision 2: 1 new")
    frontline.audit.signed_in(MEMBER, "a session")

    tab = open_activity(browser)
    assert MEMBER.name not in list(what_stands(tab)["Who"])
    assert details(tab)[0] == "Revision 2: 1 new"
    next(toggle for toggle in tab.toggle if toggle.label == "Show sign-ins").set_value(True).run()

    assert ("Signed in", MEMBER.name) in set(zip(what_stands(tab)["What"], what_stands(tab)["Who"], strict=True))
    next(toggle for toggle in tab.toggle if toggle.label == "Show sign-ins").set_value(False).run()
    box(tab, "Kind").select(EventKind.SIGNED_IN).run()
    assert set(what_stands(tab)["What"]) == {"Signed in"}

"""The chat behind a share link, for a browser without any sign-in: this page alone."""

import html
import secrets
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.chat.settings import ChatSettings
from core.identity.demo import CLOTHING_ORG, DEMO_ORGS, OWNER, PHONE_ORG, DemoDirectory
from core.share_links import service
from core.share_links.service import OF_AN_ADDRESS, OPENED, UNKNOWN
from core.share_links.share_link import LinkOver
from pages.shell.navigation import PLACES
from tests.pages.conftest import Browser, everything

ORG = CLOTHING_ORG
OVER = "This link does not work any more: ask whoever sent it to you for a new one."


@pytest.fixture
def token(frontline: Frontline, monkeypatch: pytest.MonkeyPatch) -> str:
    """A link that works; nobody waits here, and a slow machine should not wait by itself: limits refill slowly."""
    for name in ("OF_AN_ADDRESS", "OPENED", "UNKNOWN"):
        rate = getattr(service, name)
        monkeypatch.setattr(service, name, replace(rate, per_second=1 / 59))
    return frontline.share_links.make(OWNER, ORG, name="Fair in Oslo", days=7).token


def open_link(browser: Browser, token: str, page: str = "chat") -> AppTest:
    return browser.open(page, query={"link": token})


def say(tab: AppTest, words: str) -> str:
    """What the page shows after a message."""
    return everything(tab.chat_input[0].set_value(words).run())


def test_a_link_opens_the_chat_and_shows_nothing_else_of_anybody(
    browser: Browser, frontline: Frontline, token: str
) -> None:
    entry = frontline.questions.table(OWNER, ORG).entries[0]
    tab = open_link(browser, token)
    greeted = everything(tab)
    answered = say(tab, entry.question)

    assert [title.value for title in tab.title] == ["Northwind Clothing"]
    assert f'<div class="chat-reply">{html.escape(entry.answer)}' in answered.replace('\\"', '"')
    for shown in (greeted, answered):
        people = [name for person in DemoDirectory.people for name in (person.name, person.email, person.user_id)]
        others = [PHONE_ORG, DEMO_ORGS[PHONE_ORG], "Fair in Oslo", "Sign out", "Settings", "Dashboard", token]
        assert [text for text in (*people, *others) if text in shown] == []
    assert not tab.sidebar.children


@pytest.mark.parametrize("page", ["", *(place.url_path for place in PLACES if place.url_path != "chat")])
@pytest.mark.parametrize("is_good", [True, False])
def test_every_other_address_leads_who_came_with_a_link_back_to_the_chat_and_shows_nothing_else(
    browser: Browser, token: str, page: str, is_good: bool
) -> None:
    brought = token if is_good else "x" * 32

    tab = open_link(browser, brought, page)

    assert [info.value for info in tab.info] == ["This link opens the chat only."]
    (link,) = [node.proto for node in tab.main if node.type == "page_link"]
    assert (link.page, link.query_string) == ("chat", f"link={brought}")
    assert not any((tab.title, tab.chat_input, tab.button, tab.sidebar.children))
    names = [*DEMO_ORGS.values(), *(person.name for person in DemoDirectory.people), "Demo sign-in"]
    assert [text for text in names if text in everything(tab)] == []


def test_who_has_signed_in_sees_other_pages_as_always_with_a_link_in_the_address(browser: Browser, token: str) -> None:
    browser.sign_in(OWNER)

    assert [title.value for title in open_link(browser, token, "settings").title] == ["Settings"]


def test_what_stands_behind_a_reply_is_not_kept_for_a_guest(browser: Browser, frontline: Frontline, token: str) -> None:
    tab = open_link(browser, token)
    say(tab, "What are your hours?")
    link = frontline.share_links.open(token, "")

    (message,) = frontline.chat.messages(ORG, tab.query_params["talk"], f"link {link.link_id}")

    assert message.reasons is None


def test_an_org_in_the_address_changes_nothing(browser: Browser, token: str) -> None:
    tab = browser.open("chat", PHONE_ORG, query={"link": token})

    assert [title.value for title in tab.title] == ["Northwind Clothing"]


@pytest.mark.parametrize("forged", ["", "x", "x" * 32, "I0u1yZmI1aqoKICUquJLjHDvAPnkRKFh", "<script>alert(1)</script>"])
def test_a_token_of_no_link_is_told_so_in_one_sentence(browser: Browser, forged: str) -> None:
    tab = open_link(browser, forged)

    assert [info.value for info in tab.info] == [OVER]
    assert not tab.chat_input
    assert not tab.title


def test_a_link_revoked_while_the_chat_is_open_ends_at_the_next_question(
    browser: Browser, frontline: Frontline, token: str
) -> None:
    tab = open_link(browser, token)
    (link,) = frontline.share_links.listed(OWNER, ORG)
    frontline.share_links.revoke(OWNER, ORG, link.link_id)
    shown = say(tab, "What are your hours?")

    assert OVER in shown
    assert "9 to 5" not in shown
    assert not tab.chat_input
    assert frontline.share_links.listed(OWNER, ORG)[0].asked == 0


def test_at_the_limit_a_question_is_refused_in_words_and_the_chat_stays(
    browser: Browser, frontline: Frontline, token: str
) -> None:
    tab = open_link(browser, token)
    for _ in range(OF_AN_ADDRESS.burst):
        frontline.share_links.ask(token, "", "What are your hours?")
    shown = say(tab, "What are your hours?")

    assert "Too many messages just now; try again in 1 minute." in shown
    assert tab.chat_input


def test_who_opens_links_too_often_is_told_to_wait(browser: Browser, frontline: Frontline, token: str) -> None:
    for _ in range(OPENED.burst):
        frontline.share_links.open(token, "")
    tab = open_link(browser, token)

    assert [warning.value for warning in tab.warning] == ["Too many messages just now; try again in 1 minute."]
    assert not tab.chat_input


def test_who_tries_tokens_is_told_to_wait_while_a_known_link_goes_on(
    browser: Browser, frontline: Frontline, token: str
) -> None:
    frontline.share_links.open(token, "")
    for _ in range(UNKNOWN.burst - 1):  # the good one was unknown too
        with pytest.raises(LinkOver):
            frontline.share_links.open(secrets.token_urlsafe(24), "")

    assert open_link(browser, secrets.token_urlsafe(24)).warning
    assert open_link(browser, token).chat_input


def test_who_has_signed_in_sees_at_a_link_what_any_visitor_sees(browser: Browser, token: str) -> None:
    browser.sign_in(OWNER)
    tab = open_link(browser, token)

    assert "Olivia" not in everything(tab)
    assert not tab.sidebar.children
    assert tab.chat_input


def test_small_talk_of_a_guest_counts_as_a_message_for_the_link_and_for_the_address(
    browser: Browser, frontline: Frontline, token: str
) -> None:
    tab = open_link(browser, token)
    for _ in range(OF_AN_ADDRESS.burst):
        say(tab, "hi")
    shown = say(tab, "thanks")

    assert "Too many messages just now; try again in 1 minute." in shown
    assert "re welcome!" not in shown
    assert frontline.share_links.listed(OWNER, ORG)[0].asked == OF_AN_ADDRESS.burst


def test_a_link_shows_what_the_org_is_called_now_and_before_that_the_name_of_its_chat(
    browser: Browser, frontline: Frontline, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.identity.demo.DEMO_ORGS", {**DEMO_ORGS, ORG: "Northwind Fashion"})
    browser.open("overview", ORG, person=OWNER)
    renamed = [title.value for title in open_link(browser, token).title]
    frontline.chat.change(OWNER, ORG, ChatSettings(name="Windy"), version=0)

    assert renamed == ["Northwind Fashion"]
    assert [title.value for title in open_link(browser, token).title] == ["Windy"]

"""A link for people without an account, from the owner who makes it to the visitor on a phone whose chat it ends."""

import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.identity.demo import CLOTHING_ORG
from core.share_links.share_link import QUESTIONS_AN_HOUR
from tests.browser.conftest import CONTEXTS_OF_PHONES, Server, open_as, settled

pytestmark = pytest.mark.browser
ORG = f"org={CLOTHING_ORG}"
Shot = Callable[[Page, str], Path]


def new_link(page: Page, server: Server) -> str:
    """The address of a new link, as the owner copies it, who has the settings' tab with them open."""
    page.get_by_role("button", name="Make a link").click()
    page.get_by_role("textbox", name="Name of the link").fill("Fair in Oslo")
    page.get_by_role("button", name="Make the link").click()
    address = page.get_by_test_id("stCode").get_by_text(f"{server.url}/chat?link=").inner_text()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("Fair in Oslo")).to_be_visible()
    return address.strip()


def revoke(page: Page) -> None:
    """End the one link that there is."""
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("Links that do not work any more (1)")).to_be_visible()


def say(visitor: Page, words: str) -> None:
    visitor.get_by_placeholder("Write a message").fill(words)
    visitor.keyboard.press("Enter")


def use_up(server: Server) -> None:
    """Let every link of the installation have been asked as often as it may within this hour."""
    with sqlite3.connect(server.data_dir / "demo.db", timeout=30) as database:
        began = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
        values = (began, QUESTIONS_AN_HOUR)
        database.execute("UPDATE share_links SET hour_began = ?, asked_in_hour = ?", values)
    database.close()


def test_a_visitor_with_a_link_asks_on_a_phone_and_sees_nothing_else_until_it_is_revoked(
    page: Page, chromium: Browser, server: Server, shot: Shot
) -> None:
    open_as(page, f"{server.url}/settings?{ORG}&show=chat", "Olivia")
    address = new_link(page, server)
    token = address.partition("link=")[2]
    context = chromium.new_context(**CONTEXTS_OF_PHONES["phone"])
    visitor = context.new_page()

    opened = visitor.goto(address)
    assert opened is not None
    assert opened.headers["referrer-policy"] == "no-referrer"
    say(visitor, "What are your hours?")
    expect(visitor.get_by_text("9am-5pm")).to_be_visible()
    settled(visitor)
    shot(visitor, "share_link_phone")
    assert visitor.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert visitor.get_by_text("Sign out").count() == visitor.get_by_text("Beacon Phones").count() == 0
    visitor.reload()
    expect(visitor.get_by_text("9am-5pm")).to_be_visible()

    for place in ("", "settings", "questions", "evaluations", "ask"):
        visitor.goto(f"{server.url}/{place}?{ORG}&link={token}")
        expect(visitor.get_by_text("This link opens the chat only.")).to_be_visible()
        assert visitor.get_by_placeholder("Write a message").count() == 0
    visitor.get_by_role("link", name="Open the chat").click()
    expect(visitor.get_by_placeholder("Write a message")).to_be_visible()

    visitor.goto(address)
    expect(visitor.get_by_placeholder("Write a message")).to_be_visible()
    use_up(server)
    say(visitor, "What are your hours?")
    full = re.compile(r"Too many messages just now; try again in (59|60) minutes\.")
    expect(visitor.get_by_text(full)).to_be_visible()
    shot(visitor, "share_link_limit")

    revoke(page)
    say(visitor, "What are your hours?")
    expect(visitor.get_by_text("This link does not work any more")).to_be_visible()
    expect(visitor.get_by_placeholder("Write a message")).to_have_count(0)
    shot(visitor, "share_link_over")
    visitor.goto(address)
    expect(visitor.get_by_text("This link does not work any more")).to_be_visible()

    context.close()
    assert token not in server.log.read_text()

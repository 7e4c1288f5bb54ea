"""A real PostgreSQL server that dies while people look at pages and a visitor chats, and comes back."""

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.identity.demo import CLOTHING_ORG, OWNER
from core.settings import Settings
from pages.shell.shared_chat import NOT_NOW
from tests.browser.conftest import CONTEXTS_OF_PHONES, Server, open_as, running, settled, streamlit_command, title
from tests.browser.test_share_links import say
from tests.conftest import PostgresqlServer, free_port, put_model, running_postgresql
from tests.integration.test_runs import wait_for
from tests.tutorial import build

pytestmark = [pytest.mark.browser, pytest.mark.postgresql]
WORDS = "Frontline cannot reach its database."


@dataclass(frozen=True, kw_only=True)
class Installation:
    """A server, its database server, and the address of a share link."""

    server: Server
    database: PostgresqlServer
    link: str


@pytest.fixture
def installation(tmp_path: Path, prepared_model: Path) -> Iterator[Installation]:
    put_model(prepared_model, tmp_path)
    port = free_port()
    with running_postgresql() as database:
        url = f"{database.url}/postgres"
        parts = build(Settings(data_dir=tmp_path, database_url=url))
        token = parts.share_links.make(OWNER, CLOTHING_ORG, name="Fair in Oslo", days=7).token
        parts.stop()
        command = ["env", f"DATABASE_URL={url}", *streamlit_command(port)]
        with running(command, port, tmp_path) as server:
            yield Installation(server=server, database=database, link=f"{server.url}/chat?link={token}")


def ready(server: Server) -> int:
    try:
        with urllib.request.urlopen(f"{server.url}/ready") as answer:  # noqa: S310 - on loopback
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_pages_say_so_in_words_while_the_database_is_away_and_come_back_with_it_by_themselves(
    page: Page, chromium: Browser, installation: Installation, shot: Callable[[Page, str], Path]
) -> None:
    server, database = installation.server, installation.database
    open_as(page, f"{server.url}/ask?org={CLOTHING_ORG}", "Olivia")
    context = chromium.new_context(**CONTEXTS_OF_PHONES["phone"])
    visitor, owners_chat = context.new_page(), page.context.new_page()
    visitor.goto(installation.link)
    owners_chat.goto(f"{server.url}/chat?org={CLOTHING_ORG}")
    for one in (visitor, owners_chat):
        expect(one.get_by_placeholder("Write a message")).to_be_visible()
        settled(one)

    database.stop()
    wait_for(lambda: ready(server) == 503)
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Evaluations").click()
    expect(page.get_by_text(WORDS)).to_be_visible()
    expect(page.get_by_text("This page tries again by itself.")).to_be_visible()
    shot(page, "database_away")
    say(owners_chat, "What are your hours?")
    expect(owners_chat.get_by_text(WORDS)).to_be_visible()
    say(visitor, "What are your hours?")
    expect(visitor.get_by_text(NOT_NOW)).to_be_visible()
    assert "database" not in visitor.inner_text("body")
    shot(visitor, "database_away_phone")
    late = context.new_page()
    late.goto(installation.link)
    expect(late.get_by_text(NOT_NOW)).to_be_visible()

    database.start()
    wait_for(lambda: ready(server) == 200)
    title(page, "Evaluations")  # nobody touched it
    expect(page.get_by_text(WORDS)).to_have_count(0)
    expect(owners_chat.get_by_text("9am-5pm")).to_be_visible()  # what was asked meanwhile
    expect(visitor.get_by_text("9am-5pm")).to_be_visible()
    expect(late.get_by_placeholder("Write a message")).to_be_visible()
    settled(visitor)
    shot(visitor, "database_back_phone")
    context.close()
    assert "Unexpected error" not in server.log.read_text()

"""A link for people without an account where everybody else signs in with one: with PropelAuth, whole and away."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.bootstrap import build
from core.questions.changes import Changes
from core.settings import Settings
from tests.browser.conftest import CONTEXTS_OF_PHONES, Server, running, settled, title
from tests.browser.test_share_links import new_link, revoke, say
from tests.browser.test_sign_in import command, sign_in
from tests.conftest import free_port, put_model
from tests.propelauth_server import Fault, PropelAuthServer, User, propelauth_server

pytestmark = pytest.mark.browser
Shot = Callable[[Page, str], Path]


@dataclass(frozen=True, kw_only=True)
class Office:
    """A server with real accounts, and an org whose owner saved a question."""

    server: Server
    propelauth: PropelAuthServer
    org: str
    owner: User


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, prepared_model: Path) -> Iterator[Office]:
    port, folder = free_port(), tmp_path_factory.mktemp("server")
    put_model(prepared_model, folder)
    with propelauth_server() as propelauth:
        org = propelauth.org("Acme")
        owner = propelauth.user("Olga", {org: "Owner"})
        auth = propelauth.settings(f"http://localhost:{port}")
        parts = build(Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'frontline.db'}", auth=auth))
        person = parts.directory.principal(owner.user_id)
        assert person is not None
        hours = {"question": "What are your hours?", "answer": "9am-5pm"}
        parts.questions.save(person, org, base_revision=0, changes=Changes(added=(hours,)))
        parts.publishing.make_each_save_live(person, org)
        parts.stop()
        with running(command(propelauth, port), port, folder) as server:
            yield Office(server=server, propelauth=propelauth, org=org, owner=owner)


def test_a_phone_without_an_account_asks_by_a_link_until_its_owner_revokes_it(
    page: Page, chromium: Browser, office: Office, shot: Shot
) -> None:
    site, org = office.server.url, office.org
    sign_in(page, f"{site}/settings?org={org}&show=chat", office.owner)
    title(page, "Settings")
    address = new_link(page, office.server)
    context = chromium.new_context(**CONTEXTS_OF_PHONES["phone"])
    visitor = context.new_page()

    visitor.goto(address)
    say(visitor, "What are your hours?")
    expect(visitor.get_by_text("9am-5pm")).to_be_visible()
    say(visitor, "Do you like cheese?")
    expect(visitor.get_by_text("A human will be in touch shortly")).to_be_visible()
    settled(visitor)
    shot(visitor, "propelauth_link_phone")
    assert visitor.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert [words for words in ("Olga", "Sign out", "Fair in Oslo") if words in visitor.inner_text("body")] == []
    assert office.propelauth.url not in visitor.content()

    office.propelauth.breaks(Fault.ERROR)
    visitor.reload()
    say(visitor, "What are your hours?")
    expect(visitor.get_by_text("9am-5pm")).to_have_count(2)
    office.propelauth.mends()

    token = address.partition("link=")[2]
    for place in ("", "settings", "ask"):
        visitor.goto(f"{site}/{place}?org={org}&link={token}")
        expect(visitor.get_by_text("This link opens the chat only.")).to_be_visible()
        expect(visitor.get_by_placeholder("Write a message")).to_have_count(0)
    visitor.goto(address)
    expect(visitor.get_by_placeholder("Write a message")).to_be_visible()

    revoke(page)
    say(visitor, "What are your hours?")
    expect(visitor.get_by_text("This link does not work any more")).to_be_visible()
    expect(visitor.get_by_placeholder("Write a message")).to_have_count(0)
    settled(visitor)
    shot(visitor, "propelauth_link_over")
    visitor.reload()
    expect(visitor.get_by_text("This link does not work any more")).to_be_visible()
    context.close()
    assert token not in office.server.log.read_text()

"""What people with a PropelAuth account see, as the real script draws it on a stand-in of PropelAuth."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from core import bootstrap
from core.audit.event import EventKind
from core.bootstrap import Frontline
from core.errors import AccessDenied
from core.identity.principal import Principal
from core.identity.propelauth import single_flight_cache
from core.questions.changes import Changes
from pages.shell import session
from pages.shell.navigation import PLACES
from tests.pages.conftest import APP, everything
from tests.propelauth_server import Fault, PropelAuthServer, User, propelauth_server

DOUBT = r"cannot confirm your access now"


@pytest.fixture
def propelauth() -> Iterator[PropelAuthServer]:
    with propelauth_server() as server:
        yield server


@pytest.fixture
def frontline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, propelauth: PropelAuthServer) -> Iterator[Frontline]:
    """The process's Frontline with PropelAuth, which is asked anew at each step."""
    for name in os.environ:
        if name.startswith(("FRONTLINE_", "PROPELAUTH_", "DATABASE_URL")):
            monkeypatch.delenv(name)
    for name, value in propelauth.environment("http://localhost:8501").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("FRONTLINE_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(single_flight_cache, "KEEP_SECONDS", 0.0)
    monkeypatch.setattr(single_flight_cache, "PAUSE_SECONDS", 0.0)
    bootstrap._frontline.cache_clear()
    parts = bootstrap.frontline()
    yield parts
    parts.stop()
    bootstrap._frontline.cache_clear()


@pytest.fixture
def acme(propelauth: PropelAuthServer) -> str:
    return propelauth.org("Acme")


@pytest.fixture
def beta(propelauth: PropelAuthServer) -> str:
    return propelauth.org("Beta")


def open_as(
    user: User | None, page: str = "questions", org: str | None = None, *, hours_ago: float = 0, **query: str
) -> AppTest:
    tab = AppTest.from_file(str(APP), default_timeout=60)
    tab.query_params.update({"org": org} if org else {}, **query)
    tab.context = {"url": f"http://localhost:8501/{page}"}
    tab.user = {"is_logged_in": False}
    if user:
        tab.user = {"is_logged_in": True, "sub": user.user_id, "iat": int(time.time() - hours_ago * 3600) - 1}
    tab._page_hash = calc_hash(page)
    return tab.run()


def titles(tab: AppTest) -> list[str]:
    return [found.value for found in tab.title]


def button(tab: AppTest, label: str) -> AppTest:
    return next(found for found in tab.button if found.label == label).click().run()


def person(user: User) -> Principal:
    return Principal(user_id=user.user_id, email=user.email, name=user.first_name)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.url_path)
def test_without_a_sign_in_there_is_only_the_way_in(frontline: Frontline, acme: str, place: object) -> None:
    tab = open_as(None, place.url_path, acme)  # type: ignore[attr-defined]

    assert titles(tab) == ["Welcome to Frontline"]
    assert [found.label for found in tab.button] == ["Sign in"]
    assert "Olivia" not in everything(tab)
    assert "Demo sign-in" not in everything(tab)


def test_a_sign_in_ends_after_12_hours_and_says_so(
    frontline: Frontline, propelauth: PropelAuthServer, acme: str
) -> None:
    user = propelauth.user("Olivia", {acme: "Owner"})

    assert titles(open_as(user, "ask", hours_ago=11.9)) == ["Ask"]
    late = open_as(user, "ask", hours_ago=12.1)

    assert titles(late) == ["Welcome to Frontline"]
    assert "older than 12 hours" in late.warning[0].value


def test_the_first_org_by_name_opens_and_the_last_used_the_next_time(
    frontline: Frontline, propelauth: PropelAuthServer, acme: str, beta: str
) -> None:
    user = propelauth.user("Olivia", {beta: "Member", acme: "Owner"})
    tab = open_as(user, "ask")
    assert tab.sidebar.selectbox[0].value == acme

    tab.sidebar.selectbox[0].set_value(beta).run()

    assert open_as(user, "ask").sidebar.selectbox[0].value == beta
    del user.orgs[beta]
    assert open_as(user, "ask").sidebar.selectbox[0].value == acme
    user.orgs[beta] = "Member"
    assert open_as(user, "ask").sidebar.selectbox[0].value == acme


def test_a_sign_out_ends_the_sign_in_on_the_server(
    frontline: Frontline, propelauth: PropelAuthServer, acme: str
) -> None:
    user = propelauth.user("Olivia", {acme: "Owner"})
    one, other = open_as(user, "ask"), open_as(user, "chat")

    button(one, "Sign out")
    other.run()

    assert titles(one) == ["Welcome to Frontline"]
    assert titles(other) == ["Welcome to Frontline"]


def test_a_person_in_no_org_is_told_how_to_join_or_create_one(
    frontline: Frontline, propelauth: PropelAuthServer, acme: str
) -> None:
    user = propelauth.user("Olivia")
    tab = open_as(user, "ask", acme)
    assert titles(tab) == ["You are not in an organisation yet"]
    assert [shown.value for shown in tab.main.code] == ["olivia@acme.example"]
    assert f"{propelauth.url}/org" in everything(tab)

    user.orgs[acme] = "Member"
    assert titles(button(tab, "Check again")) == ["Ask"]


@pytest.mark.parametrize("fault", [Fault.ERROR, Fault.BUSY, Fault.RESET, Fault.NO_JSON])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.url_path)
def test_in_doubt_every_page_says_so_shows_nothing_and_is_back_afterwards(
    frontline: Frontline, propelauth: PropelAuthServer, acme: str, place: object, fault: Fault
) -> None:
    user = propelauth.user("Olivia", {acme: "Owner"})
    propelauth.breaks(fault)

    tab = open_as(user, place.url_path, acme)  # type: ignore[attr-defined]

    assert titles(tab) == ["One moment"]
    assert DOUBT in tab.error[0].value
    assert "Acme" not in everything(tab)
    propelauth.mends()
    title = "Acme" if place.full_screen else place.title  # type: ignore[attr-defined]
    assert titles(tab.run()) == [title]


def test_a_removed_person_loses_the_page_what_was_typed_and_the_draft(
    frontline: Frontline, propelauth: PropelAuthServer, acme: str, beta: str
) -> None:
    user = propelauth.user("Olivia", {acme: "Admin", beta: "Admin"})
    for org in (acme, beta):
        frontline.questions.keep_draft(person(user), org, base_revision=0, changes=Changes(deleted=frozenset({1})))
    tab = open_as(user, "ask", acme)
    tab.session_state[session.key("ask", acme, "typed")] = "secret plans"
    del user.orgs[acme]

    tab.run()

    assert titles(tab) == ["No access"]
    assert session.key("ask", acme, "typed") not in tab.session_state
    assert frontline.questions.draft(person(user), beta) is not None
    user.orgs[acme] = "Admin"
    assert frontline.questions.draft(person(user), acme) is None


def test_doubt_and_a_lock_cost_nobody_a_draft(frontline: Frontline, propelauth: PropelAuthServer, acme: str) -> None:
    user = propelauth.user("Olivia", {acme: "Admin"})
    frontline.questions.keep_draft(person(user), acme, base_revision=0, changes=Changes(deleted=frozenset({1})))
    for fault in (Fault.ERROR, Fault.EMPTY, Fault.RESET):
        propelauth.breaks(fault)
        open_as(user, "ask", acme)
    propelauth.mends()
    user.locked = True
    open_as(user, "ask", acme)
    user.locked = False

    assert frontline.questions.draft(person(user), acme) is not None


@pytest.mark.parametrize("change", [{"enabled": False}, {"orgs": {}}, "downgrade"])
def test_the_drafts_go_with_the_right_to_edit(
    frontline: Frontline, propelauth: PropelAuthServer, acme: str, change: object
) -> None:
    user = propelauth.user("Olivia", {acme: "Admin"})
    frontline.questions.keep_draft(person(user), acme, base_revision=0, changes=Changes(deleted=frozenset({1})))
    tab = open_as(user, "ask", acme)
    tab.session_state[session.key("questions", acme, "editor")] = "half a change"

    for name, value in ({"orgs": {acme: "Member"}} if change == "downgrade" else change).items():  # type: ignore[attr-defined]
        setattr(user, name, value)
    tab.run()
    user.enabled, user.orgs = True, {acme: "Admin"}

    assert frontline.questions.draft(person(user), acme) is None
    if change == "downgrade":
        assert session.key("questions", acme, "editor") not in tab.session_state


def test_a_write_asks_anew_and_is_refused_at_once(
    frontline: Frontline, propelauth: PropelAuthServer, acme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_flight_cache, "KEEP_SECONDS", 60.0)
    user = propelauth.user("Olivia", {acme: "Owner"})
    frontline.access.orgs(person(user))
    user.orgs[acme] = "Member"

    with pytest.raises(AccessDenied):
        frontline.questions.save(person(user), acme, base_revision=0, changes=Changes(deleted=frozenset({1})))


def test_a_sign_in_is_kept_once_in_the_log_of_each_org(
    frontline: Frontline, propelauth: PropelAuthServer, acme: str
) -> None:
    user = propelauth.user("Olivia", {acme: "Owner"})
    tab = open_as(user, "ask", acme)
    tab.run()

    events = frontline.audit.events(person(user), acme)
    assert [(event.actor_id, event.what) for event in events] == [(user.user_id, EventKind.SIGNED_IN)]


def test_a_share_link_opens_the_chat_without_an_account_also_while_propelauth_is_away(
    frontline: Frontline, propelauth: PropelAuthServer, acme: str
) -> None:
    owner = propelauth.user("Olivia", {acme: "Owner"})
    settings = open_as(owner, "settings", acme, show="chat")
    button(settings, "Make a link")
    next(field for field in settings.text_input if field.label == "Name of the link").set_value("Fair")
    button(settings, "Make the link")
    address = settings.code[0].value
    propelauth.breaks(Fault.ERROR)
    asked_before = len(propelauth.asked)
    tab = open_as(None, "chat", link=address.partition("link=")[2])

    assert address.startswith("http://localhost:8501/chat?link=")
    assert titles(tab) == ["Acme"]
    assert tab.chat_input
    assert "Sign in" not in everything(tab)
    assert len(propelauth.asked) == asked_before

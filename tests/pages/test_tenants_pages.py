"""Every page for every role in three organisations: whatever reaches the browser is of the open organisation."""

import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.identity.principal import ROLE_PERMISSIONS, Permission, Principal
from core.questions.policy import EngineKind, Policy, Style
from core.settings import database_url
from pages.evaluations.new_run import SAVED
from pages.evaluations.page import SECTIONS
from pages.shell import session
from pages.shell.navigation import PLACES
from tests.integration.tenants import (
    KEYS,
    NUMBER,
    ORGS,
    PEOPLE,
    ROLES,
    UNKNOWN,
    A,
    B,
    C,
    Facts,
    Roles,
    draft_word,
    fill,
    foreign_words,
    installation,
    model_settings,
    owner,
    settled,
    stand_in,
    text_of,
    word,
)
from tests.model_server import ModelServer
from tests.pages.conftest import Browser, everything

QUICK = ("Owner-1", "Admin-2", "Member-3", "Two")
"""Each role, each organisation, and somebody of two; the others are among the long versions."""
PLACES_OF_PEOPLE = [
    pytest.param((who, org), marks=[] if who in QUICK else pytest.mark.slow)
    for who, roles in ROLES.items()
    for org in roles
]
OPEN_TO = {
    "questions": Permission.EDIT,
    "evaluations": Permission.EVALUATE,
    "settings": Permission.MANAGE,
}
"""What one needs to change something on a page; asking is open to every role."""


@dataclass(frozen=True)
class World:
    """A data folder in which the three orgs have everything, and what each of them has."""

    folder: Path
    facts: dict[str, Facts]


class Lines(logging.Handler):
    """Keeps what is logged, while it is in use, at every level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def __enter__(self) -> "Lines":
        self.level_before = logging.getLogger().level
        logging.getLogger().addHandler(self)
        logging.getLogger().setLevel(logging.DEBUG)  # before anything is built: libraries look at the level once
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)
        logging.getLogger().setLevel(self.level_before)


def secrets_in(records: Sequence[logging.LogRecord]) -> list[str]:
    """The lines of a log that hold what belongs to an org."""
    lines = [f"{record.name}: {record.getMessage()} {record.exc_text or ''}" for record in records]
    return [line[:200] for line in lines if any(secret in line for secret in (*ORGS.values(), *KEYS.values()))]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Each org has its own settings for one model server, so that every section of each page is there."""
    folder = tmp_path_factory.mktemp("world")
    with ModelServer({f"Where is my {mark}?": "1" for mark in ORGS.values()}).running() as server:
        with Lines() as lines, installation(database_url("", folder), folder, Roles()) as parts:
            found = {org: _filled(parts, org, server) for org in ORGS}
            settled(parts)
        assert secrets_in(lines.records) == []
        yield World(folder, found)


@pytest.fixture
def roles(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Roles:
    """The people of three orgs in place of the demo people."""
    caplog.set_level(logging.DEBUG)  # before anything is built: libraries look at the level once
    roles = Roles()
    stand_in(monkeypatch, roles)
    return roles


@pytest.fixture
def data_folder(tmp_path: Path, world: World) -> Path:
    """A copy of the world for this test alone."""
    shutil.copytree(world.folder, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def frontline(roles: Roles, frontline: Frontline) -> Frontline:
    """As for all pages, made after the people are there. It has the texts of all three orgs in mind."""
    for org in ORGS:
        frontline.answering.ask(owner(org), org, f"Where is my {word(org)}?")
    frontline.worker.stop()
    return frontline


@pytest.fixture
def facts(frontline: Frontline, world: World) -> dict[str, Facts]:
    """What the orgs have."""
    return world.facts


def _filled(frontline: Frontline, org: str, server: ModelServer) -> Facts:
    model = model_settings(org, server.base_url, engine=EngineKind.SERVER, style=Style.SCHEMA)
    policy = Policy(fallback=f"A person of {word(org)} will call.", model=model)
    return fill(frontline, org, server.base_url, policy)


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], bytes]]:
    """Makes each file that a page of this test offers."""
    found: list[Callable[[], bytes]] = []
    button = st.download_button

    def noted(label: str, data: Any, *args: Any, **kwargs: Any) -> bool:
        found.append(data if callable(data) else lambda: data)
        return button(label, data, *args, **kwargs)

    monkeypatch.setattr(st, "download_button", noted)
    return found


class Visit:
    """One person in one org, page by page."""

    def __init__(self, browser: Browser, who: str, org: str, files: list[Callable[[], bytes]]) -> None:
        self.browser, self.org, self.person, self.files = browser, org, PEOPLE[who], files
        self.made = 0
        browser.sign_in(self.person)
        drafts = [draft_word(other, org) for other in PEOPLE.values() if other != self.person]
        # A person of two orgs has the names of both in the menu of orgs, and only there.
        self.hidden = [*foreign_words([*ROLES[who]]), *KEYS.values(), *drafts]
        self.elsewhere = [ORGS[other] for other in ROLES[who] if other != org]

    def opens(self, page: str, **query: object) -> AppTest:
        return self.sees(self.browser.open(page, self.org, query=query))

    def sees(self, tab: AppTest) -> AppTest:
        """Look through all that reached the browser, and the files that are offered."""
        shown = everything(tab) + "\n".join(text_of(make()) for make in self._makeable())
        assert [secret for secret in self.hidden if secret in shown] == []
        assert [secret for secret in self.elsewhere if secret in main(tab)] == []
        assert not tab.exception
        return tab

    def _makeable(self) -> list[Callable[[], bytes]]:
        found, self.files[:] = list(self.files), []
        self.made += len(found)
        return found


def main(tab: AppTest) -> str:
    """Every text beside the sidebar."""
    return "\n".join(str(getattr(node, "proto", "")) for node in tab.main)


def shown_by(group: str, tab: AppTest) -> Any:
    return next(each for each in tab.button_group if each.label == group)


def texts(tab: AppTest) -> str:
    return "\n".join(each.value for kind in ("info", "caption", "markdown") for each in getattr(tab, kind))


def labels(tab: AppTest) -> list[str]:
    return [button.label for button in tab.button]


def walk(visit: Visit, facts: Facts, foreign_run: str) -> Iterator[tuple[str, AppTest]]:
    """Every page and every part of it that widgets lead to; dialogs aside."""
    org, key = visit.org, f"Where is my {word(visit.org)}?"
    yield "overview", visit.opens("overview")
    yield "questions", visit.opens("questions")
    history = visit.opens("questions")
    yield "history", visit.sees(shown_by("View", history).set_value("History").run())
    for row in range(3):
        cells = {"selection": {"rows": [row], "columns": [], "cells": []}}
        history.session_state[session.key("questions", org, "history_3")] = cells  # the newest of three saves
        yield f"revision {3 - row}", visit.sees(history.run())
    ask = visit.opens("ask")
    ask.text_input(key=session.key("ask", org, "question")).set_value(key)
    yield "ask", visit.sees(next(button for button in ask.button if button.label == "Ask").click().run())
    demo = visit.opens("chat")
    yield "chat", visit.sees(demo.chat_input[0].set_value(key).run())
    yield "evaluations", visit.opens("evaluations")
    new = visit.opens("evaluations", run="new")
    yield "new evaluation", new
    if new.file_uploader:
        file = (f"{word(org)}.csv", facts.file, "text/csv")
        yield "upload", visit.sees(visit.opens("evaluations", run="new").file_uploader[0].set_value(file).run())
        saved = shown_by("Test questions", visit.opens("evaluations", run="new"))
        yield "saved", visit.sees(saved.set_value(SAVED).run())
    run = visit.opens("evaluations", run=facts.run.run_id)
    for name in SECTIONS:
        yield name, visit.sees(shown_by("What to look at", run).set_value(name).run())
    cells = {"selection": {"rows": [], "columns": [], "cells": [[0, "Question"]]}}
    row = visit.opens("evaluations", run=facts.run.run_id)
    row.session_state[session.key("evaluations", org, f"rows_{facts.run.run_id}")] = cells
    yield "a row", visit.sees(row.run())
    yield "another's run", visit.opens("evaluations", run=foreign_run)
    yield "settings", visit.opens("settings")
    for name in ("engine", "limits", "activity"):
        yield name, visit.opens("settings", show=name)
    yield "settings of the chat", visit.opens("settings", show="chat")
    sharing = visit.opens("settings", show="engine")
    for begin in [button for button in sharing.button if button.label == "Choose entries to share"]:
        yield "sharing", visit.sees(begin.click().run())


@pytest.mark.parametrize("place", PLACES_OF_PEOPLE, ids=lambda place: f"{place[0]} in {NUMBER[place[1]]}")
def test_whatever_a_page_sends_to_the_browser_is_of_the_open_organisation(
    browser: Browser,
    facts: dict[str, Facts],
    files: list[Callable[[], bytes]],
    caplog: pytest.LogCaptureFixture,
    place: tuple[str, str],
) -> None:
    who, org = place
    visit = Visit(browser, who, org, files)
    other = next(each for each in ORGS if each != org)
    found: dict[str, AppTest] = {}
    own = set()
    for name, tab in walk(visit, facts[org], facts[other].run.run_id):
        found[name] = tab
        if word(org) in main(tab):
            own.add(name)

    assert own >= {"questions", "history", "revision 1", "ask", "chat", "evaluations", "Results", "a row", "settings"}
    (refusal,) = found["another's run"].error
    assert refusal.value.startswith("There is no such evaluation in this organisation")
    assert facts[other].run.name not in everything(found["another's run"])
    assert visit.made >= 6
    _what_the_role_may_not_is_missing_with_a_reason(found, ROLES[who][org])
    assert secrets_in(caplog.records) == []


def _what_the_role_may_not_is_missing_with_a_reason(found: dict[str, AppTest], role: str) -> None:
    may = ROLE_PERMISSIONS[role]
    for page, permission in OPEN_TO.items():
        assert (f"Your role here ({role}) may" in texts(found[page])) is (permission not in may), page
    assert ("upload" in found, "sharing" in found) == (Permission.EVALUATE in may, Permission.MANAGE in may)
    questions, evaluations, settings = (found[name] for name in ("questions", "evaluations", "settings"))
    assert ("Training files" in labels(questions)) is (Permission.EVALUATE in may)
    assert ("New evaluation" in labels(evaluations)) is (Permission.EVALUATE in may)
    assert bool(found["new evaluation"].file_uploader) is (Permission.EVALUATE in may)
    assert ("Restore revision 1" in labels(found["revision 1"])) is (Permission.EDIT in may)
    assert ("may look at earlier revisions" in texts(found["revision 1"])) is (Permission.EDIT not in may)
    owns = Permission.MANAGE in may
    assert ("Save" in labels(settings)) is owns
    assert any(box.label == "Person" for box in found["activity"].selectbox) is owns
    fields = [*settings.text_area, *found["engine"].radio, *found["limits"].number_input]
    assert fields
    assert {field.disabled for field in fields} == {not owns}


def test_the_walk_visits_every_page_of_the_menu() -> None:
    pages = {"overview", "questions", "ask", "chat", "evaluations", "settings"}
    assert {place.url_path for place in PLACES} == pages


@pytest.mark.parametrize("org", [A, B], ids=NUMBER.get)
def test_a_share_link_gives_answers_of_its_organisation_and_nothing_of_others_or_of_people(
    browser: Browser, frontline: Frontline, facts: dict[str, Facts], org: str
) -> None:
    token = frontline.share_links.make(owner(org), org, name="For a fair", days=7).token
    tab = browser.open("chat", query={"link": token})
    shown = everything(tab) + everything(tab.chat_input[0].set_value(f"Where is my {word(org)}?").run())

    assert f"In the {word(org)} shop." in shown
    people = [text for one in PEOPLE.values() for text in (one.user_id, one.email, one.name)]
    hidden = (
        *foreign_words([org]),
        *KEYS.values(),
        *people,
        "For a fair",
        f"Tests of {word(org)}",
        facts[org].run.run_id,
    )
    assert [text for text in hidden if text in shown] == []


def _without_address(tab: AppTest, org: str) -> str:
    return everything(tab).replace(org, "the org of the address")


@pytest.mark.parametrize("who", ["Owner-1", "Two", "Outsider"])
@pytest.mark.parametrize("page", [place.url_path for place in PLACES])
def test_a_foreign_organisation_reads_as_one_that_does_not_exist(
    browser: Browser, facts: dict[str, Facts], who: str, page: str
) -> None:
    browser.sign_in(PEOPLE[who])
    tabs = {org: browser.open(page, org, query={"run": facts[C].run.run_id}) for org in (C, UNKNOWN)}

    assert tabs[C].title[0].value == "No access"
    assert _without_address(tabs[C], C) == _without_address(tabs[UNKNOWN], UNKNOWN)
    assert word(C) not in everything(tabs[C])
    assert not tabs[C].exception


def test_what_was_on_the_page_of_an_organisation_is_gone_once_the_person_may_not_see_it(
    browser: Browser, facts: dict[str, Facts], roles: Roles
) -> None:
    person: Principal = PEOPLE["Two"]
    tab = browser.open("questions", A, person=person)
    assert word(A) in everything(tab)
    assert f"questions.{A}." in repr(tab.session_state)
    del roles.roles[person.user_id][A]
    tab.run()

    assert word(A) not in everything(tab)
    assert f"questions.{A}." not in repr(tab.session_state)
    assert word(A) not in repr(tab.session_state)
    assert word(B) in everything(browser.open("questions", B, person=person))

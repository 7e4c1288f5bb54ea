"""What three organisations send to a model server that they share: nothing of each other. Replies do not cross."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.bootstrap import Frontline
from core.engines.language.server_memory import RequestMode
from core.identity.principal import Principal
from core.questions.changes import Changes
from core.questions.policy import EngineKind, Policy, Style
from core.storage.database import Database
from tests.integration.tenants import (
    KEYS,
    NUMBER,
    ORGS,
    PEOPLE,
    TO_SHARE,
    A,
    B,
    C,
    Roles,
    contents,
    fill,
    foreign_words,
    installation,
    model_settings,
    owner,
    settled,
    text_of,
    word,
)
from tests.model_server import ModelServer, Request

SAME = "When are you open?"
LINES = (Style.COMPLETION, Style.COMPANIES)


def answers(style: Style) -> dict[str, str]:
    """The server's: right for every org."""
    own = {f"Where is my {mark}?": f"In the {mark} shop." if style in LINES else "1" for mark in ORGS.values()}
    return own | {SAME: "From 9 to 5." if style in LINES else "2"}


def sent(request: Request) -> str:
    return f"{request.path}\n{text_of(request.headers)}\n{text_of(request.body)}"


def sender(request: Request) -> str:
    """The org whose key a request carries."""
    (org,) = [org for org, key in KEYS.items() if request.headers["authorization"] == f"Bearer {key}"]
    return org


def policy(org: str, server: ModelServer, **more: object) -> Policy:
    model = model_settings(org, server.base_url, engine=EngineKind.SERVER, **more)
    return Policy(fallback=f"A person of {word(org)} will call.", model=model)


def set_model(parts: Frontline, org: str, server: ModelServer, **more: object) -> None:
    base = parts.questions.newest_revision(owner(org), org)
    saved = policy(org, server, **more)
    parts.questions.save_settings(owner(org), org, base_revision=base, policy=saved)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(answers(Style.SCHEMA), modes=tuple(RequestMode)).running() as server:
        yield server


@pytest.fixture
def parts(migrated_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Frontline]:
    caplog.set_level(logging.DEBUG)  # before anything is built: libraries look at the level once
    with installation(migrated_url, tmp_path, Roles()) as parts:
        yield parts


def ask(parts: Frontline, person: Principal, org: str, question: str) -> str | None:
    return parts.answering.ask(person, org, question).text


@pytest.mark.parametrize("style", Style)
def test_each_request_holds_the_texts_and_the_key_of_one_organisation(
    parts: Frontline, server: ModelServer, style: Style, caplog: pytest.LogCaptureFixture, migrated_url: str
) -> None:
    server.answers = answers(style)
    for org in ORGS:
        fill(parts, org, server.base_url, policy(org, server, style=style))
    settled(parts)
    given = {org: ask(parts, PEOPLE[f"Member-{NUMBER[org]}"], org, SAME) for org in ORGS}
    own = {org: ask(parts, PEOPLE[f"Member-{NUMBER[org]}"], org, f"Where is my {word(org)}?") for org in ORGS}
    for org in ORGS:
        parts.servers.test(owner(org), org, base_url=server.base_url, model="m", key=None)
        parts.servers.models(owner(org), org, base_url=server.base_url, key=None)

    assert given == dict.fromkeys(ORGS, "From 9 to 5.")
    assert own == {org: f"In the {word(org)} shop." for org in ORGS}
    assert {sender(request) for request in server.requests} == set(ORGS)
    crossed = [r for r in server.requests if any(secret in sent(r) for secret in foreign_words([sender(r)]))]
    assert crossed == []
    assert all(word(sender(request)) in sent(request) for request in server.questions)
    _rows_hold_no_foreign_words(migrated_url)
    _logs_hold_no_texts(caplog)


def _rows_hold_no_foreign_words(migrated_url: str) -> None:
    database = Database(migrated_url)
    found = contents(database)
    database.close()

    assert "replies" in found[A]
    assert [
        org for org, tables in found.items() if any(secret in text_of(tables) for secret in foreign_words([org]))
    ] == []


def _logs_hold_no_texts(caplog: pytest.LogCaptureFixture) -> None:
    lines = [f"{record.name}: {record.getMessage()} {record.exc_text or ''}" for record in caplog.records]
    secrets = (*ORGS.values(), SAME, "From 9 to 5.")

    assert [line[:200] for line in lines if any(secret in line for secret in secrets)] == []


def test_a_kept_reply_is_never_that_of_another_organisation_with_the_very_same_table(
    parts: Frontline, server: ModelServer
) -> None:
    rows = [{"question": q, "answer": a} for q, a in ((SAME, "From 9 to 5."), ("Do you hire?", "Yes"))]
    for org in (A, B):
        _same_table(parts, org, server, rows)
    server.answers = {SAME: "1"}
    first = ask(parts, owner(A), A, SAME)
    server.answers = {SAME: "2"}
    other, asked = ask(parts, owner(B), B, SAME), len(server.questions)
    again = ask(parts, owner(A), A, SAME)

    assert (first, other, again) == ("From 9 to 5.", "Yes", "From 9 to 5.")
    assert len(server.questions) == asked == 2
    one, two = server.questions
    assert one.body == two.body


def _same_table(parts: Frontline, org: str, server: ModelServer, rows: list[dict[str, str]]) -> None:
    """The same words, settings and key in each org that has it."""
    parts.questions.save(owner(org), org, base_revision=0, changes=Changes(added=rows))
    model = model_settings(A, server.base_url, engine=EngineKind.SERVER, style=Style.SCHEMA)
    parts.questions.save_settings(owner(org), org, base_revision=1, policy=Policy(model=model))
    parts.servers.keep_key(owner(org), org, server.base_url, "sk-the-same-key-1234")


def test_another_organisations_example_is_in_prompts_while_it_is_shared_and_no_more_of_it_than_that(
    parts: Frontline, server: ModelServer
) -> None:
    server.answers = answers(Style.COMPANIES)
    for org in ORGS:
        fill(parts, org, server.base_url, policy(org, server, style=Style.COMPANIES))
    settled(parts)
    shared = parts.examples.share(owner(A), A, name="The first", entry_ids=[TO_SHARE], with_negatives=False)
    for org in (B, C):
        chosen = (shared.example_id,) if org == B else ()
        set_model(parts, org, server, style=Style.COMPANIES, examples=chosen)
    server.requests.clear()
    for org in (B, C):
        ask(parts, owner(org), org, SAME)
    parts.examples.unshare(owner(A), A)
    parts.answering.ask(owner(B), B, SAME, bypass_cache=True)
    with_it, without, after = (sent(request) for request in server.questions)

    assert ["The first" in text for text in (with_it, without, after)] == [True, False, False]
    # Its own block shows the answer as often as the block of the org that asks.
    assert with_it.count("From 9 to 5.") == 2 * without.count("From 9 to 5.") == 2 * after.count("From 9 to 5.")
    assert not any(word(A) in text or A in text for text in (with_it, without, after))

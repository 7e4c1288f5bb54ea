"""The app's parts with a model server in place of the embedded engine, over real HTTP."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.answering import Answered, Failed, Fallback
from core.bootstrap import Frontline
from core.errors import ConfigurationError
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER
from core.questions.policy import ModelSettings
from core.runs.ledger import Status
from core.settings import EngineSettings, Settings
from core.statistics.verdict import Verdict
from tests.model_server import Fault, ModelServer, Request
from tests.tutorial import build

KEY = "sk-test-never-shown-4711"
ORG = CLOTHING_ORG


def faulty(request: Request, _number: int) -> Fault | str | None:
    """What goes wrong is what was asked for."""
    return {"own text": "We sell cheese!", "foreign": Fault.FOREIGN_ID, "page": Fault.WEB_PAGE}.get(request.asked)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    answers = {"when can i come": "1", "got a job for me": "2", "do you like cheese": "0"}
    with ModelServer(answers, held=(), fault=faulty, key=KEY).running() as server:
        yield server


def built(server: ModelServer, tmp_path: Path, key: str = KEY) -> Frontline:
    engine = EngineSettings(base_url=server.base_url, model="m", key=key)
    return build(Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'demo.db'}", engine=engine))


@pytest.fixture
def parts(server: ModelServer, tmp_path: Path) -> Iterator[Frontline]:
    parts = built(server, tmp_path)
    yield parts
    parts.stop()


def test_the_models_choice_becomes_the_stored_answer(parts: Frontline) -> None:
    reply = parts.answering.ask(MEMBER, ORG, "when can i come")

    entry = parts.questions.table(MEMBER, ORG).entries[0]
    assert reply.outcome == Answered(entry=entry)
    assert reply.text == entry.answer
    assert isinstance(parts.answering.ask(MEMBER, ORG, "do you like cheese").outcome, Fallback)


def test_the_exact_prompt_and_the_reply_are_told_without_the_key(parts: Frontline, server: ModelServer) -> None:
    reply = parts.answering.ask(MEMBER, ORG, "when can i come")

    assert reply.decision is not None
    assert "when can i come" in reply.decision.prompt
    assert "What do you sell?" in reply.decision.prompt
    assert reply.decision.prompt.count("[system]") == 1
    assert '"1"' in reply.decision.raw or "1" in reply.decision.raw
    assert (
        KEY
        not in repr(reply)
        + repr(parts.settings)
        + reply.engine
        + parts.engines.engine_for(ORG, ModelSettings()).version
    )
    assert all(request.headers["authorization"] == f"Bearer {KEY}" for request in server.requests)


@pytest.mark.parametrize("question", ["own text", "foreign", "page"])
def test_whatever_else_the_server_sends_is_a_failure(parts: Frontline, question: str) -> None:
    reply = parts.answering.ask(MEMBER, ORG, question)

    assert isinstance(reply.outcome, Failed)
    assert reply.text == reply.published.policy.fallback
    assert "cheese" not in reply.outcome.reason


def test_a_wrong_key_says_so_and_nobody_gets_an_answer(server: ModelServer, tmp_path: Path) -> None:
    parts = built(server, tmp_path, key="sk-wrong")

    reply = parts.answering.ask(MEMBER, ORG, "when can i come")

    assert isinstance(reply.outcome, Failed)
    assert reply.outcome.is_unavailable
    assert "refused the key" in reply.outcome.reason
    assert "sk-wrong" not in reply.outcome.reason
    assert reply.text == reply.published.policy.fallback
    parts.stop()


def test_a_run_judges_the_models_choices_and_counts_failures_apart(parts: Frontline) -> None:
    data = (
        b"question,expected_id\nwhen can i come,1\ngot a job for me,1\ndo you like cheese,__fallback__\n"
        b"foreign,1\npage,__fallback__\nanything else,3\n"
    )
    found = parts.intake.read(ADMIN, ORG, data, "x.csv")
    ready = parts.intake.check(ADMIN, ORG, found)
    preview, revision = ready.preview, ready.revision
    run = parts.runs.start(ADMIN, ORG, name="x", preview=preview, revision=revision)
    for _ in range(600):
        if not parts.runs.run(ADMIN, ORG, run.run_id).active:
            break
        time.sleep(0.05)

    ended = parts.runs.run(ADMIN, ORG, run.run_id)
    assert (ended.status, ended.reason) == (Status.DONE, "")
    summary = parts.runs.summary(ADMIN, ORG, run.run_id)
    assert {verdict: summary.count(verdict) for verdict in Verdict} == {
        Verdict.RIGHT: 2,
        Verdict.WRONG_ANSWER: 1,
        Verdict.NEEDLESS_HANDOFF: 1,
        Verdict.ANSWERED_OUT_OF_SCOPE: 0,
        Verdict.FAILED: 2,
        Verdict.NOT_LABELLED: 0,
    }
    assert ended.engine.startswith("m (127.0.0.1")
    assert KEY not in ended.engine_version


def test_an_address_that_is_none_stops_the_start_in_words(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'demo.db'}",
        engine=EngineSettings(base_url="ftp://x", model="m", key=KEY),
    )

    with pytest.raises(ConfigurationError, match="is no web address") as refused:
        build(settings)

    assert KEY not in str(refused.value)

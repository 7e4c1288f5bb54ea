"""The engine with a cache of replies: what is asked once is not paid twice, and never taken for another thing."""

import threading
from collections.abc import Iterable
from dataclasses import replace

import pytest

from core.engines.language.engine import LanguageEngine
from core.engines.language.replies import BadReply
from core.engines.language.server import ServerKey, ServerSettings
from core.engines.language.server_memory import RequestMode
from core.engines.language.shared import Shared
from core.engines.protocol import EngineReply
from core.errors import EngineFailed
from core.questions.entry import Published
from core.questions.policy import Policy
from core.usage import Usage
from tests.core.engines.language.conftest import TABLE, EngineFor
from tests.core.engines.language.memory_cache import BrokenReplyCache, MemoryReplyCache
from tests.model_server import Fault, ModelServer, is_probe


@pytest.fixture
def cache() -> MemoryReplyCache:
    return MemoryReplyCache()


@pytest.fixture
def shared(shared: Shared, cache: MemoryReplyCache) -> Shared:
    return replace(shared, cache=cache)


def batch_of(
    engine: LanguageEngine, questions: Iterable[str], table: Published = TABLE, *, bypass_cache: bool = False
) -> dict[str, EngineReply | EngineFailed]:
    items = ((question, question) for question in questions)
    return dict(engine.ask_all(items, table, stop=threading.Event(), bypass_cache=bypass_cache))


@pytest.mark.parametrize("mode", list(RequestMode))
@pytest.mark.parametrize("question", ["open?", "why?"])
def test_the_second_ask_sends_nothing_and_says_so(mode: RequestMode, question: str, engine_for: EngineFor) -> None:
    answers = {"open?": "In Leeds" if mode is RequestMode.COMPLETION else "17"}
    if mode is RequestMode.COMPLETION:
        answers["why?"] = TABLE.policy.fallback
    with ModelServer(answers, modes=[mode]).running() as server:
        engine = engine_for(server)
        first, second = engine.ask(question, TABLE), engine.ask(question, TABLE)

    assert first.decision.entry_id == (17 if question == "open?" else None)
    assert (first.reused, second.reused) == (False, True)
    assert second.decision == first.decision
    assert (second.mode, second.usage, second.seconds) == (mode, first.usage, 0.0)
    assert first.usage.sent in (900, 1200)
    assert len(server.questions) == 1


def test_another_engine_on_the_same_table_takes_the_reply_too(engine_for: EngineFor) -> None:
    with ModelServer({"open?": "1"}).running() as server:
        asked = [engine_for(server).ask("open?", replace(TABLE, revision=revision)) for revision in (3, 4)]

    assert [(one.decision.entry_id, one.reused) for one in asked] == [(1, False), (1, True)]


@pytest.mark.parametrize("change", ["question", "org", "answer", "model", "mode"])
def test_another_thing_is_asked(change: str, engine_for: EngineFor) -> None:
    first = TABLE.entries[0]
    tables = {
        "org": replace(TABLE, org_id="other"),
        "answer": replace(TABLE, entries=(replace(first, answer="Never"), *TABLE.entries[1:])),
    }
    options = {"model": {"model": "n"}, "mode": {"mode": RequestMode.CHOICE}}
    with ModelServer({"open?": "1"}, modes=[RequestMode.SCHEMA, RequestMode.CHOICE]).running() as server:
        engine_for(server).ask("open?", TABLE)
        other = engine_for(server, **options.get(change, {}))
        asked = other.ask("open" if change == "question" else "open?", tables.get(change, TABLE))

    assert not asked.reused
    assert len(server.questions) == 2


def test_asking_anew_takes_no_kept_reply_and_keeps_the_new_one(engine_for: EngineFor) -> None:
    with ModelServer({"open?": "1"}).running() as server:
        engine = engine_for(server)
        engine.ask("open?", TABLE)
        server.answers = {"open?": "17"}
        bypass_cache = engine.ask("open?", TABLE, bypass_cache=True)
        after = engine.ask("open?", TABLE)

    assert [(one.decision.entry_id, one.reused) for one in (bypass_cache, after)] == [(17, False), (17, True)]
    assert len(server.questions) == 2


def test_a_stricter_rule_decides_anew_on_the_kept_reply(engine_for: EngineFor) -> None:
    strict = replace(TABLE, policy=Policy(strictness=0.7))
    with ModelServer({"open?": "1"}, sure=0.6).running() as server:
        given = engine_for(server).ask("open?", TABLE)
        handed_over = [
            engine_for(server).ask("open?", strict),
            engine_for(server, min_confidence=0.9).ask("open?", TABLE),
        ]

    assert given.decision.entry_id == 1
    assert [(one.decision.entry_id, one.reused) for one in handed_over] == [(None, True)] * 2
    assert [one.decision.candidates for one in handed_over] == [given.decision.candidates] * 2
    assert len(server.questions) == 1


def test_a_failure_is_not_kept(engine_for: EngineFor, cache: MemoryReplyCache) -> None:
    with ModelServer(fault=lambda r, _: Fault.OWN_TEXT if r.body and not is_probe(r) else None).running() as server:
        engine = engine_for(server)
        for _ in range(2):
            with pytest.raises(BadReply):
                engine.ask("open?", TABLE)
        failed = batch_of(engine, ["open?"])

    assert isinstance(failed["open?"], BadReply)
    assert len(server.questions) == 3
    assert cache.replies == {}


def test_a_batch_that_is_asked_again_sends_nothing(engine_for: EngineFor) -> None:
    questions = [f"row {row}" for row in range(250)]
    with ModelServer({"row 7": "17"}).running() as server:
        engine = engine_for(server)
        first, second = batch_of(engine, questions), batch_of(engine, questions)
        sent = len(server.questions)
        third = batch_of(engine, questions[:5], bypass_cache=True)

    assert sent == 250
    assert {reply.reused for reply in first.values()} == {False}
    assert {reply.reused for reply in second.values()} == {True}
    assert {question: reply.decision for question, reply in first.items()} == {
        question: reply.decision for question, reply in second.items()
    }
    assert second["row 7"].decision.entry_id == 17
    assert second["row 7"].usage == Usage(sent=1200, received=7, cached=1024)
    assert second["row 7"].seconds == 0.0
    assert {reply.reused for reply in third.values()} == {False}
    assert len(server.questions) == sent + 5


def test_a_batch_and_a_persons_question_take_each_others_replies(engine_for: EngineFor) -> None:
    with ModelServer({"open?": "1", "where?": "17"}).running() as server:
        engine = engine_for(server)
        engine.ask("open?", TABLE)
        batch = batch_of(engine, ["open?", "where?"])
        where = engine.ask("where?", TABLE)

    assert [(q, reply.reused, reply.decision.entry_id) for q, reply in sorted(batch.items())] == [
        ("open?", True, 1),
        ("where?", False, 17),
    ]
    assert where.reused
    assert where.decision.prompt
    assert len(server.questions) == 2


def test_what_a_batch_got_is_kept_when_it_is_left(engine_for: EngineFor, cache: MemoryReplyCache) -> None:
    with ModelServer(fault=lambda _request, number: Fault.HANG if number > 3 else None).running() as server:
        engine = engine_for(server, calls_in_flight=1, mode=RequestMode.SCHEMA)
        batch = engine.ask_all(((row, f"row {row}") for row in range(50)), TABLE, stop=threading.Event())
        for _ in range(3):
            next(batch)
        batch.close()
        asked = engine.ask("row 1", TABLE)

    assert len(cache.replies) == 3
    assert asked.reused


def test_a_cache_that_is_away_costs_calls_and_no_answer(shared: Shared, caplog: pytest.LogCaptureFixture) -> None:
    with ModelServer({"open?": "1"}).running() as server:
        settings = ServerSettings(base_url=server.base_url, api_key=ServerKey(""), model="m")
        engine = LanguageEngine(settings, shared=replace(shared, cache=BrokenReplyCache()))
        asked = [engine.ask("open?", TABLE) for _ in range(2)]
        batch = batch_of(engine, ["open?", "where?"])
        engine.close()

    assert [(one.decision.entry_id, one.reused) for one in asked] == [(1, False)] * 2
    assert {question: reply.decision.entry_id for question, reply in batch.items()} == {"open?": 1, "where?": None}
    assert len(server.questions) == 4
    assert {record.getMessage() for record in caplog.records if record.levelname == "ERROR"} == {
        "Could not look for kept replies",
        "Could not keep replies",
    }

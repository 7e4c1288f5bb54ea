"""The engine on tables too large to be offered whole: what it offers, and what it says about that."""

import threading
from collections.abc import Iterable
from dataclasses import replace

import pytest

from core.engines.language.engine import LanguageEngine
from core.engines.language.server_memory import RequestMode
from core.engines.language.shared import Shared
from core.engines.protocol import EngineReply
from core.engines.shortlist import LARGEST_TABLE, Shortlist
from core.errors import EngineFailed
from core.prompts.estimate import estimated_tokens
from core.questions.entry import Entry, Published
from tests.core.engines.language.by_words import ByWords
from tests.core.engines.language.conftest import TABLE, EngineFor
from tests.core.engines.language.memory_cache import MemoryReplyCache
from tests.model_server import ModelServer

LARGE = Published(
    org_id="org",
    revision=1,
    entries=tuple(
        Entry(id=number, question=f"Where is aisle {number} ?", answer=f"Aisle {number} is left of the till.")
        for number in range(1, LARGEST_TABLE + 102)
    ),
)
LONG = replace(
    LARGE, entries=tuple(replace(entry, answer=entry.answer + " Go on." * 100) for entry in LARGE.entries[:100])
)


@pytest.fixture
def nearest() -> ByWords:
    return ByWords()


@pytest.fixture
def shared(shared: Shared, nearest: ByWords) -> Shared:
    return replace(shared, shortlists=Shortlist(nearest), cache=MemoryReplyCache())


def batch_of(engine: LanguageEngine, questions: Iterable[str]) -> dict[str, EngineReply | EngineFailed]:
    return dict(engine.ask_all(((question, question) for question in questions), LARGE, stop=threading.Event()))


@pytest.mark.parametrize("mode", [RequestMode.DECISIONS, RequestMode.SCHEMA, RequestMode.CHOICE])
def test_only_the_entries_of_the_shortlist_are_offered_and_the_decision_tells_them(
    mode: RequestMode, engine_for: EngineFor
) -> None:
    with ModelServer({"where is 250": "250"}, modes=[mode]).running() as server:
        asked = engine_for(server, shortlist=5).ask("where is 250", LARGE)
    (request,) = server.questions

    shortlist = asked.decision.shortlist
    assert shortlist is not None
    assert (len(shortlist.entry_ids), shortlist.of, shortlist.entry_ids[0]) == (5, 301, 250)
    assert set(request.offered or []) == {"0", *map(str, shortlist.entry_ids)}
    assert shortlist.saved > 2_000
    assert asked.decision.entry_id == 250
    assert "Aisle 250 is" in asked.decision.prompt
    assert [f"Aisle {i} is" in asked.decision.prompt for i in range(1, 302)].count(True) == 5


def test_a_completion_holds_only_the_answers_of_the_shortlist(engine_for: EngineFor) -> None:
    with ModelServer(
        {"where is 250": "Aisle 250 is left of the till."}, modes=[RequestMode.COMPLETION]
    ).running() as server:
        asked = engine_for(server, shortlist=5).ask("where is 250", LARGE)
    (request,) = server.questions

    assert asked.decision.entry_id == 250
    assert [f"Aisle {i} is" in request.body["prompt"] for i in range(1, 302)].count(True) == 5


@pytest.mark.parametrize("question", ["where is 250", "where is 7"])
def test_an_entry_that_is_not_offered_is_no_answer(question: str, engine_for: EngineFor) -> None:
    """A model may name any number; that of an entry outside of the shortlist is a failure, as any other text is."""
    with ModelServer({question: "100"}, modes=[RequestMode.CHOICE], held=[]).running() as server:
        engine = engine_for(server, shortlist=3)

        with pytest.raises(EngineFailed, match="not offered"):
            engine.ask(question, LARGE)


def test_a_small_table_is_offered_whole_and_no_shortlist_is_told(engine_for: EngineFor, nearest: ByWords) -> None:
    with ModelServer({"open?": "1"}).running() as server:
        engine = engine_for(server, shortlist=2)
        engine.prepare(TABLE)
        asked = engine.ask("open?", TABLE)

    assert asked.decision.shortlist is None
    assert set(server.questions[0].offered or []) == {"0", "1", "2", "17"}
    assert nearest.prepared == []


def test_preparing_a_large_table_prepares_its_shortlists(engine_for: EngineFor, nearest: ByWords) -> None:
    with ModelServer().running() as server:
        engine_for(server).prepare(LARGE)

    assert nearest.prepared == [LARGE.revision]


def test_a_way_that_could_not_offer_the_whole_table_is_taken_for_a_shortlist(engine_for: EngineFor) -> None:
    with ModelServer(modes=list(RequestMode)).running() as server:
        assert engine_for(server).ask("where is 250", LARGE).mode is RequestMode.DECISIONS
        assert engine_for(server, mode=RequestMode.DECISIONS).ask("where is 251", LARGE).mode is RequestMode.DECISIONS


def test_without_shortlists_a_large_table_is_offered_whole(shared: Shared, engine_for: EngineFor) -> None:
    with ModelServer(modes=[RequestMode.SCHEMA]).running() as server:
        engine = engine_for(server)
        engine._shared = replace(shared, shortlists=None)
        asked = engine.ask("where is 250", LARGE)

    assert asked.decision.shortlist is None
    assert len(server.questions[0].offered or []) == 302


def test_each_question_of_a_batch_has_its_own_shortlist(engine_for: EngineFor) -> None:
    questions = [f"where is {number}" for number in (3, 77, 250, 301)]
    with ModelServer({question: question.split()[-1] for question in questions}).running() as server:
        replies = batch_of(engine_for(server, shortlist=4), questions)

    offered = {request.asked: set(request.offered or []) for request in server.questions}
    for question in questions:
        shortlist = replies[question].decision.shortlist
        assert replies[question].decision.entry_id == int(question.split()[-1]) == shortlist.entry_ids[0]
        assert offered[question] == {"0", *map(str, shortlist.entry_ids)}
        assert (len(shortlist.entry_ids), shortlist.of) == (4, 301)


def test_a_kept_reply_on_a_shortlist_is_taken_for_the_same_shortlist_alone(engine_for: EngineFor) -> None:
    with ModelServer({"where is 250": "250"}).running() as server:
        asked = [engine_for(server, shortlist=size).ask("where is 250", LARGE) for size in (5, 5, 6)]

    assert [one.reused for one in asked] == [False, True, False]
    assert asked[1].decision == asked[0].decision


def test_a_question_whose_shortlist_fails_fails_alone(engine_for: EngineFor) -> None:
    with ModelServer({"where is 3": "3", "where is 7": "7"}).running() as server:
        engine = engine_for(server)
        replies = batch_of(engine, ["where is 3", "fail", "where is 7"])
        with pytest.raises(EngineFailed, match="could not read"):
            engine.ask("fail", LARGE)

    assert isinstance(replies["fail"], EngineFailed)
    assert [replies[question].decision.entry_id for question in ("where is 3", "where is 7")] == [3, 7]


def test_a_shortlist_of_long_answers_fills_the_room_that_its_way_leaves(engine_for: EngineFor) -> None:
    """A completion shows each answer twice and a chat once, so a chat has room for more entries."""
    offered = {}
    for mode in (RequestMode.SCHEMA, RequestMode.COMPLETION):
        with ModelServer(modes=[mode]).running() as server:
            answer = "0" if mode is RequestMode.SCHEMA else LONG.policy.fallback
            server.answers = {"where is 50": answer}
            decision = engine_for(server).ask("where is 50", LONG).decision
        assert decision.shortlist is not None
        assert 3_400 < estimated_tokens(decision.prompt) < 4_000
        offered[mode] = len(decision.shortlist.entry_ids)

    assert offered[RequestMode.SCHEMA] > 1.5 * offered[RequestMode.COMPLETION]

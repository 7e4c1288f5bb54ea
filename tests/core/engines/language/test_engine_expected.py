"""What the engine says beforehand about tokens and time, held against what it then sends."""

import threading
from dataclasses import replace

import pytest

from core.engines.language.engine import LanguageEngine
from core.engines.language.server_memory import RequestMode, ServerMemory
from core.engines.language.shared import Shared
from core.engines.language.style import PromptStyle
from core.engines.protocol import Effort
from core.engines.shortlist import Shortlist
from core.prompts.companies import SHIPPED
from core.prompts.estimate import estimated_tokens
from core.questions.entry import Entry, Published
from core.questions.policy import ModelSettings, Policy
from core.usage import Usage
from tests.core.engines.language.by_words import ByWords
from tests.core.engines.language.conftest import TABLE, EngineFor
from tests.model_server import ModelServer, Request

STYLE = PromptStyle(company="Northwind", description="Sells clothes.", negatives=("what's the deal", "why oh why"))
QUESTIONS = [f"when do you open aisle {row} for visitors like me" for row in range(12)]


def table_of(entries: int, answer: str = "Turn left at the till.", alternates: int = 1) -> Published:
    rows = tuple(
        Entry(
            id=number,
            question=f"Where do I find aisle {number}?",
            answer=f"{number}: {answer}",
            alternates=tuple(f"the way to aisle {number}, for the time no. {time}" for time in range(alternates)),
        )
        for number in range(1, entries + 1)
    )
    return Published(org_id="org", revision=1, entries=rows)


def sent_text(request: Request) -> str:
    if "prompt" in request.body:
        return str(request.body["prompt"])
    return "\n".join(message["content"] for message in request.body.get("messages") or request.body["input"])


def ask_all(engine: LanguageEngine, table: Published) -> None:
    for _ in engine.ask_all(enumerate(QUESTIONS), table, stop=threading.Event()):
        pass


@pytest.fixture
def shared(shared: Shared) -> Shared:
    return replace(shared, shortlists=Shortlist(ByWords()))


ROUTE = "Turn left at the till and go on. "
TABLES = {
    "small": (TABLE, list(RequestMode)),
    "middle": (table_of(150, alternates=3), list(RequestMode)),
    "large": (table_of(300), list(RequestMode)),
    "large with alternates": (table_of(250, alternates=4), [RequestMode.SCHEMA, RequestMode.COMPLETION]),
    "large with long answers": (table_of(210, 20 * ROUTE), [RequestMode.SCHEMA, RequestMode.COMPLETION]),
    "of very long answers": (table_of(60, 60 * ROUTE, alternates=3), [RequestMode.SCHEMA, RequestMode.COMPLETION]),
}


@pytest.mark.parametrize(("size", "mode"), [(size, mode) for size, (_, modes) in TABLES.items() for mode in modes])
def test_the_estimate_is_near_to_what_is_sent(size: str, mode: RequestMode, engine_for: EngineFor) -> None:
    model = ModelSettings(company=STYLE.company, description=STYLE.description, negatives=STYLE.negatives)
    table = replace(TABLES[size][0], policy=Policy(model=model))
    with ModelServer(modes=[mode]).running() as server:
        engine = engine_for(server, style=STYLE, mode=mode)
        expected = engine.expected(QUESTIONS, table)
        assert server.requests == []
        ask_all(engine, table)

    sent = sum(estimated_tokens(sent_text(request)) for request in server.questions)
    assert expected.usage.sent == pytest.approx(sent, rel=0.25)
    assert expected.usage.received == len(QUESTIONS) * 12


@pytest.mark.parametrize("size", ["small", "large", "large with long answers"])
def test_example_companies_are_counted(size: str, engine_for: EngineFor) -> None:
    table = TABLES[size][0]
    with ModelServer(modes=[RequestMode.COMPLETION]).running() as server:
        engine = engine_for(server, style=replace(STYLE, examples=SHIPPED), mode=RequestMode.COMPLETION)
        expected = engine.expected(QUESTIONS, table)
        ask_all(engine, table)

    sent = sum(estimated_tokens(sent_text(request)) for request in server.questions)
    assert expected.usage.sent == pytest.approx(sent, rel=0.25)


def test_the_way_that_the_server_was_found_to_know_is_counted(engine_for: EngineFor) -> None:
    with ModelServer(modes=[RequestMode.COMPLETION]).running() as server:
        engine = engine_for(server)
        before = engine.expected(QUESTIONS, TABLE)
        engine.prepare(TABLE)
        after = engine.expected(QUESTIONS, TABLE)
        ask_all(engine, TABLE)

    sent = sum(estimated_tokens(sent_text(request)) for request in server.questions)
    assert after.usage.sent == pytest.approx(sent, rel=0.25)
    assert before.usage.sent != after.usage.sent


def test_longer_questions_are_expected_to_take_more(engine_for: EngineFor) -> None:
    engine = engine_for(unasked())

    short, long = (engine.expected([question] * 10, TABLE).usage.sent for question in ("why?", "why? " * 200))

    assert long - short == 10 * (estimated_tokens("why? " * 200) - 1)


def test_a_table_without_entries_and_a_batch_without_questions_take_nothing(engine_for: EngineFor) -> None:
    engine = engine_for(unasked())

    assert engine.expected(QUESTIONS, replace(TABLE, entries=())) == Effort()
    assert engine.expected([], TABLE) == Effort(usage=Usage(sent=0, received=0))


def test_seconds_are_told_after_the_first_calls(engine_for: EngineFor) -> None:
    with ModelServer(latency=0.05).running() as server:
        engine = engine_for(server, mode=RequestMode.SCHEMA, calls_in_flight=4)
        before = engine.expected(QUESTIONS, TABLE).seconds
        taken = [engine.ask(question, TABLE).seconds for question in QUESTIONS[:3]]
        after = engine.expected(QUESTIONS, TABLE).seconds

    assert before is None
    assert after is not None
    assert min(taken) * 12 / 4 <= after <= max(taken) * 12 / 4


def test_as_many_questions_as_calls_in_flight_take_as_long_as_one(engine_for: EngineFor, memory: ServerMemory) -> None:
    engine = engine_for(unasked(), calls_in_flight=8)
    memory.took(engine.endpoint, 2.0)

    times = [engine.expected(["why?"] * count, TABLE).seconds for count in (0, 1, 8, 9, 40)]

    assert times == [0.0, 2.0, 2.0, 4.0, 10.0]


def unasked() -> ModelServer:
    """A server that nobody may need: it does not run."""
    server = ModelServer()
    server.base_url = "http://127.0.0.1:9/v1"
    return server

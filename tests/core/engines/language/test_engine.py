import concurrent.futures
import logging
import threading
import time
import traceback
from dataclasses import replace

import pytest

from core.answering import Answered, Failed, Fallback, answer
from core.background import Background
from core.engines.language.engine import LanguageEngine
from core.engines.language.failures import ServerRefused
from core.engines.language.replies import BadReply
from core.engines.language.server import ServerKey, ServerSettings
from core.engines.language.server_memory import RequestMode, ServerMemory
from core.engines.language.shared import Shared
from core.engines.language.style import Prompts, PromptStyle, shown
from core.engines.limiter import ServerStumbles
from core.engines.protocol import Candidate, Engine, EngineReply
from core.errors import EngineFailed, EngineUnavailable
from core.questions.entry import Entry
from core.questions.policy import Policy
from tests.core.engines.language.conftest import KEY, TABLE, EngineFor
from tests.model_server import Fault, ModelServer, Request, is_probe, mode_of


def questions_fail(fault: Fault | str, first: int = 10**9):
    """A fault that meets only questions, the first so many."""
    seen = []

    def behave(request: Request, _number: int) -> Fault | str | None:
        if not request.body or is_probe(request):
            return None
        seen.append(request)
        return fault if len(seen) <= first else None

    return behave


@pytest.mark.parametrize("mode", list(RequestMode))
def test_a_question_gets_its_stored_answer_in_each_way(mode: RequestMode, engine_for: EngineFor) -> None:
    with ModelServer(
        {"where do I find you": "In Leeds" if mode is RequestMode.COMPLETION else "17"}, modes=[mode]
    ).running() as server:
        reply = answer(engine_for(server), TABLE, "where do I find you")

    assert (reply.outcome, reply.text) == (Answered(entry=TABLE.by_id[17]), "In Leeds")


def test_a_question_that_nothing_answers_goes_to_a_person_with_what_came_near(engine_for: EngineFor) -> None:
    with ModelServer(sure=0.9).running() as server:
        reply = answer(engine_for(server), TABLE, "why?")

    assert (reply.outcome, reply.text) == (Fallback(), TABLE.policy.fallback)
    assert [(c.entry_id, round(c.confidence, 3)) for c in reply.decision.candidates] == [(17, 0.1)]


def test_a_failure_is_neither_an_answer_nor_a_handoff_and_the_visitor_reads_the_fallback(engine_for: EngineFor) -> None:
    with ModelServer(fault=questions_fail(Fault.OWN_TEXT)).running() as server:
        reply = answer(engine_for(server), TABLE, "why?")

    assert isinstance(reply.outcome, Failed)
    assert (reply.text, reply.decision) == (TABLE.policy.fallback, None)
    assert "text of its own" in reply.outcome.reason


def test_a_decision_shows_the_exact_prompt_and_reply(engine_for: EngineFor) -> None:
    style = PromptStyle(company="Northwind", negatives=("what's the deal",))
    with ModelServer({"open?": "1"}).running() as server:
        asked = engine_for(server, style=style).ask("open?", TABLE)
    (request,) = server.questions

    assert asked.decision.prompt == shown(Prompts(style).of_table(RequestMode.SCHEMA, TABLE).prompt("open?"))
    assert request.body["messages"][0]["content"] in asked.decision.prompt
    assert '{\\"id\\": \\"1\\"}' in asked.decision.raw
    assert (asked.mode, asked.usage.sent, asked.usage.cached) == (RequestMode.SCHEMA, 1200, 1024)


def test_the_candidates_are_the_entries_whose_probability_was_told(engine_for: EngineFor) -> None:
    with ModelServer({"open?": "1"}, modes=[RequestMode.DECISIONS], sure=0.7).running() as server:
        found = engine_for(server).ask("open?", TABLE).decision

    assert found.candidates[0] == Candidate(entry_id=1, phrasing="What are your hours?", score=0.7, confidence=0.7)
    assert [(c.entry_id, round(c.confidence, 2)) for c in found.candidates[1:]] == [(2, 0.1), (17, 0.1)]


def test_where_no_probability_is_told_there_is_no_candidate_and_the_answer_is_given(engine_for: EngineFor) -> None:
    careful = replace(TABLE, policy=Policy(strictness=0.5))
    with ModelServer({"open?": "1"}, refuses=["logprobs"]).running() as server:
        found = engine_for(server).ask("open?", careful).decision

    assert (found.entry_id, found.candidates, found.threshold) == (1, (), 0.5)


@pytest.mark.parametrize(("strictness", "given"), [(0.0, 1), (0.5, 1), (0.7, None), (-0.5, 1)])
def test_an_unsure_choice_goes_to_a_person_when_the_org_is_strict(
    strictness: float, given: int | None, engine_for: EngineFor
) -> None:
    table = replace(TABLE, policy=Policy(strictness=strictness))
    with ModelServer({"open?": "1"}, sure=0.6).running() as server:
        found = engine_for(server).ask("open?", table).decision

    assert (found.entry_id, found.candidates[0].entry_id, found.threshold) == (given, 1, max(0.0, strictness))


def test_a_table_without_entries_asks_no_server(engine_for: EngineFor) -> None:
    with ModelServer().running() as server:
        asked = engine_for(server).ask("open?", replace(TABLE, entries=()))

    assert (asked.decision.entry_id, asked.mode, server.requests) == (None, None, [])


def test_how_to_ask_is_found_out_once_for_all_engines_of_a_server(engine_for: EngineFor) -> None:
    with ModelServer({"open?": "1"}, latency=0.01).running() as server:
        first, second = engine_for(server), engine_for(server)
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            found = list(pool.map(lambda _: first.ask("open?", TABLE).decision.entry_id, range(32)))
        second.ask("open?", TABLE)

    assert found == [1] * 32
    assert [mode_of(request) for request in server.requests if is_probe(request)] == [
        RequestMode.DECISIONS,
        RequestMode.SCHEMA,
    ]


def test_another_model_of_the_server_is_found_out_anew(engine_for: EngineFor) -> None:
    with ModelServer().running() as server:
        for model in ("small", "large"):
            engine_for(server, model=model).ask("open?", TABLE)

    assert sum(map(is_probe, server.requests)) == 4


def test_a_forced_way_is_taken_without_a_probe(engine_for: EngineFor) -> None:
    with ModelServer({"open?": "1"}, modes=list(RequestMode)).running() as server:
        asked = engine_for(server, mode=RequestMode.CHOICE).ask("open?", TABLE)

    assert (asked.mode, len(server.requests)) == (RequestMode.CHOICE, 1)


def test_a_forced_mode_that_the_server_does_not_know_says_so(engine_for: EngineFor) -> None:
    with ModelServer().running() as server:
        asking = engine_for(server, mode=RequestMode.DECISIONS, model="small")
        with pytest.raises(EngineUnavailable) as one:
            asking.ask("open?", TABLE)
        with pytest.raises(EngineUnavailable) as many:
            list(asking.ask_all([(1, "open?")], TABLE, stop=threading.Event()))

    host = server.base_url.split("/")[2]
    assert str(one.value) == str(many.value)
    assert str(one.value) == (
        f"The server at {host} does not know the way “As a choice between the answers”. "
        "Choose another one under “How the model is asked”. It says: “No.”"
    )


def test_where_a_server_does_not_list_its_models_the_address_may_be_wrong_too(engine_for: EngineFor) -> None:
    with ModelServer(anything=lambda _request: (404, b"Not Found")).running() as server:
        with pytest.raises(EngineUnavailable, match=r"does not know the way .*, or has no such address"):
            engine_for(server, mode=RequestMode.DECISIONS).ask("open?", TABLE)
        with pytest.raises(EngineUnavailable, match="knows no model m, or has no such address"):
            engine_for(server).ask("open?", TABLE)


@pytest.mark.parametrize("mode", [RequestMode.DECISIONS, RequestMode.SCHEMA, None])
def test_a_model_that_the_server_does_not_list_is_named_with_those_that_it_does(
    mode: RequestMode | None, engine_for: EngineFor
) -> None:
    nothing = lambda request: None if request.path.endswith("/models") else (404, b"{}")  # noqa: E731
    with (
        ModelServer(anything=nothing).running() as server,
        pytest.raises(EngineUnavailable, match=r"knows no model tiny\. It lists large, small\. Choose one of these\."),
    ):
        engine_for(server, mode=mode, model="tiny").ask("open?", TABLE)


def test_a_table_too_large_for_the_best_way_is_asked_in_the_next(engine_for: EngineFor) -> None:
    rows = tuple(Entry(id=i, question=f"q{i}", answer=f"a{i}") for i in range(1, 301))
    large = replace(TABLE, entries=rows, revision=4)
    with ModelServer({"q": "300"}, modes=list(RequestMode)).running() as server:
        engine = engine_for(server)
        asked = [engine.ask("q", table) for table in (TABLE, large)]

    assert [(one.mode, one.decision.entry_id) for one in asked] == [
        (RequestMode.DECISIONS, None),
        (RequestMode.SCHEMA, 300),
    ]


def test_a_table_too_large_for_a_forced_way_says_so(engine_for: EngineFor) -> None:
    rows = tuple(Entry(id=i, question=f"q{i}", answer=f"a{i}") for i in range(1, 301))
    with ModelServer().running() as server, pytest.raises(EngineUnavailable, match=r"254 entries at once.* has 300"):
        engine_for(server, mode=RequestMode.DECISIONS).ask("q", replace(TABLE, entries=rows))


def test_a_way_that_is_gone_is_found_out_anew_with_the_next_question(engine_for: EngineFor) -> None:
    with ModelServer({"open?": "1"}, modes=[RequestMode.DECISIONS, RequestMode.SCHEMA]).running() as server:
        engine = engine_for(server)
        before = engine.ask("open?", TABLE).mode
        server.modes = {RequestMode.SCHEMA}
        with pytest.raises(ServerRefused):
            engine.ask("open?", TABLE)
        after = engine.ask("open?", TABLE).mode

    assert (before, after) == (RequestMode.DECISIONS, RequestMode.SCHEMA)


@pytest.mark.parametrize(
    "fault", [Fault.BUSY, Fault.BUSY_FOR_A_WHILE, Fault.ERROR, Fault.RESET, Fault.CUT_JSON, Fault.HANG]
)
def test_a_person_gets_a_second_try(fault: Fault, engine_for: EngineFor) -> None:
    with ModelServer({"open?": "1"}, fault=questions_fail(fault, first=1)).running() as server:
        found = engine_for(server, try_seconds=2.0).ask("open?", TABLE).decision

    assert (found.entry_id, len(server.questions)) == (1, 2)


@pytest.mark.parametrize("fault", [Fault.BUSY, Fault.OVERLOADED, Fault.WEB_PAGE])
def test_there_is_no_third_try(fault: Fault, engine_for: EngineFor) -> None:
    with ModelServer(fault=questions_fail(fault)).running() as server, pytest.raises(EngineFailed):
        engine_for(server).ask("open?", TABLE)

    assert len(server.questions) == 2


@pytest.mark.parametrize("fault", [Fault.QUOTA, Fault.KEY, Fault.OWN_TEXT, Fault.TOO_LONG, Fault.BUSY_FOR_AN_HOUR])
def test_what_another_try_cannot_mend_is_tried_once(fault: Fault, engine_for: EngineFor) -> None:
    with ModelServer(fault=questions_fail(fault)).running() as server, pytest.raises((EngineFailed, EngineUnavailable)):
        engine_for(server).ask("open?", TABLE)

    assert len(server.questions) == 1


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.DRIP])
def test_nobody_waits_longer_than_the_patience(fault: Fault, engine_for: EngineFor) -> None:
    with (
        ModelServer(fault=lambda _request, _number: fault).running() as server,
        pytest.raises(ServerStumbles, match="in time"),
    ):
        engine_for(server, patience=0.2).ask("open?", TABLE)


def test_preparing_finds_out_how_to_ask_and_bears_a_busy_server(engine_for: EngineFor) -> None:
    with ModelServer({"open?": "1"}, fault=lambda _, number: Fault.BUSY if number == 1 else None).running() as server:
        engine = engine_for(server)
        engine.prepare(TABLE)
        engine.prepare(TABLE)
        engine.ask("open?", TABLE)

    assert len(server.requests) == 1 + 2 + 1


def test_preparing_says_when_the_server_refuses(engine_for: EngineFor) -> None:
    with ModelServer(key="another").running() as server, pytest.raises(EngineUnavailable, match="refused the key"):
        engine_for(server).prepare(TABLE)


def test_the_name_and_version_say_what_decides(engine_for: EngineFor) -> None:
    server = ModelServer()
    server.base_url = "http://models.example:8000/v1/"
    engine: Engine = engine_for(server, model="small")
    others = [
        engine_for(server, model="large"),
        engine_for(server, model="small", mode=RequestMode.CHOICE),
        engine_for(server, model="small", style=PromptStyle(company="N")),
        engine_for(server, model="small", min_confidence=0.5),
    ]

    assert engine.name == "small (models.example:8000)"
    assert engine.version.startswith("small at http://models.example:8000/v1, best way, prompts ")
    assert engine.version == engine_for(server, model="small").version
    assert len({engine.version, *(other.version for other in others)}) == 5


def batch_of(engine: LanguageEngine, rows: int) -> dict[int, EngineReply | EngineFailed]:
    return dict(engine.ask_all(((row, f"row {row}") for row in range(rows)), TABLE, stop=threading.Event()))


def test_a_batch_loses_no_row_to_a_server_that_stumbles(engine_for: EngineFor) -> None:
    def behave(_request: Request, number: int) -> Fault | None:
        return {0: Fault.ERROR, 7: Fault.BUSY, 14: Fault.RESET, 21: Fault.CUT_JSON}.get(number % 28)

    with ModelServer({f"row {row}": "17" for row in range(60)}, fault=behave).running() as server:
        replies = batch_of(engine_for(server, calls_in_flight=10), 60)

    assert {row: reply.decision.entry_id for row, reply in replies.items()} == dict.fromkeys(range(60), 17)


def test_a_row_that_fails_is_a_value_among_the_others(engine_for: EngineFor) -> None:
    with ModelServer(
        {"row 0": "17"}, fault=lambda r, _: "cheese" if r.body and r.asked == "row 1" else None
    ).running() as server:
        replies = batch_of(engine_for(server, mode=RequestMode.SCHEMA), 3)

    assert isinstance(replies[1], BadReply)
    assert replies[1].usage.sent == 1200
    assert [replies[row].decision.entry_id for row in (0, 2)] == [17, None]


def test_a_batch_stops_when_the_money_is_gone(engine_for: EngineFor) -> None:
    with (
        ModelServer(fault=questions_fail(Fault.QUOTA)).running() as server,
        pytest.raises(EngineUnavailable, match="no money"),
    ):
        batch_of(engine_for(server), 500)

    assert len(server.questions) <= 10


def test_a_batch_that_is_stopped_ends_what_is_under_way_and_begins_nothing_new(engine_for: EngineFor) -> None:
    stop = threading.Event()
    ended = []
    with ModelServer(latency=0.05).running() as server:
        engine = engine_for(server, calls_in_flight=4, mode=RequestMode.SCHEMA)
        for row, reply in engine.ask_all(((row, f"row {row}") for row in range(500)), TABLE, stop=stop):
            ended.append((row, reply))
            stop.set()
        asked = len(server.questions)

    assert all(isinstance(reply, EngineReply) for _, reply in ended)
    assert len(ended) == asked < 50


def test_leaving_a_batch_cancels_its_calls(engine_for: EngineFor) -> None:
    with ModelServer(fault=lambda _request, number: Fault.HANG if number > 1 else None).running() as server:
        engine = engine_for(server, calls_in_flight=4, mode=RequestMode.SCHEMA)
        batch = engine.ask_all(((row, f"row {row}") for row in range(500)), TABLE, stop=threading.Event())
        next(batch)
        began = time.monotonic()
        batch.close()

        assert time.monotonic() - began < 5
        assert len(server.questions) <= 10


EVERY_FAULT = [fault for fault in Fault if fault not in (Fault.HANG, Fault.DRIP, Fault.HUGE)]


def test_the_key_is_in_no_log_no_error_and_no_reply(
    memory: ServerMemory, background: Background, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    written: list[str] = []
    faults = [None, *EVERY_FAULT, f'{{"id": "1", "note": "{KEY}"}}', KEY]
    now: list[Fault | str | None] = []
    with ModelServer({"open?": "1"}, fault=lambda _request, _number: now[-1], key=KEY).running() as server:
        settings = ServerSettings(base_url=server.base_url, api_key=ServerKey(KEY), model="m")
        engine = LanguageEngine(settings, shared=Shared(memory=memory, background=background), mode=RequestMode.SCHEMA)
        for fault in faults:
            now.append(fault)
            try:
                written.append(repr(engine.ask("open?", TABLE)))
            except (EngineFailed, EngineUnavailable) as error:
                written += [*traceback.format_exception(error), repr(error), repr(vars(error))]
                chained = [error.__cause__, error.__context__]
                assert chained == [None, None]
        written += [repr(engine), engine.name, engine.version]
        engine.close()

    assert all(KEY in request.headers["authorization"] for request in server.requests)
    assert [text for text in (*written, caplog.text) if KEY in text] == []
    assert any(record.name.startswith("openai") for record in caplog.records)


def test_a_bad_reply_of_a_persons_question_keeps_what_it_took(engine_for: EngineFor) -> None:
    with ModelServer(fault=questions_fail(Fault.OWN_TEXT)).running() as server, pytest.raises(BadReply) as bad:
        engine_for(server).ask("open?", TABLE)

    assert (bad.value.usage.sent, bad.value.usage.received) == (1200, 7)

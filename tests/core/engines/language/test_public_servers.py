"""Replies of public servers as they were reported, through the real client and the engine."""

import json
import threading
from collections.abc import Callable

import pytest

from core.answering import Answered, Failed, answer
from core.background import Background
from core.engines.language.failures import CallRefused, ServerRefused
from core.engines.language.replies import BadReply, Fault
from core.engines.language.server import ServerKey, ServerSettings
from core.engines.language.server_memory import Finding, RequestMode, ServerMemory
from core.engines.language.tester import ServerTester
from core.engines.limiter import ServerBusy
from core.errors import EngineFailed
from tests import public_replies
from tests.core.engines.language.conftest import KEY, TABLE, EngineFor
from tests.model_server import ModelServer, Request, is_probe, names

Said = bytes | tuple[int, bytes]
ANSWER = json.dumps({"choices": [{"message": {"content": '{"id": "17"}'}, "finish_reason": "stop"}]}).encode()
NO_ROUTE = (404, b"404 page not found")


def refusing(parameter: str, refusal: Said, answers: Said = ANSWER) -> Callable[[Request], Said]:
    """A chat server that knows schemas, and refuses each request with this parameter."""

    def anything(request: Request) -> Said:
        if "response_format" not in request.body:
            return NO_ROUTE
        return refusal if parameter in names(request.body) else answers

    return anything


def always(said: Said) -> Callable[[Request], Said]:
    """A chat server that says the same to every chat."""
    return lambda request: said if request.path == "/v1/chat/completions" else NO_ROUTE


def settings(server: ModelServer) -> ServerSettings:
    return ServerSettings(base_url=server.base_url, api_key=ServerKey(KEY), model="nosuch")


@pytest.mark.parametrize(
    ("refusal", "parameter"),
    [
        (public_replies.CLAUDE, "temperature"),
        (public_replies.GEMINI, "logprobs"),
        (public_replies.VERTEX, "logprobs"),
        (public_replies.MISTRAL, "max_completion_tokens"),
    ],
)
def test_a_parameter_that_is_refused_in_any_words_is_left_out_once_and_for_all(
    refusal: Said, parameter: str, engine_for: EngineFor, memory: ServerMemory
) -> None:
    server = ModelServer(anything=refusing(parameter, refusal))
    with server.running():
        engine = engine_for(server, mode=RequestMode.SCHEMA)
        replies = [answer(engine, TABLE, question) for question in ("open?", "and now?")]

    assert [reply.outcome for reply in replies] == [Answered(entry=TABLE.by_id[17])] * 2
    assert memory.refused((server.base_url, "m")) == {parameter}
    assert [parameter in names(request.body) for request in server.requests] == [True, False, False]
    assert "temperature" in server.requests[-1].body or parameter == "temperature"  # all else is still sent


UNHEARD_OF = [
    b'{"error": {"message": "Bad request"}}',
    b'{"error": "unknown arguments"}',
    b"You cannot do that.",
    b"",
]


@pytest.mark.parametrize("words", UNHEARD_OF)
def test_after_a_refusal_that_names_nothing_one_try_is_made_with_what_is_needed(
    words: bytes, engine_for: EngineFor, memory: ServerMemory
) -> None:
    server = ModelServer(anything=refusing("logprobs", (400, words)))
    with server.running():
        engine = engine_for(server, mode=RequestMode.SCHEMA)
        replies = [answer(engine, TABLE, question) for question in ("open?", "and now?")]

    assert [reply.outcome for reply in replies] == [Answered(entry=TABLE.by_id[17])] * 2
    assert len(server.requests) == 3
    assert set(server.requests[1].body) == {"model", "messages", "response_format"}
    assert set(server.requests[2].body) == {"model", "messages", "response_format"}


def test_the_one_try_keeps_what_holds_the_model_to_the_ids(engine_for: EngineFor) -> None:
    refusal, answers = (422, b"No."), ANSWER.replace(b'{\\"id\\": \\"17\\"}', b"17")
    server = ModelServer(anything=lambda request: refusal if "temperature" in request.body else answers)
    with server.running():
        reply = answer(engine_for(server, mode=RequestMode.CHOICE), TABLE, "open?")

    assert reply.outcome == Answered(entry=TABLE.by_id[17])
    assert set(server.requests[-1].body) == {"model", "messages", "structured_outputs", "grammar"}


def test_a_request_that_is_refused_without_them_too_is_not_tried_twice_each_time(
    engine_for: EngineFor, memory: ServerMemory
) -> None:
    server = ModelServer(anything=lambda _request: (400, b'{"error": {"message": "The answer is no."}}'))
    with server.running():
        engine = engine_for(server, mode=RequestMode.SCHEMA)
        failures = []
        for question in ("open?", "and now?"):
            with pytest.raises(CallRefused) as failed:
                engine.ask(question, TABLE)
            failures.append(str(failed.value))

    assert failures == ["The model server refused this request (HTTP 400). It says: “The answer is no.”"] * 2
    assert len(server.requests) == 3
    assert memory.refused((server.base_url, "m")) == frozenset()


@pytest.mark.parametrize(
    "refusal",
    [
        b'{"error": {"message": "no", "param": "response_format"}}',
        b'{"error": {"message": "filtered", "param": "prompt", "code": "content_filter"}}',
        b'{"error": {"message": "This model\'s maximum context length is 4096 tokens."}}',
    ],
)
def test_what_is_not_for_a_parameter_is_not_tried_without_any(refusal: bytes, engine_for: EngineFor) -> None:
    server = ModelServer(anything=lambda _request: (400, refusal))
    with server.running(), pytest.raises(CallRefused):
        engine_for(server, mode=RequestMode.SCHEMA).ask("open?", TABLE)

    assert len(server.requests) == 1


def test_an_error_inside_of_a_success_is_waited_for_and_asked_again(engine_for: EngineFor) -> None:
    server = ModelServer(anything=lambda _request: public_replies.OPENROUTER if len(server.requests) == 1 else ANSWER)
    with server.running():
        assert engine_for(server, mode=RequestMode.SCHEMA).ask("open?", TABLE).decision.entry_id == 17

    assert len(server.requests) == 2


def test_in_a_batch_an_error_inside_of_a_success_costs_no_row(engine_for: EngineFor) -> None:
    server = ModelServer(anything=lambda _request: public_replies.OPENROUTER if len(server.requests) < 4 else ANSWER)
    with server.running():
        asked = engine_for(server, mode=RequestMode.SCHEMA).ask_all(
            [(number, f"open {number}?") for number in range(5)], TABLE, stop=threading.Event()
        )
        ended = dict(asked)

    assert len(ended) == 5
    assert not any(isinstance(one, EngineFailed) for one in ended.values())


def test_in_a_test_of_the_connection_such_an_error_is_said_in_the_servers_words(
    memory: ServerMemory, background: Background
) -> None:
    with (
        ModelServer(anything=always(public_replies.OPENROUTER)).running() as server,
        pytest.raises(ServerBusy, match="Provider returned error rate-limited upstream"),
    ):
        ServerTester(background, memory, None).test(settings(server))


def test_a_test_of_the_connection_says_what_ask_says_of_an_unknown_model(
    memory: ServerMemory, background: Background, engine_for: EngineFor
) -> None:
    with ModelServer(anything=always(public_replies.OLLAMA)).running() as server:
        with pytest.raises(ServerRefused) as tested:
            ServerTester(background, memory, None).test(settings(server))
        with pytest.raises(ServerRefused) as asked:
            engine_for(server, model="nosuch").ask("open?", TABLE)

    assert str(tested.value) == str(asked.value)
    assert "knows no model nosuch, or has no such address" in str(asked.value)
    assert 'It says: “model "nosuch" not found, try pulling it first”' in str(asked.value)


@pytest.mark.parametrize("said", [public_replies.THINK, public_replies.PARTS])
def test_thoughts_before_the_answer_and_an_answer_in_parts_are_read(said: Said, engine_for: EngineFor) -> None:
    with ModelServer(anything=always(said)).running() as server:
        assert answer(engine_for(server, mode=RequestMode.SCHEMA), TABLE, "open?").outcome == Answered(
            entry=TABLE.by_id[17]
        )


@pytest.mark.parametrize("said", [public_replies.THINK, public_replies.PARTS])
def test_what_is_read_so_must_be_an_offered_answer_all_the_same(said: tuple[int, bytes], engine_for: EngineFor) -> None:
    foreign = said[1].replace(b"17", b"99")
    with ModelServer(anything=always(foreign)).running() as server:
        outcome = answer(engine_for(server, mode=RequestMode.SCHEMA), TABLE, "open?").outcome

    assert outcome == Failed(reason=Fault.NOT_OFFERED.value)


def test_a_server_whose_replies_cannot_be_read_is_not_called_usable(
    memory: ServerMemory, background: Background
) -> None:
    prose = ANSWER.replace(b'{\\"id\\": \\"17\\"}', b"I think it is the first one.")
    with ModelServer(anything=always(prose)).running() as server:
        found = ServerTester(background, memory, None).test(settings(server))

    assert (found.mode, found.findings[RequestMode.SCHEMA]) == (RequestMode.SCHEMA, Finding.UNREADABLE)
    assert found.reasons[RequestMode.SCHEMA] == Fault.OWN_TEXT.value


def test_a_way_that_can_be_read_goes_before_one_that_cannot(engine_for: EngineFor) -> None:
    """The schema is passed over by this server, and its model answers in prose; a plain chat it answers with the id."""

    def anything(request: Request) -> Said | None:
        if "response_format" not in request.body:
            return None
        return ANSWER.replace(b'{\\"id\\": \\"17\\"}', b"Gladly!")

    server = ModelServer({"open?": "17"}, modes=[RequestMode.CHOICE], held=[], anything=anything)
    with server.running():
        asked = engine_for(server).ask("open?", TABLE)

    assert (asked.mode, asked.decision.entry_id) == (RequestMode.CHOICE, 17)


def test_the_key_is_hidden_in_what_the_server_says(engine_for: EngineFor) -> None:
    said = f"Not with {KEY}! Nor with Authorization: Bearer sk-other-1234567890".encode()
    with (
        ModelServer(anything=lambda _request: (401, said)).running() as server,
        pytest.raises(ServerRefused, match="It says: “Not with •••!") as refused,
    ):
        engine_for(server, mode=RequestMode.SCHEMA).ask("open?", TABLE)

    assert KEY not in str(refused.value)
    assert "sk-other-1234567890" not in str(refused.value)


def test_a_model_that_is_cut_off_while_it_thinks_is_named(engine_for: EngineFor) -> None:
    said = json.dumps({"choices": [{"message": {"content": "<think>Well, the"}, "finish_reason": "stop"}]}).encode()
    with (
        ModelServer(anything=always(said)).running() as server,
        pytest.raises(BadReply, match="thoughts, and no answer"),
    ):
        engine_for(server, mode=RequestMode.SCHEMA).ask("open?", TABLE)


def test_probes_are_told_from_questions() -> None:
    with ModelServer({"open?": "17"}).running() as server:
        ServerTester(background := Background(), ServerMemory(), None).test(settings(server))
        background.close()

    assert all(is_probe(request) for request in server.requests if request.body)

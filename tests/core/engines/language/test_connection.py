import asyncio
from typing import Any

import pytest

from core.engines.language.connection import Connection
from core.engines.language.failures import CallRefused, ReplyTooLarge, ServerRefused, ServerStumbled
from core.engines.language.replies import BadReply, BrokenReply, Fault
from core.engines.language.request_modes import BREAKPOINT, CACHE_KEY
from core.engines.language.server import ServerKey, ServerSettings
from core.engines.language.server_memory import RequestMode, ServerMemory
from core.engines.language.style import Prompts, PromptStyle
from core.engines.limiter import ServerBusy, ServerStumbles
from core.engines.reply_cache import ModelReply
from core.errors import EngineFailed, EngineUnavailable
from core.usage import Usage
from tests.core.engines.language.conftest import KEY, TABLE
from tests.model_server import Fault as Wrong
from tests.model_server import ModelServer, names


def ask(
    server: ModelServer,
    memory: ServerMemory,
    mode: RequestMode = RequestMode.SCHEMA,
    *,
    times: int = 1,
    **settings: Any,
) -> ModelReply:
    """One question to a server that runs for as long as it takes; the last reply of ``times``."""
    timeout = settings.pop("timeout", 20.0)
    api_key = ServerKey(settings.pop("api_key", KEY))

    async def asks() -> ModelReply:
        async with server.serving():
            server_settings = ServerSettings(base_url=server.base_url, api_key=api_key, model="m", **settings)
            connection = Connection(server_settings, memory, timeout)
            try:
                for _ in range(times):
                    reply = await connection.exchange(
                        mode, Prompts(PromptStyle()).of_table(mode, TABLE).prompt("open?"), "the-key"
                    )
                return reply
            finally:
                await connection.close()

    return asyncio.run(asks())


@pytest.mark.parametrize("mode", list(RequestMode))
def test_a_server_is_asked_in_each_way_by_the_real_client(mode: RequestMode, memory: ServerMemory) -> None:
    server = ModelServer({"open?": "In Leeds" if mode is RequestMode.COMPLETION else "17"}, modes=[mode], key=KEY)

    reply = ask(server, memory, mode)

    assert reply.entry_id == 17
    assert reply.usage.sent in (900, 1200)
    assert "usage" in reply.raw


def test_tokens_and_probabilities_come_with_the_choice(memory: ServerMemory) -> None:
    reply = ask(ModelServer({"open?": "17"}, sure=0.75), memory)

    assert reply.probabilities == pytest.approx({17: 0.75, 2: 0.25})
    assert reply.usage == Usage(sent=1200, received=7, cached=1024)


def test_each_refused_parameter_costs_one_request_and_is_never_sent_again(memory: ServerMemory) -> None:
    server = ModelServer({"open?": "17"}, refuses=["temperature", "logprobs"])

    reply = ask(server, memory, times=3)

    assert (reply.entry_id, reply.probabilities) == (17, {})
    assert len(server.requests) == 2 + 3
    assert memory.refused((server.base_url, "m")) == {"temperature", "logprobs"}
    assert all(not {"temperature", "logprobs", "top_logprobs"} & set(request.body) for request in server.requests[2:])


def test_a_parameter_that_the_way_needs_is_never_left_out(memory: ServerMemory) -> None:
    with pytest.raises(CallRefused):
        ask(ModelServer(refuses=["response_format"]), memory)

    assert memory.refused(("any", "m")) == frozenset()


def test_a_server_that_refuses_vllms_and_llama_cpps_words_is_asked_in_a_plain_chat(memory: ServerMemory) -> None:
    server = ModelServer({"open?": "17"}, modes=[RequestMode.CHOICE], refuses=["structured_outputs", "grammar"])

    assert ask(server, memory, RequestMode.CHOICE).entry_id == 17
    assert not {"structured_outputs", "grammar"} & set(server.requests[-1].body)


def test_cache_hints_are_sent_where_wanted_and_dropped_where_refused(memory: ServerMemory) -> None:
    knows, refuses = ModelServer({"open?": "17"}), ModelServer({"open?": "17"}, refuses=[CACHE_KEY, BREAKPOINT])

    ask(knows, memory, cache_hints=True)
    reply = ask(refuses, memory, cache_hints=True)

    assert knows.requests[0].body[CACHE_KEY] == "the-key"
    assert BREAKPOINT in names(knows.requests[0].body)
    assert reply.entry_id == 17
    assert not {CACHE_KEY, BREAKPOINT} & names(refuses.requests[-1].body)


@pytest.mark.parametrize(
    ("wrong", "kind", "words"),
    [
        (Wrong.BUSY, ServerBusy, "too busy"),
        (Wrong.QUOTA, ServerRefused, "no money"),
        (Wrong.KEY, ServerRefused, "refused the key"),
        (Wrong.FORBIDDEN, ServerRefused, "may not use"),
        (Wrong.NO_MODEL, ServerRefused, "knows no model"),
        (Wrong.NO_MONEY, ServerRefused, "no money"),
        (Wrong.REDIRECT, ServerRefused, "another address"),
        (Wrong.BAD_REQUEST, CallRefused, "HTTP 400"),
        (Wrong.TOO_LONG, CallRefused, "too long"),
        (Wrong.ERROR, ServerStumbled, "HTTP 500"),
        (Wrong.OVERLOADED, ServerStumbled, "HTTP 503"),
        (Wrong.RESET, ServerStumbles, "broke the connection"),
        (Wrong.HALF_A_BODY, ServerStumbles, "broke the connection"),
        (Wrong.HUGE, ReplyTooLarge, "far more"),
        (Wrong.CUT_JSON, BrokenReply, Fault.CUT_OFF),
        (Wrong.EMPTY_BODY, BrokenReply, Fault.EMPTY_BODY),
        (Wrong.WEB_PAGE, BrokenReply, Fault.WEB_PAGE),
        (Wrong.NO_JSON, BadReply, Fault.NO_REPLY),
        (Wrong.NO_CHOICES, BadReply, Fault.NO_ANSWER),
        (Wrong.TWO_CHOICES, BadReply, Fault.MORE_ANSWERS),
        (Wrong.REFUSAL, BadReply, Fault.REFUSED),
        (Wrong.FILTERED, BadReply, Fault.FILTERED),
        (Wrong.TOO_SHORT, BadReply, Fault.TOO_SHORT),
        (Wrong.EMPTY, BadReply, Fault.EMPTY),
        (Wrong.OWN_TEXT, BadReply, Fault.OWN_TEXT),
        (Wrong.TWO_IDS, BadReply, Fault.SEVERAL),
        (Wrong.FOREIGN_ID, BadReply, Fault.NOT_OFFERED),
        (Wrong.FULL_WIDTH, BadReply, Fault.OTHER_DIGITS),
    ],
)
@pytest.mark.parametrize("well_before", [0, 1])
def test_each_failure_comes_out_as_its_kind_in_its_own_words(
    wrong: Wrong, kind: type, words: str, well_before: int, memory: ServerMemory
) -> None:
    server = ModelServer({"open?": "17"}, fault=lambda _request, number: wrong if number > well_before else None)

    with pytest.raises((EngineFailed, EngineUnavailable)) as failed:
        ask(server, memory, times=5)

    assert type(failed.value) is kind
    assert words in str(failed.value)
    unsettled = wrong is Wrong.BAD_REQUEST and not well_before  # it may be for a parameter: one more try without any
    assert len(server.requests) == well_before + 1 + unsettled


@pytest.mark.parametrize("well_before", [0, 1])
def test_a_server_that_hangs_is_left(well_before: int, memory: ServerMemory) -> None:
    server = ModelServer(fault=lambda _request, number: Wrong.HANG if number > well_before else None)

    with pytest.raises(ServerStumbles, match="in time"):
        ask(server, memory, timeout=0.5, times=5)


def test_a_server_that_is_not_there_is_named(memory: ServerMemory) -> None:
    async def asks() -> None:
        settings = ServerSettings(base_url="http://127.0.0.1:9/v1", api_key=ServerKey(KEY), model="m")
        connection = Connection(settings, memory, 5.0)
        try:
            await connection.exchange(
                RequestMode.SCHEMA, Prompts(PromptStyle()).of_table(RequestMode.SCHEMA, TABLE).prompt("open?"), "k"
            )
        finally:
            await connection.close()

    with pytest.raises(ServerStumbles, match=r"127\.0\.0\.1:9 could not be reached"):
        asyncio.run(asks())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_server_on_this_computer_is_asked_past_the_proxies_of_the_environment(
    host: str, memory: ServerMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        for spelt in (name, name.lower()):
            monkeypatch.setenv(spelt, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)

    async def asks() -> ModelReply:
        async with ModelServer({"open?": "17"}).serving() as server:
            url = server.base_url.replace("127.0.0.1", host)
            settings = ServerSettings(base_url=url, api_key=ServerKey(KEY), model="m")
            connection = Connection(settings, memory, 5.0)
            try:
                prompt = Prompts(PromptStyle()).of_table(RequestMode.SCHEMA, TABLE).prompt("open?")
                return await connection.exchange(RequestMode.SCHEMA, prompt, None)
            finally:
                await connection.close()

    assert asyncio.run(asks()).entry_id == 17


def test_an_address_with_a_query_is_asked_with_it_each_time_and_with_azures_header(memory: ServerMemory) -> None:
    answers = b'{"choices": [{"message": {"content": "{\\"id\\": \\"17\\"}"}, "finish_reason": "stop"}]}'

    async def asks(server: ModelServer) -> None:
        async with server.serving():
            url = server.base_url.replace("/v1", "/openai/deployments/bot?api-version=2024-10-21")
            connection = Connection(ServerSettings(base_url=url, api_key=ServerKey(KEY), model="m"), memory, 5.0)
            prompt = Prompts(PromptStyle()).of_table(RequestMode.SCHEMA, TABLE).prompt("open?")
            try:
                for _ in range(2):
                    assert (await connection.exchange(RequestMode.SCHEMA, prompt, None)).entry_id == 17
                await connection.models()
            finally:
                await connection.close()

    server = ModelServer(anything=lambda _request: answers)
    asyncio.run(asks(server))

    query = "?api-version=2024-10-21"
    chat = f"/openai/deployments/bot/chat/completions{query}"
    assert [request.path for request in server.requests] == [chat, chat, f"/openai/deployments/bot/models{query}"]
    assert {request.headers["api-key"] for request in server.requests} == {KEY}


def test_other_servers_get_the_key_in_one_header_alone(memory: ServerMemory) -> None:
    server = ModelServer({"open?": "17"})
    ask(server, memory)

    assert [name for name, value in server.requests[0].headers.items() if KEY in value] == ["authorization"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:9/v1", "nothing answers there. Is it running?"),
        ("http://no-such-host.invalid/v1", "No server is known under the name no-such-host.invalid"),
    ],
)
def test_why_a_server_cannot_be_reached_is_said(url: str, words: str, memory: ServerMemory) -> None:
    async def asks() -> None:
        connection = Connection(ServerSettings(base_url=url, api_key=ServerKey(KEY), model="m"), memory, 5.0)
        try:
            await connection.models()
        finally:
            await connection.close()

    with pytest.raises(ServerStumbles) as failed:
        asyncio.run(asks())
    assert words in str(failed.value)


def test_a_bad_reply_brings_what_was_sent_and_what_it_took(memory: ServerMemory) -> None:
    with pytest.raises(BadReply) as bad:
        ask(ModelServer(fault=lambda _request, _number: Wrong.OWN_TEXT), memory)

    assert "We are open all night" in bad.value.raw
    assert "We are open all night" not in str(bad.value)
    assert bad.value.usage.sent == 1200


def test_the_clients_environment_reaches_no_server(memory: ServerMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "ambient-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    server = ModelServer({"open?": "17"})

    ask(server, memory, api_key="")

    assert server.requests[0].headers["authorization"] == "Bearer none"
    assert "ambient-secret" not in str(server.requests[0].headers)

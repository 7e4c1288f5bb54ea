import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from core.engines.language.connection import Connection
from core.engines.language.failures import ServerRefused
from core.engines.language.probe import ProbeReport, choose_mode, known_mode, report
from core.engines.language.replies import BadReply
from core.engines.language.server import ServerKey, ServerSettings
from core.engines.language.server_memory import Finding, RequestMode, ServerMemory
from core.engines.limiter import ServerBusy, ServerStumbles
from core.errors import EngineFailed
from tests.core.engines.language.conftest import KEY
from tests.model_server import Fault as Wrong
from tests.model_server import ModelServer, mode_of

T = TypeVar("T")
PLACE = ("http://a/v1", "m")


def on(server: ModelServer, memory: ServerMemory, work: Callable[[Connection], Awaitable[T]]) -> T:
    async def works() -> T:
        async with server.serving():
            settings = ServerSettings(base_url=server.base_url, api_key=ServerKey(KEY), model="m")
            connection = Connection(settings, memory, 20.0)
            try:
                return await work(connection)
            finally:
                await connection.close()

    return asyncio.run(works())


def chosen(
    server: ModelServer, memory: ServerMemory, modes: tuple[RequestMode, ...] = tuple(RequestMode)
) -> RequestMode:
    return on(server, memory, lambda connection: choose_mode(connection, modes))


@pytest.mark.parametrize(
    ("modes", "held", "mode"),
    [
        (list(RequestMode), list(RequestMode), RequestMode.DECISIONS),
        ([RequestMode.SCHEMA, RequestMode.CHOICE, RequestMode.COMPLETION], list(RequestMode), RequestMode.SCHEMA),
        ([RequestMode.CHOICE, RequestMode.COMPLETION], list(RequestMode), RequestMode.CHOICE),
        ([RequestMode.COMPLETION], [], RequestMode.COMPLETION),
        ([RequestMode.SCHEMA, RequestMode.CHOICE, RequestMode.COMPLETION], [RequestMode.CHOICE], RequestMode.CHOICE),
        ([RequestMode.SCHEMA, RequestMode.CHOICE, RequestMode.COMPLETION], [], RequestMode.SCHEMA),
        ([RequestMode.CHOICE, RequestMode.COMPLETION], [], RequestMode.CHOICE),
    ],
)
def test_the_first_way_that_holds_the_model_is_taken_else_the_first_that_is_answered(
    modes: list[RequestMode], held: list[RequestMode], mode: RequestMode, memory: ServerMemory
) -> None:
    assert chosen(ModelServer(modes=modes, held=held), memory) is mode


def test_what_was_found_is_not_asked_again(memory: ServerMemory) -> None:
    server = ModelServer(modes=[RequestMode.SCHEMA])

    async def twice(connection: Connection) -> list[RequestMode]:
        return [await choose_mode(connection, tuple(RequestMode)) for _ in range(2)]

    assert on(server, memory, twice) == [RequestMode.SCHEMA] * 2
    assert [mode_of(request) for request in server.requests] == [RequestMode.DECISIONS, RequestMode.SCHEMA]


def test_parameters_that_a_probe_had_to_drop_stay_dropped(memory: ServerMemory) -> None:
    server = ModelServer(modes=[RequestMode.SCHEMA], refuses=["temperature"])

    chosen(server, memory)

    assert memory.refused((server.base_url, "m")) == {"temperature"}


def test_only_the_ways_that_are_wanted_are_tried(memory: ServerMemory) -> None:
    server = ModelServer(modes=list(RequestMode))

    assert chosen(server, memory, (RequestMode.CHOICE, RequestMode.COMPLETION)) is RequestMode.CHOICE
    assert {mode_of(request) for request in server.requests} == {RequestMode.CHOICE}


@pytest.mark.parametrize(
    ("wrong", "kind", "words"),
    [
        (Wrong.KEY, ServerRefused, "refused the key"),
        (Wrong.QUOTA, ServerRefused, "no money"),
        (Wrong.NO_MODEL, ServerRefused, "knows no model"),
        (Wrong.FORBIDDEN, ServerRefused, "may not use"),
        (Wrong.WEB_PAGE, BadReply, "web page"),
        (Wrong.BUSY, ServerBusy, "too busy"),
        (Wrong.OVERLOADED, ServerStumbles, "HTTP 503"),
        (Wrong.CUT_JSON, BadReply, "broke off"),
        (Wrong.RESET, ServerStumbles, "broke the connection"),
    ],
)
def test_a_server_that_cannot_be_asked_says_why_and_nothing_is_remembered(
    wrong: Wrong, kind: type, words: str, memory: ServerMemory
) -> None:
    server = ModelServer(fault=lambda _request, _number: wrong)

    with pytest.raises((ServerRefused, EngineFailed), match=words) as failed:
        chosen(server, memory)

    assert isinstance(failed.value, kind)
    assert known_mode(memory, (server.base_url, "m"), list(RequestMode)) is None


def test_a_key_that_is_refused_is_not_tried_in_every_way(memory: ServerMemory) -> None:
    server = ModelServer(key="another")

    with pytest.raises(ServerRefused, match="refused the key"):
        chosen(server, memory)
    assert len(server.requests) == 1


def test_a_report_tells_all_ways_and_models(memory: ServerMemory) -> None:
    server = ModelServer(modes=[RequestMode.SCHEMA, RequestMode.CHOICE], held=[RequestMode.CHOICE])

    found = on(server, memory, report)

    host = server.base_url.split("/")[2]
    missing = f"The server at {host} does not know this way. It says: “No.”"

    assert found == ProbeReport(
        findings={
            RequestMode.DECISIONS: Finding.MISSING,
            RequestMode.SCHEMA: Finding.FREE,
            RequestMode.CHOICE: Finding.HELD,
            RequestMode.COMPLETION: Finding.MISSING,
        },
        mode=RequestMode.CHOICE,
        models=("large", "small"),
        reasons={RequestMode.DECISIONS: missing, RequestMode.COMPLETION: missing},
    )


def test_a_report_asks_anew(memory: ServerMemory) -> None:
    server = ModelServer(modes=[RequestMode.SCHEMA, RequestMode.CHOICE], held=[RequestMode.CHOICE])

    async def before_and_after(connection: Connection) -> list[RequestMode | None]:
        first = await report(connection)
        server.held = {RequestMode.SCHEMA}
        return [first.mode, (await report(connection)).mode]

    assert on(server, memory, before_and_after) == [RequestMode.CHOICE, RequestMode.SCHEMA]


def test_a_server_that_tells_no_models_can_still_be_asked(memory: ServerMemory) -> None:
    server = ModelServer(fault=lambda request, _: Wrong.ERROR if request.path == "/v1/models" else None)

    found = on(server, memory, report)

    assert (found.mode, found.models) == (RequestMode.SCHEMA, ())


def test_what_is_known_decides_without_asking() -> None:
    memory = ServerMemory()
    assert known_mode(memory, PLACE, list(RequestMode)) is None
    memory.found(PLACE, RequestMode.DECISIONS, Finding.MISSING)
    memory.found(PLACE, RequestMode.SCHEMA, Finding.FREE)
    assert known_mode(memory, PLACE, list(RequestMode)) is None
    memory.found(PLACE, RequestMode.CHOICE, Finding.MISSING)
    memory.found(PLACE, RequestMode.COMPLETION, Finding.FREE)
    assert known_mode(memory, PLACE, list(RequestMode)) is RequestMode.SCHEMA
    memory.found(PLACE, RequestMode.CHOICE, Finding.HELD)
    assert known_mode(memory, PLACE, list(RequestMode)) is RequestMode.CHOICE
    assert known_mode(memory, PLACE, [RequestMode.DECISIONS]) is None

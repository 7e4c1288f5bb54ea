import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from core.engines.language.connection import Connection
from core.engines.language.failures import ServerRefused
from core.engines.language.memory import Finding, Memory, Way
from core.engines.language.probe import Report, choose_way, known_way, report
from core.engines.language.replies import BadReply
from core.engines.language.server import Key, ServerSettings
from core.engines.limiter import Busy, Passing
from core.errors import EngineFailed
from tests.core.engines.language.conftest import KEY
from tests.model_server import Fault as Wrong
from tests.model_server import ModelServer, way_of

T = TypeVar("T")
PLACE = ("http://a/v1", "m")


def on(server: ModelServer, memory: Memory, work: Callable[[Connection], Awaitable[T]]) -> T:
    async def works() -> T:
        async with server.serving():
            settings = ServerSettings(base_url=server.base_url, api_key=Key(KEY), model="m")
            connection = Connection(settings, memory, 20.0)
            try:
                return await work(connection)
            finally:
                await connection.close()

    return asyncio.run(works())


def chosen(server: ModelServer, memory: Memory, ways: tuple[Way, ...] = tuple(Way)) -> Way:
    return on(server, memory, lambda connection: choose_way(connection, ways))


@pytest.mark.parametrize(
    ("ways", "held", "way"),
    [
        (list(Way), list(Way), Way.DECISIONS),
        ([Way.SCHEMA, Way.CHOICE, Way.COMPLETION], list(Way), Way.SCHEMA),
        ([Way.CHOICE, Way.COMPLETION], list(Way), Way.CHOICE),
        ([Way.COMPLETION], [], Way.COMPLETION),
        ([Way.SCHEMA, Way.CHOICE, Way.COMPLETION], [Way.CHOICE], Way.CHOICE),
        ([Way.SCHEMA, Way.CHOICE, Way.COMPLETION], [], Way.SCHEMA),
        ([Way.CHOICE, Way.COMPLETION], [], Way.CHOICE),
    ],
)
def test_the_first_way_that_holds_the_model_is_taken_else_the_first_that_is_answered(
    ways: list[Way], held: list[Way], way: Way, memory: Memory
) -> None:
    assert chosen(ModelServer(ways=ways, held=held), memory) is way


def test_what_was_found_is_not_asked_again(memory: Memory) -> None:
    server = ModelServer(ways=[Way.SCHEMA])

    async def twice(connection: Connection) -> list[Way]:
        return [await choose_way(connection, tuple(Way)) for _ in range(2)]

    assert on(server, memory, twice) == [Way.SCHEMA] * 2
    assert [way_of(request) for request in server.requests] == [Way.DECISIONS, Way.SCHEMA]


def test_parameters_that_a_probe_had_to_drop_stay_dropped(memory: Memory) -> None:
    server = ModelServer(ways=[Way.SCHEMA], refuses=["temperature"])

    chosen(server, memory)

    assert memory.refused((server.base_url, "m")) == {"temperature"}


def test_only_the_ways_that_are_wanted_are_tried(memory: Memory) -> None:
    server = ModelServer(ways=list(Way))

    assert chosen(server, memory, (Way.CHOICE, Way.COMPLETION)) is Way.CHOICE
    assert {way_of(request) for request in server.requests} == {Way.CHOICE}


@pytest.mark.parametrize(
    ("wrong", "kind", "words"),
    [
        (Wrong.KEY, ServerRefused, "refused the key"),
        (Wrong.QUOTA, ServerRefused, "no money"),
        (Wrong.NO_MODEL, ServerRefused, "knows no model"),
        (Wrong.FORBIDDEN, ServerRefused, "may not use"),
        (Wrong.WEB_PAGE, BadReply, "web page"),
        (Wrong.BUSY, Busy, "too busy"),
        (Wrong.OVERLOADED, Passing, "HTTP 503"),
        (Wrong.CUT_JSON, BadReply, "broke off"),
        (Wrong.RESET, Passing, "broke the connection"),
    ],
)
def test_a_server_that_cannot_be_asked_says_why_and_nothing_is_remembered(
    wrong: Wrong, kind: type, words: str, memory: Memory
) -> None:
    server = ModelServer(fault=lambda _request, _number: wrong)

    with pytest.raises((ServerRefused, EngineFailed), match=words) as failed:
        chosen(server, memory)

    assert isinstance(failed.value, kind)
    assert known_way(memory, (server.base_url, "m"), list(Way)) is None


def test_a_key_that_is_refused_is_not_tried_in_every_way(memory: Memory) -> None:
    server = ModelServer(key="another")

    with pytest.raises(ServerRefused, match="refused the key"):
        chosen(server, memory)
    assert len(server.requests) == 1


def test_a_report_tells_all_ways_and_models(memory: Memory) -> None:
    server = ModelServer(ways=[Way.SCHEMA, Way.CHOICE], held=[Way.CHOICE])

    found = on(server, memory, report)

    host = server.base_url.split("/")[2]
    missing = f"The server at {host} knows no model m, or has no such address. Check both. It says: “No.”"

    assert found == Report(
        findings={
            Way.DECISIONS: Finding.MISSING,
            Way.SCHEMA: Finding.FREE,
            Way.CHOICE: Finding.HELD,
            Way.COMPLETION: Finding.MISSING,
        },
        way=Way.CHOICE,
        models=("large", "small"),
        reasons={Way.DECISIONS: missing, Way.COMPLETION: missing},
    )


def test_a_report_asks_anew(memory: Memory) -> None:
    server = ModelServer(ways=[Way.SCHEMA, Way.CHOICE], held=[Way.CHOICE])

    async def before_and_after(connection: Connection) -> list[Way | None]:
        first = await report(connection)
        server.held = {Way.SCHEMA}
        return [first.way, (await report(connection)).way]

    assert on(server, memory, before_and_after) == [Way.CHOICE, Way.SCHEMA]


def test_a_server_that_tells_no_models_can_still_be_asked(memory: Memory) -> None:
    server = ModelServer(fault=lambda request, _: Wrong.ERROR if request.path == "/v1/models" else None)

    found = on(server, memory, report)

    assert (found.way, found.models) == (Way.SCHEMA, ())


def test_what_is_known_decides_without_asking() -> None:
    memory = Memory()
    assert known_way(memory, PLACE, list(Way)) is None
    memory.found(PLACE, Way.DECISIONS, Finding.MISSING)
    memory.found(PLACE, Way.SCHEMA, Finding.FREE)
    assert known_way(memory, PLACE, list(Way)) is None
    memory.found(PLACE, Way.CHOICE, Finding.MISSING)
    memory.found(PLACE, Way.COMPLETION, Finding.FREE)
    assert known_way(memory, PLACE, list(Way)) is Way.SCHEMA
    memory.found(PLACE, Way.CHOICE, Finding.HELD)
    assert known_way(memory, PLACE, list(Way)) is Way.CHOICE
    assert known_way(memory, PLACE, [Way.DECISIONS]) is None

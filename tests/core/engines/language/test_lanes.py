"""Connections to a server: one a call in flight, used again, and gone when closed."""

import asyncio

import pytest

from core.engines.language.connection import Connection
from core.engines.language.failures import ReplyTooLarge
from core.engines.language.memory import Memory, Way
from core.engines.language.server import Key, ServerSettings
from core.engines.language.style import Prompts, PromptStyle
from core.engines.limiter import Passing
from tests.core.engines.language.conftest import KEY, TABLE
from tests.model_server import Fault, ModelServer

PROMPT = Prompts(PromptStyle()).of_table(Way.SCHEMA, TABLE).prompt("open?")


def connected(server: ModelServer, timeout: float = 5.0) -> Connection:
    settings = ServerSettings(base_url=server.base_url, api_key=Key(KEY), model="m")
    return Connection(settings, Memory(), timeout)


async def asked(connection: Connection, times: int) -> list[object]:
    calls = (connection.exchange(Way.SCHEMA, PROMPT, "k") for _ in range(times))
    return await asyncio.gather(*calls, return_exceptions=True)


async def gone(server: ModelServer) -> None:
    async with asyncio.timeout(5):
        while server._open:
            await asyncio.sleep(0.01)


def test_there_are_as_many_connections_as_calls_were_in_flight_and_they_are_used_again() -> None:
    async def counts() -> list[int]:
        async with ModelServer(latency=0.02).serving() as server:
            connection = connected(server)
            found = []
            for times in (1, 1, 6, 3, 1):
                await asked(connection, times)
                found.append(len(server._open))
            await connection.close()
            await gone(server)
            return found

    assert asyncio.run(counts()) == [1, 1, 6, 6, 6]


def test_a_call_that_fails_gives_its_connection_back() -> None:
    async def outcomes() -> tuple[list[object], list[object], int]:
        faults = {1: Fault.RESET, 2: Fault.HUGE, 3: Fault.CUT_JSON}
        async with ModelServer(fault=lambda _request, number: faults.get(number)).serving() as server:
            connection = connected(server)
            failed = [(await asked(connection, 1))[0] for _ in range(3)]
            fine = await asked(connection, 2)
            lanes = len(connection._client._client._lanes)
            await connection.close()
            return failed, fine, lanes

    failed, fine, lanes = asyncio.run(outcomes())

    assert isinstance(failed[0], Passing)
    assert isinstance(failed[1], ReplyTooLarge)
    assert isinstance(failed[2], Passing)
    assert not any(isinstance(one, BaseException) for one in fine)
    assert lanes == 2


def test_a_call_that_is_cancelled_leaves_nothing_behind_for_the_next_one() -> None:
    async def next_reply() -> object:
        server = ModelServer({"open?": "1"}, fault=lambda _request, number: Fault.HANG if number == 1 else None)
        async with server.serving():
            connection = connected(server)
            first = asyncio.create_task(asked(connection, 1))
            await asyncio.sleep(0.1)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            reply = (await asked(connection, 1))[0]
            await connection.close()
            return reply

    reply = asyncio.run(next_reply())

    assert not isinstance(reply, BaseException)
    assert reply.reading.entry_id == 1

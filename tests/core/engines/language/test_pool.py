"""Connections to a server: one a call in flight, used again, and gone when closed."""

import asyncio
import base64
import gzip
import tracemalloc
from pathlib import Path

import pytest

from core.engines.language.connection import Connection
from core.engines.language.failures import ReplyTooLarge
from core.engines.language.server import ServerKey, ServerSettings
from core.engines.language.server_memory import RequestMode, ServerMemory
from core.engines.language.style import Prompts, PromptStyle
from core.engines.limiter import ServerStumbles
from core.engines.reply_cache import ModelReply
from core.errors import EngineFailed, EngineUnavailable
from tests.core.engines.language.conftest import KEY, TABLE
from tests.core.engines.language.plain_server import saying
from tests.model_server import Fault, ModelServer, Request, response

PROMPT = Prompts(PromptStyle()).of_table(RequestMode.SCHEMA, TABLE).prompt("open?")


def connected(server: ModelServer, timeout: float = 5.0) -> Connection:
    settings = ServerSettings(base_url=server.base_url, api_key=ServerKey(KEY), model="m")
    return Connection(settings, ServerMemory(), timeout)


async def asked(connection: Connection, times: int) -> list[object]:
    calls = (connection.exchange(RequestMode.SCHEMA, PROMPT, "k") for _ in range(times))
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
            still_open = len(server._open)
            await connection.close()
            return failed, fine, still_open

    failed, fine, still_open = asyncio.run(outcomes())

    assert isinstance(failed[0], ServerStumbles)
    assert isinstance(failed[1], ReplyTooLarge)
    assert isinstance(failed[2], ServerStumbles)
    assert not any(isinstance(one, BaseException) for one in fine)
    assert still_open == 2


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
    assert reply.entry_id == 1


def test_a_small_body_that_unpacks_to_a_huge_one_is_not_read() -> None:
    packed = gzip.compress(b" " * 300_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()

    async def outcome() -> tuple[object, int]:
        tracemalloc.start()
        async with saying(head + packed) as base_url:
            connection = Connection(
                ServerSettings(base_url=base_url, api_key=ServerKey(KEY), model="m"), ServerMemory(), 5.0
            )
            found = (await asked(connection, 1))[0]
            await connection.close()
        return found, tracemalloc.get_traced_memory()[1]

    try:
        found, most = asyncio.run(outcome())
    finally:
        tracemalloc.stop()

    assert isinstance(found, ReplyTooLarge)
    assert most < 50_000_000


def test_a_proxy_with_a_password_gets_it_and_the_server_s_whole_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    heard: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(response(200, {"object": "list", "data": [{"id": "m"}]}))
        await writer.drain()
        writer.close()

    async def asks() -> tuple[str, ...]:
        server = await asyncio.start_server(proxy, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setenv("http_proxy", f"http://ann:secret@127.0.0.1:{port}")
        settings = ServerSettings(base_url="http://models.example/v1", api_key=ServerKey(KEY), model="m")
        connection = Connection(settings, ServerMemory(), 5.0)
        try:
            return await connection.models()
        finally:
            await connection.close()
            server.close()

    assert asyncio.run(asks()) == ("m",)
    assert heard[0].startswith(b"GET http://models.example/v1/models HTTP/1.1\r\n")
    assert b"proxy-authorization: basic " + base64.b64encode(b"ann:secret").lower() in heard[0].lower()


def test_a_password_of_a_netrc_file_is_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ann password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    async def heard() -> list[str | None]:
        async with ModelServer().serving() as server:
            for key in (ServerKey(""), ServerKey(KEY)):
                connection = Connection(
                    ServerSettings(base_url=server.base_url, api_key=key, model="m"), ServerMemory(), 5.0
                )
                await asked(connection, 1)
                await connection.close()
            return [request.headers.get("authorization") for request in server.requests]

    assert not any("Basic" in (value or "") for value in asyncio.run(heard()))


def test_a_call_that_is_given_up_at_once_holds_no_other_up() -> None:
    async def outcomes() -> tuple[list[object], int]:
        async with ModelServer({"open?": "1"}).serving() as server:
            connection = connected(server)
            first = asyncio.create_task(asked(connection, 1))
            others = asyncio.create_task(asked(connection, 3))
            await asyncio.sleep(0)  # all have begun, and none has come as far as writing
            first.cancel()
            found = await others
            await connection.close()
            return found, len(server.requests)

    found, requests = asyncio.run(outcomes())

    assert [isinstance(reply, ModelReply) for reply in found] == [True] * 3
    assert requests == 3


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.HALF_A_BODY, Fault.HANG, Fault.OVERLOADED, Fault.REDIRECT])
def test_a_failure_is_the_same_each_time_and_one_request(fault: Fault) -> None:
    async def outcomes() -> tuple[list[object], int]:
        async with ModelServer(fault=lambda _request, _number: fault).serving() as server:
            connection = connected(server, timeout=0.5)
            found = [(await asked(connection, 1))[0] for _ in range(2)]
            await connection.close()
            return found, len(server.requests)

    (first, later), requests = asyncio.run(outcomes())

    assert isinstance(first, EngineFailed | EngineUnavailable)
    assert (type(first), str(first)) == (type(later), str(later))
    assert requests == 2


def test_requests_to_one_route_differ_in_nothing_but_their_bodies() -> None:
    async def heard() -> list[Request]:
        async with ModelServer().serving() as server:
            connection = connected(server)
            for question in ("open?", "ü" * 500):
                prompt = Prompts(PromptStyle()).of_table(RequestMode.SCHEMA, TABLE).prompt(question)
                await connection.exchange(RequestMode.SCHEMA, prompt, None)
            await connection.close()
            return server.requests

    first, other = asyncio.run(heard())

    assert first.headers["authorization"] == f"Bearer {KEY}"
    assert first.headers["content-type"] == "application/json"
    assert other.path == first.path
    of_the_body = {"content-length"}
    assert {k: v for k, v in first.headers.items() if k not in of_the_body} == {
        k: v for k, v in other.headers.items() if k not in of_the_body
    }
    assert other.body != first.body


def test_cookies_are_not_kept() -> None:
    heard: list[Request] = []

    async def run() -> None:
        async with saying(response(200, {}, "Set-Cookie: a=b; Path=/", "Connection: close"), heard) as base_url:
            settings = ServerSettings(base_url=base_url, api_key=ServerKey(KEY), model="m")
            connection = Connection(settings, ServerMemory(), 5.0)
            await connection.models()
            await asked(connection, 1)
            await asked(connection, 1)
            await connection.close()

    asyncio.run(run())
    assert len(heard) == 3
    assert not any("cookie" in request.headers for request in heard)


def test_nothing_is_sent_once_it_is_closed() -> None:
    async def sent() -> int:
        async with ModelServer().serving() as server:
            connection = connected(server)
            await asked(connection, 1)
            await connection.close()
            with pytest.raises(RuntimeError, match="has been closed"):
                await connection.exchange(RequestMode.SCHEMA, PROMPT, "k")
            return len(server.requests)

    assert asyncio.run(sent()) == 1

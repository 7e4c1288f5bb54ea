import asyncio
import logging

import pytest

from core.engines.language import quiet_logs
from core.engines.language.address_guard import AddressGuard
from core.engines.language.hosts import ListedHosts
from core.engines.language.server_memory import ServerMemory
from core.errors import EngineFailed, EngineUnavailable
from tests.core.engines.language.conftest import KEY
from tests.core.engines.language.plain_server import saying
from tests.core.engines.language.test_guarded_connection import ask
from tests.model_server import response

ECHOES = {
    "in a header": response(200, {}, f"X-Echo: {KEY}"),
    "as the number of the request": response(401, {}, f"X-Request-Id: {KEY}"),
    "in the status line": f"HTTP/1.1 401 {KEY}\r\nContent-Length: 0\r\n\r\n".encode(),
    "in the body": response(400, {"error": {"message": KEY, "code": KEY, "param": KEY}}),
    "in a header that is none": f"HTTP/1.1 200 OK\r\n{KEY}\r\n\r\n".encode(),
    "instead of HTTP": f"{KEY}\r\n\r\n".encode(),
    "as the length of a part": f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{KEY}\r\n".encode(),
    "as the coding": f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(KEY)}\r\n\r\n{KEY}".encode(),
    "as another address": response(307, {}, f"Location: http://{KEY}.example/"),
    "in a cookie": response(200, {}, f"Set-Cookie: key={KEY}"),
}


@pytest.mark.parametrize("guarded", [True, False])
@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
def test_a_server_that_quotes_the_key_does_not_bring_it_into_a_log(
    echo: bytes, guarded: bool, memory: ServerMemory, caplog: pytest.LogCaptureFixture
) -> None:
    for name in (None, "openai", "httpx2", "aiohttp"):
        caplog.set_level(logging.DEBUG, logger=name)

    async def asks() -> None:
        async with saying(echo) as base_url:
            await ask(base_url, memory, AddressGuard(ListedHosts.of(["127.0.0.1"])) if guarded else None)

    with pytest.raises((EngineFailed, EngineUnavailable)) as failed:
        asyncio.run(asks())

    assert any(record.name.startswith("openai") for record in caplog.records)
    assert KEY not in caplog.text
    assert KEY not in str(failed.value)


def test_beginning_twice_adds_nothing() -> None:
    before = list(logging.getLogger("httpx2").filters)

    quiet_logs.begin()

    assert logging.getLogger("httpx2").filters == before

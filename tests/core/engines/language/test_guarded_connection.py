"""The client of model servers behind a guard."""

import asyncio

import pytest

from core.engines.language import transport
from core.engines.language.address_guard import AddressGuard, AddressRefused
from core.engines.language.connection import Connection
from core.engines.language.failures import ServerRefused
from core.engines.language.hosts import ListedHosts
from core.engines.language.request_modes import MODE_HANDLERS
from core.engines.language.server import ServerKey, ServerSettings
from core.engines.language.server_memory import RequestMode, ServerMemory
from core.engines.limiter import ServerStumbles
from core.engines.reply_cache import ModelReply
from tests.core.engines.language.conftest import KEY
from tests.core.engines.language.plain_server import saying
from tests.model_server import Fault as Wrong
from tests.model_server import ModelServer, response


async def ask(base_url: str, memory: ServerMemory, guard: AddressGuard | None) -> ModelReply:
    """The question of a probe, on a connection of its own."""
    connection = Connection(ServerSettings(base_url=base_url, api_key=ServerKey(KEY), model="m"), memory, 5.0, guard)
    try:
        return await connection.exchange(RequestMode.SCHEMA, MODE_HANDLERS[RequestMode.SCHEMA].probe, "k")
    finally:
        await connection.close()


def guarded(
    server: ModelServer, memory: ServerMemory, guard: AddressGuard | None, *, host: str = "127.0.0.1"
) -> ModelReply:
    """One question through a guard."""

    async def asks() -> ModelReply:
        async with server.serving():
            return await ask(server.base_url.replace("127.0.0.1", host), memory, guard)

    return asyncio.run(asks())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_guarded_connection_refuses_this_computer_in_words(host: str, memory: ServerMemory) -> None:
    server = ModelServer()

    with pytest.raises(AddressRefused, match=f"sends nothing to {host}") as refused:
        guarded(server, memory, AddressGuard(ListedHosts()), host=host)

    assert server.requests == []
    assert (refused.value.__cause__, refused.value.__context__) == (None, None)


def test_a_guarded_connection_reaches_a_listed_server(memory: ServerMemory) -> None:
    server = ModelServer(key=KEY)

    assert guarded(server, memory, AddressGuard(ListedHosts.of(["127.0.0.1"]))).usage.sent == 1200


def test_a_guarded_connection_follows_no_redirect(memory: ServerMemory) -> None:
    target = ModelServer()

    async def asks() -> None:
        async with target.serving():
            location = f"Location: {target.base_url}/chat/completions"
            async with saying(response(307, {}, location)) as base_url:
                await ask(base_url, memory, AddressGuard(ListedHosts.of(["127.0.0.1"])))

    with pytest.raises(ServerRefused, match="points to another address"):
        asyncio.run(asks())

    assert target.requests == []


@pytest.mark.parametrize("wrong", [Wrong.RESET, Wrong.HALF_A_BODY])
def test_a_guarded_connection_that_breaks_is_said_as_any_other(wrong: Wrong, memory: ServerMemory) -> None:
    with pytest.raises(ServerStumbles, match="broke the connection"):
        guarded(ModelServer(fault=lambda _request, _number: wrong), memory, AddressGuard(ListedHosts.of(["127.0.0.1"])))


def test_a_proxy_of_the_environment_is_used_without_a_guard_and_never_with_one(
    memory: ServerMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "is_loopback", lambda _host: False)  # as if the server were elsewhere
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    server = ModelServer()

    with pytest.raises(ServerStumbles):
        guarded(server, memory, None)
    assert server.requests == []
    assert guarded(server, memory, AddressGuard(ListedHosts.of(["127.0.0.1"]))).usage.sent == 1200

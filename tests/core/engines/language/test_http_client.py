"""The HTTP client of the openai client: the same requests as httpx2's own, on a shorter way."""

import asyncio
from typing import Any

import httpx2
import openai
import pytest

from core.engines.language.http_client import DirectClient
from core.engines.language.transport import Transport, certificates
from tests.model_server import ModelServer

WAIT = httpx2.Timeout(3.0, connect=1.0)


class Listening(DirectClient):
    """Remembers what it is asked to build, and sends nothing."""

    def __init__(self) -> None:
        super().__init__(Transport(certificates()), WAIT)
        self.asked: dict[str, Any] = {}

    def build_request(self, method: str, url: httpx2.URL | str, **given: Any) -> httpx2.Request:
        self.asked = {"method": method, "url": url, **given}
        return super().build_request(method, url, **given)

    async def send(self, request: httpx2.Request, **_: Any) -> httpx2.Response:
        return httpx2.Response(200, content=request.content, request=request)


@pytest.mark.parametrize("content", [b'{"model":"m"}', "{“ü”: 1}".encode(), b""])
def test_a_request_of_the_openai_client_is_built_as_httpx2_builds_it(content: bytes) -> None:
    client = Listening()
    asker = openai.AsyncOpenAI(base_url="http://127.0.0.1:9/v1", api_key="k", http_client=client, max_retries=0)
    sent = asyncio.run(asker.post("/chat/completions", cast_to=httpx2.Response, content=content)).request

    own = httpx2.AsyncClient.build_request(client, **client.asked)
    expected = [pair for pair in own.headers.multi_items() if pair[0] != "connection"]  # aiohttp's own business
    assert sorted(sent.headers.multi_items()) == sorted(expected)
    assert (sent.method, sent.url, sent.content, sent.extensions) == (own.method, own.url, own.content, own.extensions)


@pytest.mark.parametrize(
    "given",
    [
        {"content": b"x", "params": {"a": "b"}},
        {"content": b"x", "cookies": {"a": "b"}},
        {"json": {"a": "b"}},
        {"content": b"x", "headers": {"A": "b"}},
        {"content": b"x", "timeout": 2.0},
        {},
    ],
)
def test_whatever_else_is_asked_for_goes_httpx2s_own_way(given: dict[str, Any]) -> None:
    client = DirectClient(Transport(certificates()), WAIT)

    built = client.build_request("POST", "http://127.0.0.1:9/v1", **given)

    own = httpx2.AsyncClient.build_request(client, "POST", "http://127.0.0.1:9/v1", **given)
    assert (built.url, built.headers, built.extensions) == (own.url, own.headers, own.extensions)
    assert built.read() == own.read()


def test_a_request_without_a_body_is_sent_too() -> None:
    async def names(url: str) -> list[str]:
        async with DirectClient(Transport(certificates()), WAIT) as client:
            reply = await client.get(f"{url}/models")
            return [item["id"] for item in reply.raise_for_status().json()["data"]]

    with ModelServer().running() as server:
        assert asyncio.run(names(server.base_url)) == ["small", "large"]


def test_nothing_is_sent_once_it_is_closed() -> None:
    async def sent_after_its_end(url: str) -> None:
        client = DirectClient(Transport(certificates()), WAIT)
        await client.get(f"{url}/models")
        await client.aclose()
        with pytest.raises(RuntimeError, match="has been closed"):
            await client.get(f"{url}/models")

    with ModelServer().running() as server:
        asyncio.run(sent_after_its_end(server.base_url))
        assert len(server.requests) == 1

"""Bodies that come, and bodies that do not."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Message

from core.api.slow_bodies import SlowBodies


async def reads(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


async def sent(chunks: AsyncIterator[bytes], *, between: float = 5, in_all: float = 5) -> list[Message]:
    """What is answered to a POST with these chunks, which never says that it ends."""
    app = SlowBodies(Starlette(routes=[Route("/", reads, methods=["POST"])]), between=between, in_all=in_all)
    answers: list[Message] = []

    async def receive() -> Message:
        async for chunk in chunks:
            return {"type": "http.request", "body": chunk, "more_body": bool(chunk)}
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        answers.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b""}
    await app(scope, receive, send)
    return answers


async def some(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def drops() -> AsyncIterator[bytes]:
    while True:
        await asyncio.sleep(0.01)
        yield b"x"


def test_a_body_that_comes_whole_is_answered() -> None:
    start, body = asyncio.run(sent(some(b"abc", b"de", b"")))

    assert (start["status"], body["body"]) == (200, b"5")


@pytest.mark.parametrize("chunks", [(), (b"abc",)])
def test_a_body_that_stops_is_cut_off(chunks: tuple[bytes, ...]) -> None:
    start, _ = asyncio.run(sent(some(*chunks), between=0.05))

    assert start["status"] == 408
    assert (b"connection", b"close") in start["headers"]


def test_a_body_that_only_drips_is_cut_off_too() -> None:
    start, _ = asyncio.run(sent(drops(), in_all=0.1))

    assert start["status"] == 408

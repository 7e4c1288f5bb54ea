"""Bodies that come slowly, end early, or are too many."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from starlette.requests import Request
from starlette.types import Message

from core.api.v1 import route
from core.api.v1.refusals import BadRequest, BodyTooSlow
from core.api.v1.turns import Turns
from core.errors import TooBusy
from core.fair_share import FairShare

JSON = "application/json"


def request(receive: Callable[[], Awaitable[Message]], length: int | None = 2) -> Request:
    headers = [(b"content-type", JSON.encode())]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


async def at_once() -> Message:
    return {"type": "http.request", "body": b"{}"}


async def never() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


async def gone() -> Message:
    return {"type": "http.disconnect"}


async def read(asked: Request, room: Turns, limit: int = 1000) -> bytes:
    async with route.read(asked, kind=JSON, limit=limit, room=room, org_id="a") as found:
        return await found.body()


def room(units: int = 10**9, seconds: float = 0.05) -> Turns:
    return Turns(FairShare(room=units, waiting=10), seconds)


def test_a_body_is_there_as_a_whole() -> None:
    assert asyncio.run(read(request(at_once), room())) == b"{}"


def test_a_body_that_does_not_come_in_time_is_cut_off_and_gives_its_room_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "BODY_SECONDS", 0.05)
    only = room(units=1)
    with pytest.raises(BodyTooSlow):
        asyncio.run(read(request(never), only))

    assert asyncio.run(read(request(at_once), only)) == b"{}"


def test_a_body_that_ends_early_is_told_apart_from_an_error_of_ours() -> None:
    with pytest.raises(BadRequest, match="ended"):
        asyncio.run(read(request(gone), room()))


def test_slow_bodies_of_an_org_take_only_its_own_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "LEAST_BODY", 1)
    shared = room(units=40)

    async def some() -> bytes:
        slow = [asyncio.create_task(read(request(never, length=10), shared)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(TooBusy):
            await read(request(at_once, length=None), shared, limit=10)
        async with route.read(request(at_once, length=2), kind=JSON, limit=10, room=shared, org_id="b") as other:
            found = await other.body()
        for task in slow:
            task.cancel()
        return found

    assert asyncio.run(some()) == b"{}"

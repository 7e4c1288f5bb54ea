"""Posting to a loopback server: what the openai client sends first, and what follows its pattern."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable

import httpx2
import openai
import pytest

from core.engines.language.posting import Poster, status_error
from core.engines.language.transport import Route, Transport, certificates
from tests.core.engines.language.plain_server import saying
from tests.model_server import Fault, ModelServer, Request, response

PATH = "/chat/completions"
BODIES = [json.dumps({"messages": [{"role": "user", "content": f"ü{n}" * n}]}).encode() for n in (1, 2, 500)]
ANY = httpx2.Request("POST", "http://127.0.0.1:9/v1/chat/completions")


def with_poster(url: str, work: Callable[[Poster], Awaitable[object]], timeout: float = 5.0) -> None:
    async def run() -> None:
        poster = Poster(url, "the-key", httpx2.Timeout(timeout), Transport(certificates()))
        try:
            await work(poster)
        finally:
            await poster.close()

    asyncio.run(run())


def willing(latency: float = 0.0) -> ModelServer:
    """A server that has the same reply for everything."""
    return ModelServer(anything=lambda _request: b'{"choices": []}', latency=latency)


def long_ways(caplog: pytest.LogCaptureFixture) -> int:
    """How many requests the openai client has written itself."""
    return sum("Building HTTP request" in record.getMessage() for record in caplog.records)


def test_what_follows_differs_from_the_first_in_nothing_but_its_body(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "openai")

    async def work(poster: Poster) -> None:
        for body in BODIES:
            assert await poster.post(PATH, body) == b'{"choices": []}'

    with willing().running() as server:
        with_poster(server.base_url, work)

    assert long_ways(caplog) == 1
    first, *others = server.requests
    assert [request.body for request in server.requests] == [json.loads(body) for body in BODIES]
    assert [int(request.headers["content-length"]) for request in server.requests] == [len(body) for body in BODIES]
    assert first.headers["authorization"] == "Bearer the-key"
    assert first.headers["content-type"] == "application/json"
    own = {"content-length"}
    for request in others:
        assert request.path == first.path
        assert {k: v for k, v in request.headers.items() if k not in own} == {
            k: v for k, v in first.headers.items() if k not in own
        }


def test_no_other_waits_for_the_reply_to_the_first(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "openai")

    async def work(poster: Poster) -> None:
        first = asyncio.create_task(poster.post(PATH, BODIES[0]))
        while not long_ways(caplog):
            await asyncio.sleep(0.001)
        assert not first.done()
        await asyncio.gather(first, *(poster.post(PATH, BODIES[0]) for _ in range(20)))

    with willing(latency=0.3).running() as server:
        with_poster(server.base_url, work)

    assert (len(server.requests), long_ways(caplog)) == (21, 1)


def test_those_that_begin_at_once_wait_until_the_first_is_written(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "openai")

    async def work(poster: Poster) -> None:
        await asyncio.gather(*(poster.post(PATH, BODIES[0]) for _ in range(20)))

    with willing().running() as server:
        with_poster(server.base_url, work)

    assert (len(server.requests), long_ways(caplog)) == (20, 1)


def test_when_the_first_is_given_up_before_it_is_written_the_others_go_on() -> None:
    async def work(poster: Poster) -> None:
        first = asyncio.create_task(poster.post(PATH, BODIES[0]))
        others = [asyncio.create_task(poster.post(PATH, BODIES[0])) for _ in range(3)]
        await asyncio.sleep(0)  # all have begun, and the first has not come as far as writing
        first.cancel()
        assert await asyncio.gather(*others) == 3 * [b'{"choices": []}']
        assert first.cancelled()

    with willing().running() as server:
        with_poster(server.base_url, work)

    assert len(server.requests) == 3


@pytest.mark.parametrize("end", ["", "/"])
@pytest.mark.parametrize("host", ["127.0.0.1", "LOCALHOST"])
def test_each_path_has_a_pattern_of_its_own(end: str, host: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "openai")
    paths = ["/completions", PATH, "/decisions", PATH, "/completions", "/decisions"]

    async def work(poster: Poster) -> None:
        await poster.get("/models")
        for path in paths:
            await poster.post(path, BODIES[0])

    with willing().running() as server:
        with_poster(server.base_url.replace("127.0.0.1", host) + end, work)

    assert [request.path for request in server.requests] == ["/v1/models", *(f"/v1{path}" for path in paths)]
    assert long_ways(caplog) == 1 + 3


BODIES_OF_ERRORS = [
    {"error": {"message": "No.", "code": "model_not_found", "type": "t", "param": "model"}},
    {"error": {"message": "No.", "code": 17}},
    {"error": "No."},
    {"detail": [{"loc": ["body", "temperature"]}]},
    ["No."],
    None,
    "No.",
    b"",
    b"<html>",
    b'{"error": ',
    b"[" * 100_000,
]


@pytest.mark.parametrize("body", BODIES_OF_ERRORS)
@pytest.mark.parametrize("status", [301, 400, 401, 404, 429, 500])
def test_an_error_tells_what_the_openai_clients_own_would(status: int, body: object) -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = httpx2.Response(status, content=content, headers={"x-request-id": "r", "retry-after": "2"}, request=ANY)
    client = openai.OpenAI(api_key="k", base_url="http://127.0.0.1:9/v1")

    own = client._make_status_error_from_response(answer)

    client.close()
    made = status_error(answer)
    assert isinstance(own, openai.APIStatusError)
    for name in ("status_code", "code", "type", "param", "body", "request_id", "response"):
        assert getattr(made, name) == getattr(own, name), name


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.HALF_A_BODY, Fault.HANG, Fault.OVERLOADED, Fault.REDIRECT])
def test_a_failure_is_the_same_error_the_first_time_and_later(fault: Fault) -> None:
    errors: list[openai.OpenAIError] = []

    async def work(poster: Poster) -> None:
        for _ in range(2):
            try:
                await poster.post(PATH, BODIES[0])
            except openai.OpenAIError as error:
                errors.append(error)

    with ModelServer(fault=lambda _request, _number: fault).running() as server:
        with_poster(server.base_url, work, timeout=0.5)

    first, later = errors
    assert isinstance(first, type(later))
    assert not isinstance(first, openai.APIStatusError) or first.status_code == later.status_code
    assert len(server.requests) == 2


def test_cookies_are_not_kept() -> None:
    heard: list[Request] = []

    async def run() -> None:
        async with saying(response(200, {}, "Set-Cookie: a=b; Path=/", "Connection: close"), heard) as url:
            poster = Poster(url, "the-key", httpx2.Timeout(5.0), Transport(certificates()))
            await poster.get("/models")
            await poster.post(PATH, BODIES[0])
            await poster.post(PATH, BODIES[0])
            await poster.close()

    asyncio.run(run())
    assert len(heard) == 3
    assert not any("cookie" in request.headers for request in heard)


def test_nothing_is_sent_once_it_is_closed() -> None:
    async def work(poster: Poster) -> None:
        await poster.post(PATH, BODIES[0])
        await poster.close()
        with pytest.raises(RuntimeError, match="has been closed"):
            await poster.post(PATH, BODIES[0])

    with willing().running() as server:
        with_poster(server.base_url, work)

    assert len(server.requests) == 1


def test_a_route_shows_no_key() -> None:
    request = httpx2.Request("POST", ANY.url, headers={"Authorization": "Bearer the-key"}, content=b"x")

    route = Route.of(request)

    assert ("Authorization", "Bearer the-key") in route.headers
    assert "the-key" not in repr(route)

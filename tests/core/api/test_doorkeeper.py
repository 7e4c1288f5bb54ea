"""Who may talk to the server at all."""

import anyio
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.types import Message
from starlette.websockets import WebSocket

from core.api.doorkeeper import (
    ANOTHER_SITE,
    NOT_THIS_COMPUTER,
    WRONG_HOST,
    Doorkeeper,
    name_in_host_header,
    refuse_to_listen_beyond,
)
from core.errors import ConfigurationError
from core.settings import LOOPBACK_HOSTS

HERE = "http://localhost:8501"


async def hello(_: Request) -> Response:
    return PlainTextResponse("hello")


async def greet(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


def client(*, demo: bool = True, base_url: str = HERE, address: str = "127.0.0.1") -> TestClient:
    inner = Starlette(routes=[Route("/", hello), WebSocketRoute("/stream", greet)])
    guarded = Doorkeeper(inner, trusted_hosts=LOOPBACK_HOSTS, demo=demo)
    return TestClient(guarded, base_url=base_url, client=(address, 50_000))


@pytest.mark.parametrize("base_url", [HERE, "http://127.0.0.1:9", "http://[::1]:8501", "http://LOCALHOST"])
@pytest.mark.parametrize("address", ["127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"])
def test_a_browser_on_this_computer_is_let_in(base_url: str, address: str) -> None:
    assert client(base_url=base_url, address=address).get("/").text == "hello"


@pytest.mark.parametrize("demo", [True, False])
@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:8501", "x@localhost", "localhost:port", "", "[::1"]
)
def test_a_foreign_host_is_refused_whatever_the_sign_in(host: str, demo: bool) -> None:
    response = client(demo=demo).get("/", headers={"Host": host})

    assert (response.status_code, response.text.strip()) == (421, WRONG_HOST)


def test_two_hosts_are_refused() -> None:
    response = client().get("/", headers=[("Host", "localhost:8501"), ("Host", "evil.example")])

    assert response.status_code == 421


@pytest.mark.parametrize(
    "address", ["192.168.0.7", "10.0.0.1", "8.8.8.8", "2001:db8::1", "::ffff:192.168.0.7", "", "?"]
)
def test_another_computer_is_refused_with_the_demo_sign_in(address: str) -> None:
    response = client(address=address).get("/")

    assert (response.status_code, response.text.strip()) == (403, NOT_THIS_COMPUTER)


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "x-forwarded-host", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "X-FORWARDED-NEW"]
)
def test_a_forwarded_request_is_refused_with_the_demo_sign_in(header: str) -> None:
    response = client().get("/", headers={header: "127.0.0.1"})

    assert (response.status_code, response.text.strip()) == (403, NOT_THIS_COMPUTER)


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://localhost:3000",
        "http://localhost",
        "http://127.0.0.1:8501",
        "localhost:8501",
    ],
)
def test_a_request_from_another_origin_is_refused_with_the_demo_sign_in(origin: str) -> None:
    response = client().get("/", headers={"Origin": origin})

    assert (response.status_code, response.text.strip()) == (403, ANOTHER_SITE)


def test_the_origin_of_frontline_itself_is_let_in() -> None:
    assert client().get("/", headers={"Origin": HERE}).text == "hello"


def test_real_sign_in_may_be_used_from_elsewhere_and_through_a_proxy() -> None:
    elsewhere = client(demo=False, address="8.8.8.8")

    assert elsewhere.get("/", headers={"X-Forwarded-For": "9.9.9.9", "Origin": "https://a.example"}).text == "hello"


def test_a_websocket_is_let_in_from_this_computer() -> None:
    with client().websocket_connect("ws://localhost:8501/stream", headers={"Origin": HERE}) as websocket:
        assert websocket.receive_text() == "hello"


@pytest.mark.parametrize(
    ("headers", "address", "status"),
    [
        ({"Host": "evil.example"}, "127.0.0.1", 421),
        ({"Origin": "http://evil.example"}, "127.0.0.1", 403),
        ({"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1", 403),
        ({}, "192.168.0.7", 403),
    ],
)
def test_a_websocket_is_refused_for_the_same_reasons(headers: dict[str, str], address: str, status: int) -> None:
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        client(address=address).websocket_connect("ws://localhost:8501/stream", headers=headers),
    ):
        pass

    assert refused.value.status_code == status


def test_a_server_that_cannot_answer_a_websocket_in_words_closes_it() -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/stream", "headers": [(b"host", b"evil.example")], "client": ("::1", 1)}
    guarded = Doorkeeper(Starlette(), trusted_hosts=LOOPBACK_HOSTS, demo=True)
    anyio.run(guarded, scope, receive, send)

    assert sent == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost", "localhost"),
        ("LocalHost:8501", "localhost"),
        ("[::1]:8501", "::1"),
        ("a/b", None),
        ("a?b", None),
        ("a b", None),
        ("a:99999", None),
        ("user@a", None),
        ("@a", None),
        ("", None),
    ],
)
def test_a_host_header_is_read_strictly(host: str, name: str | None) -> None:
    assert name_in_host_header(host) == name


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "[::1]", "localhost", "LOCALHOST", "127.9.9.9"])
def test_a_server_that_listens_to_this_computer_starts(address: str) -> None:
    refuse_to_listen_beyond(address)


@pytest.mark.parametrize(
    "address",
    [None, "", "0.0.0.0", "::", "192.168.0.7", "frontline.example", "unix:///run/x"],  # noqa: S104 - must be refused
)
def test_a_server_that_listens_to_the_network_does_not_start_with_the_demo_sign_in(address: str | None) -> None:
    with pytest.raises(ConfigurationError, match=r"server\.address"):
        refuse_to_listen_beyond(address)

"""What a websocket may do before and after a sign-in, and what is left of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocket, WebSocketDisconnect

from core.api import connection_slots
from core.api.connection_slots import HEADER, ConnectionSlots
from core.api.stream import LATER, POLICY, STRANGER_BYTES, STRANGER_MESSAGES, TOO_BIG, Stream
from core.api.uploads import UploadRoom


@dataclass
class Tabs:
    """Streamlit's, as far as the websockets see them: each is called after its place."""

    ended: list[str] = field(default_factory=list)

    def find(self, place_id: str) -> str | None:
        return f"tab {place_id}"

    def end(self, session_id: str) -> None:
        self.ended.append(session_id)


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(websocket.headers[HEADER])
    while True:
        try:
            await websocket.send_bytes(await websocket.receive_bytes())
        except WebSocketDisconnect:
            return


@dataclass
class Server:
    tabs: Tabs = field(default_factory=Tabs)
    places: ConnectionSlots = field(default_factory=ConnectionSlots)
    room: UploadRoom = field(default_factory=UploadRoom)

    @contextmanager
    def connected(self, sign_in: str | None) -> Iterator[WebSocketTestSession]:
        app = Stream(
            Starlette(routes=[WebSocketRoute("/_stcore/stream", echo)]),
            places=self.places,
            tabs=self.tabs,
            room=self.room,
            sign_in_of=lambda headers: headers.get("sign-in"),
            back_within=0,
        )
        headers = {HEADER: "forged"} | ({"sign-in": sign_in} if sign_in else {})
        with TestClient(app).websocket_connect("/_stcore/stream", headers=headers) as websocket:
            yield websocket


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_slots, "SECONDS_A_STEP", 0.0)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.mark.parametrize("sign_in", [None, "somebody"])
def test_a_tab_has_a_place_of_its_own_that_nobody_forges(server: Server, sign_in: str | None) -> None:
    with server.connected(sign_in) as websocket:
        place_id = websocket.receive_text()
        websocket.send_bytes(b"x")
        assert websocket.receive_bytes() == b"x"
        place = server.places.of_session(f"tab {place_id}")

    assert place_id != "forged"
    assert place is not None
    assert (place.sign_in, server.places.of_session(f"tab {place_id}")) == (sign_in, None)


def test_what_a_stranger_leaves_behind_goes_at_once(server: Server) -> None:
    with server.connected(None) as websocket:
        place_id = websocket.receive_text()
        websocket.send_bytes(b"x")
        websocket.receive_bytes()

    assert server.tabs.ended == [f"tab {place_id}"]


def test_a_stranger_who_says_too_much_is_cut_off(server: Server) -> None:
    with server.connected(None) as websocket:
        websocket.receive_text()
        websocket.send_bytes(b"x" * STRANGER_BYTES)
        websocket.receive_bytes()
        websocket.send_bytes(b"x" * (STRANGER_BYTES + 1))
        with pytest.raises(WebSocketDisconnect) as ended:
            websocket.receive_bytes()
    assert ended.value.code == TOO_BIG


def test_a_stranger_who_talks_without_end_is_cut_off(server: Server) -> None:
    with server.connected(None) as websocket:
        websocket.receive_text()
        for _ in range(STRANGER_MESSAGES - 1):  # the handshake counts as one
            websocket.send_bytes(b"x")
            websocket.receive_bytes()
        websocket.send_bytes(b"x")
        with pytest.raises(WebSocketDisconnect) as ended:
            websocket.receive_bytes()
    assert ended.value.code == POLICY


def test_a_strangers_time_runs_out() -> None:
    server = Server(places=ConnectionSlots(clock=lambda: time.monotonic() - 10_000))

    with server.connected(None) as websocket:
        websocket.receive_text()
        with pytest.raises(WebSocketDisconnect) as ended:
            websocket.receive_text()
    assert ended.value.code == LATER


def test_who_has_signed_in_says_as_much_as_they_like() -> None:
    server = Server(places=ConnectionSlots(clock=lambda: time.monotonic() - 10_000))

    with server.connected("somebody") as websocket:
        websocket.receive_text()
        for _ in range(STRANGER_MESSAGES + 1):
            websocket.send_bytes(b"x" * (STRANGER_BYTES + 1))
            assert len(websocket.receive_bytes()) == STRANGER_BYTES + 1


def test_the_guest_of_a_link_stays_when_a_strangers_time_is_over_and_talks_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_slots, "STRANGER_SECONDS", 0.3)
    server = Server()
    with server.connected(None) as websocket:
        place_id = websocket.receive_text()
        server.places.welcome(place_id, "a link")
        time.sleep(0.5)
        for _ in range(STRANGER_MESSAGES + 5):
            websocket.send_bytes(b"x")
            assert websocket.receive_bytes() == b"x"
        websocket.send_bytes(b"x" * (STRANGER_BYTES + 1))
        with pytest.raises(WebSocketDisconnect) as ended:
            websocket.receive_bytes()
    assert ended.value.code == TOO_BIG


def test_who_is_a_guest_no_longer_is_cut_off_as_a_stranger_at_the_next_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_slots, "STRANGER_SECONDS", 0.3)
    server = Server()
    with server.connected(None) as websocket:
        place_id = websocket.receive_text()
        server.places.welcome(place_id, "a link")
        time.sleep(0.5)
        server.places.welcome(place_id, None)
        websocket.send_bytes(b"x")
        assert websocket.receive_bytes() == b"x"
        with pytest.raises(WebSocketDisconnect) as ended:
            websocket.receive_bytes()
    assert ended.value.code == LATER

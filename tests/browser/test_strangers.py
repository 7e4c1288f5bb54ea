"""Who has not signed in costs little, keeps nobody out, and uploads nothing."""

import contextlib
import http.client
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from core.api.connection_slots import STRANGERS
from core.api.uploads import NOT_YOURS
from core.identity.demo import CLOTHING_ORG
from tests.browser.conftest import Server, menu, new_evaluation, open_as, settled

pytestmark = pytest.mark.browser


def test_somebody_who_has_signed_in_works_and_uploads_while_strangers_fill_the_door(
    page: Page, server: Server, tmp_path: Path
) -> None:
    asked = tmp_path / "asked.csv"
    asked.write_text("question,expected_question\nwhen are you open,What are your hours?\n")
    url = f"ws://localhost:{server.port}/_stcore/stream"

    with contextlib.ExitStack() as strangers:
        for _ in range(2 * STRANGERS):
            strangers.enter_context(connect(url, subprotocols=["streamlit"]))  # type: ignore[list-item]
        open_as(page, f"{server.url}/evaluations?org={CLOTHING_ORG}", "Adam")
        new_evaluation(page)
        page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(asked)
        expect(page.get_by_role("button", name="Run 1 question", exact=True)).to_be_visible()


def test_an_upload_is_taken_only_for_a_tab_that_shows_its_field(page: Page, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "asked.csv"
    file.write_text("question\nwhen are you open\n")
    sent: list[tuple[str, dict[str, str]]] = []
    page.on("request", lambda r: sent.append((r.url, r.headers)) if r.method == "PUT" else None)
    open_as(page, f"{server.url}/evaluations?org={CLOTHING_ORG}", "Adam")
    new_evaluation(page)
    page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(file)
    expect(page.get_by_role("button", name="Run 1 question", exact=True)).to_be_visible()
    (target, headers), again = sent[-1], {"file": file.read_bytes()}
    own = {name: headers[name] for name in ("x-xsrftoken",)}
    multipart = {"f": {"name": "f.csv", "mimeType": "text/csv", "buffer": again["file"]}}
    assert page.request.put(target, headers=own, multipart=multipart).status == 204

    menu(page, "Ask")
    settled(page)

    answer = page.request.put(target, headers=own, multipart=multipart)
    assert (answer.status, answer.text()) == (403, NOT_YOURS + "\n")


def test_a_message_that_a_stranger_never_ends_is_not_kept_up_to_the_largest_that_may_come(server: Server) -> None:
    sent = 0

    def parts() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += len(part)
            yield part

    part = b"x" * 10_000
    url = f"ws://localhost:{server.port}/_stcore/stream"
    with connect(url, subprotocols=["streamlit"]) as websocket, pytest.raises(ConnectionClosed):  # type: ignore[list-item]
        websocket.send(parts())

    assert sent < 25 * 1024**2  # the buffers of both ends included; maxMessageSize is twice that


def test_a_stranger_uploads_nothing_and_nothing_of_it_is_read(server: Server) -> None:
    here = http.client.HTTPConnection("localhost", server.port)
    here.putrequest("PUT", "/_stcore/upload_file/00000000-0000-4000-8000-000000000000/1")
    here.putheader("Content-Length", str(25 * 1024**2))
    here.endheaders()  # and no byte of it: the answer does not wait

    response = here.getresponse()

    assert (response.status, response.read().decode().strip()) == (403, NOT_YOURS)
    assert response.getheader("Connection") == "close"
    here.close()


@pytest.mark.slow
def test_a_body_that_does_not_come_is_cut_off(server: Server) -> None:
    with socket.create_connection(("localhost", server.port), timeout=90) as half:
        half.sendall(
            f"POST /demo-sign-in HTTP/1.1\r\nHost: localhost:{server.port}\r\nOrigin: {server.url}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nperson=".encode()
        )

        assert half.recv(1000).startswith(b"HTTP/1.1 408 ")


@pytest.mark.slow
def test_silent_connections_and_half_heads_are_ended_while_the_pages_of_others_stay(page: Page, server: Server) -> None:
    open_as(page, f"{server.url}/evaluations?org={CLOTHING_ORG}", "Adam")
    websockets: list[str] = []
    page.on("websocket", lambda each: websockets.append(each.url))
    page.reload()
    settled(page)
    with contextlib.ExitStack() as opened:
        silent, half = (
            [opened.enter_context(socket.create_connection(("localhost", server.port), timeout=90)) for _ in range(100)]
            for _ in range(2)
        )
        for each in half:
            each.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ")
        menu(page, "Ask")
        settled(page)

        assert {each.recv(12) for each in silent} == {b""}
        assert {each.recv(12) for each in half} == {b"HTTP/1.1 408"}
    menu(page, "Evaluations")
    settled(page)
    assert len(websockets) == 1

"""What nobody foresaw, wherever it happens: a number in the browser, the rest in the log, a key in neither."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import Server, running, settled
from tests.conftest import free_port

pytestmark = pytest.mark.browser

INNER = "inner words"
KEY = "sk-canary-0123456789"
SCRIPT = f'''
import streamlit as st

if __name__ == "__main__":
    def broken():
        raise ValueError("{INNER} " + "{KEY[:6]}" + "{KEY[6:]}")

    @st.fragment
    def fragment():
        if st.button("fragment"):
            broken()
        st.button("callback in a fragment", on_click=broken)

    @st.dialog("Dialog")
    def dialog():
        if st.button("inside"):
            broken()

    @st.fragment(run_every=0.5)
    def ticking():
        if st.session_state.get("ticks"):
            broken()

    st.button("callback", on_click=broken)
    fragment()
    if st.button("script"):
        broken()
    if st.button("dialog"):
        dialog()
    if st.button("timer"):
        st.session_state["ticks"] = True
    ticking()
    st.download_button("download", data=broken, on_click="ignore", file_name="x.csv")
else:
    from core.masking import Masking
    from pages.shell import notices

    Masking().begin()
    app = st.App(__file__, on_script_error=notices.script_error)
'''


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with our settings and our answer to errors, whose every button fails."""
    folder, port = tmp_path_factory.mktemp("failing"), free_port()
    (folder / "app.py").write_text(SCRIPT, encoding="utf-8")
    options = ["--server.port", str(port), "--server.headless", "true"]
    command = [sys.executable, "-m", "streamlit", "run", str(folder / "app.py"), *options]
    with running(command, port, folder) as server:
        yield server


@pytest.fixture
def received(page: Page) -> list[bytes]:
    """Every message that the server sends to the page."""
    frames: list[bytes] = []

    def keep(frame: str | bytes) -> None:
        frames.append(frame if isinstance(frame, bytes) else frame.encode())

    page.on("websocket", lambda socket: socket.on("framereceived", keep))
    return frames


def log_of(server: Server) -> str:
    return Path(server.log).read_text("utf-8")


@pytest.mark.parametrize(
    "where", [("callback",), ("fragment",), ("callback in a fragment",), ("script",), ("dialog", "inside"), ("timer",)]
)
def test_the_number_in_the_browser_is_in_the_log(
    page: Page, failing: Server, received: list[bytes], where: tuple[str, ...]
) -> None:
    page.goto(failing.url.replace("localhost", "127.0.0.1"))
    for name in where:
        page.get_by_role("button", name=name, exact=True).click()

    notice = page.get_by_text("tell the person who runs Frontline this error number").last
    expect(notice).to_be_visible()
    settled(page)
    number = re.search(r"\b[0-9a-f]{8}\b", notice.inner_text())
    assert number is not None
    assert f"Unexpected error {number.group()}" in log_of(failing)
    assert INNER in log_of(failing)
    assert KEY not in log_of(failing)
    sent = b"".join(received)
    assert INNER.encode() not in sent
    assert b"Traceback" not in sent
    assert INNER not in page.inner_text("body")


def test_what_renews_itself_below_an_error_does_not_take_the_page_with_the_number_away(
    page: Page, failing: Server
) -> None:
    held: list[str | bytes] | None = None
    routes: list[WebSocketRoute] = []

    def on_its_way(message: str | bytes) -> None:
        if held is None:
            routes[-1].send(message)
        else:
            held.append(message)

    def connected(route: WebSocketRoute) -> None:
        routes.append(route)
        server = route.connect_to_server()
        server.on_message(on_its_way)
        route.on_message(server.send)

    page.route_web_socket(re.compile("/_stcore/stream"), connected)
    page.goto(failing.url.replace("localhost", "127.0.0.1"))
    settled(page)

    held = []  # until the browser hears of the error, what renews itself twice a second asks to be drawn again
    page.get_by_role("button", name="script", exact=True).click()
    page.wait_for_timeout(1_500)
    late, held = held, None
    for message in late:
        routes[-1].send(message)

    expect(page.get_by_text("tell the person who runs Frontline this error number")).to_be_visible()
    page.wait_for_timeout(1_500)
    expect(page.get_by_text("tell the person who runs Frontline this error number")).to_be_visible()
    expect(page.get_by_role("button", name="script", exact=True)).to_be_visible()


def test_a_download_that_fails_tells_no_inner_words(page: Page, failing: Server, received: list[bytes]) -> None:
    page.goto(failing.url.replace("localhost", "127.0.0.1"))
    page.get_by_role("button", name="download").click()

    expect(page.get_by_text("Failed to generate file for download")).to_be_visible()
    assert INNER.encode() not in b"".join(received)
    assert INNER in log_of(failing)
    assert KEY not in log_of(failing)

"""What the pages need of Streamlit's inside is still there, and does what it did."""

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME
from websockets.sync.client import ClientConnection, connect

from core.api.streamlit_http import MEDIA
from core.api.uploads import NOT_YOURS
from pages.shell import streamlit_internals
from tests.conftest import free_port

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_SECONDS = 60
SIZE = 100_000
APP = """
import streamlit as st
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit import runtime
from core.api.connection_slots import HEADER, places
from core.api.stream import Stream
from core.api.uploads import UploadRoom, Uploads
from pages.shell import streamlit_internals

if __name__ == "__main__":
    places().allow_uploads(st.context.headers[HEADER], allowed=True)
    st.file_uploader("File")
else:
    async def held(_):
        found = runtime.get_instance().uploaded_file_mgr.get_stats()
        return PlainTextResponse(str(sum(each.byte_length for stats in found.values() for each in stats)))

    room = UploadRoom()
    app = st.App(
        __file__,
        routes=[Route("/held", held)],
        middleware=[
            Middleware(
                Stream, places=places(), tabs=streamlit_internals.Tabs, room=room, back_within=0.5,
                sign_in_of=lambda headers: headers.get("sign-in"),
            ),
            Middleware(Uploads, places=places(), room=room),
        ],
    )
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("app")
    (folder / "small.py").write_text(APP)
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "small:app", "--port", str(port), "--app-dir", str(folder)]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    process = subprocess.Popen(command, cwd=folder, env=environment)
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            answer(port, "GET", "/held")
            break
        except ConnectionError:
            time.sleep(0.05)
    yield port
    process.terminate()
    process.wait(PATIENCE_SECONDS)


def answer(port: int, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
    here = http.client.HTTPConnection("127.0.0.1", port)
    here.request(method, path, body, headers)
    response = here.getresponse()
    found = response.status, response.read().decode().strip()
    here.close()
    return found


def connected(port: int, sign_in: str | None, session_id: str = "") -> ClientConnection:
    return connect(
        f"ws://127.0.0.1:{port}/_stcore/stream",
        subprotocols=["streamlit", "x", session_id] if session_id else ["streamlit"],  # type: ignore[list-item]
        additional_headers={"sign-in": sign_in} if sign_in else None,
        max_size=None,
    )


def ran(websocket: ClientConnection) -> str:
    """Run the script; the id of the tab."""
    back = BackMsg()
    back.rerun_script.query_string = ""
    websocket.send(back.SerializeToString())
    session_id = ""
    while True:
        message = ForwardMsg.FromString(websocket.recv(timeout=PATIENCE_SECONDS, decode=False))
        session_id = message.new_session.initialize.session_id or session_id
        if message.WhichOneof("type") == "script_finished":
            return session_id


def upload(port: int, session_id: str) -> tuple[int, str]:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="f.csv"\r\nContent-Type: text/csv\r\n\r\n'
        + b"a" * SIZE
        + b"\r\n--x--\r\n"
    )
    path = f"/_stcore/upload_file/{session_id}/1"
    token = generate_xsrf_token_string()
    headers = {"Content-Type": "multipart/form-data; boundary=x", "X-Xsrftoken": token}
    return answer(port, "PUT", path, body, **headers, Cookie=f"{XSRF_COOKIE_NAME}={token}")


def wait_until_held(port: int, size: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while answer(port, "GET", "/held")[1] != str(size):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_tab_uploads_keeps_its_file_over_a_lost_connection_and_loses_it_at_its_end(port: int) -> None:
    with connected(port, "somebody") as websocket:
        session_id = ran(websocket)
        assert upload(port, session_id) == (204, "")
        assert answer(port, "GET", "/held")[1] == str(SIZE)
    with connected(port, "somebody", session_id) as again:
        assert ran(again) == session_id
        time.sleep(0.7)  # longer than a tab may be away
        assert answer(port, "GET", "/held")[1] == str(SIZE)
        assert upload(port, session_id) == (204, "")

    wait_until_held(port, 0)


def test_a_tab_that_has_not_signed_in_uploads_nothing_and_is_gone_at_once(port: int) -> None:
    with connected(port, None) as websocket:
        session_id = ran(websocket)
        assert upload(port, session_id) == (403, NOT_YOURS)
    assert answer(port, "GET", "/held")[1] == "0"

    with connected(port, None, session_id) as again:
        assert ran(again) != session_id


CHANGED = "Streamlit changed inside: mend pages/shell/streamlit_internals.py, and read what its docstrings promise. "


def test_a_run_of_the_script_still_says_which_page_it_is_for_and_which_fragments_it_came_to() -> None:
    def script() -> None:
        import streamlit as st

        from pages.shell import streamlit_internals

        @st.fragment
        def part() -> None:
            st.write("part")

        part()
        st.text(streamlit_internals.page_id())
        streamlit_internals.forget_unreached_fragments()

    app = AppTest.from_function(script).run()

    assert not app.exception, CHANGED + "A script's run has another context than before."
    assert app.text[0].value, CHANGED + "A script's run no longer names its page."
    assert streamlit_internals.page_id() == "", CHANGED + "There is a run where none is."


def test_the_address_of_a_download_is_made_of_its_bytes_its_media_type_and_its_name() -> None:
    address = streamlit_internals.media_address(b"data", "text/csv", "a.csv")

    assert address.startswith(MEDIA), CHANGED + "Downloads are served at another path."
    assert address == streamlit_internals.media_address(b"data", "text/csv", "a.csv"), CHANGED + "Addresses vary."
    others = [(b"more", "text/csv", "a.csv"), (b"data", "text/csv; tab=1", "a.csv")]
    assert address not in [streamlit_internals.media_address(*other) for other in others], (
        CHANGED + "Other bytes, or a tab's own media type, no longer make an address of their own."
    )


def test_the_page_that_every_browser_gets_is_where_it_was_with_its_scripts() -> None:
    assert "<script>" in streamlit_internals.index_html(), CHANGED + "index.html has no inline script any more."

"""Downloads while others work: nobody's click may cost somebody else's file."""

import http.client
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from core.identity.demo import ADMIN, CLOTHING_ORG, OWNER
from tests.browser.conftest import PATIENCE_SECONDS, Server

pytestmark = pytest.mark.browser

OTHERS = 8
RUNS_MEANWHILE = 3
"""Scripts of others that end between a click and the fetch; a network of 150 ms gives about as many the time."""


def signed_in(server: Server, user_id: str) -> str:
    """The cookie of a demo person, as the browser gets it."""
    here = http.client.HTTPConnection("localhost", server.port)
    headers = {"Origin": server.url, "Content-Type": "application/x-www-form-urlencoded"}
    here.request("POST", "/demo-sign-in", urlencode({"person": user_id, "next": "/"}), headers)
    cookie = here.getresponse().getheader("Set-Cookie")
    here.close()
    assert cookie
    return cookie.partition(";")[0]


class Tab:
    """A browser tab without a browser: what it would send over the websocket."""

    def __init__(self, websocket: ClientConnection) -> None:
        self._websocket = websocket
        self._session_id = ""

    def run(self, page: str) -> list[ForwardMsg]:
        """Run the script on a page, and everything it sends."""
        back = BackMsg()
        back.rerun_script.query_string = f"org={CLOTHING_ORG}"
        back.rerun_script.page_name = page
        self._websocket.send(back.SerializeToString())
        received = list(self._until("script_finished"))
        for message in received:
            self._session_id = message.new_session.initialize.session_id or self._session_id
        return received

    def click(self, deferred: str) -> str:
        """Click a download button, and the address of the file."""
        back = BackMsg()
        back.backend_operation_request.request_id = "1"
        back.backend_operation_request.session_id = self._session_id
        back.backend_operation_request.deferred_file.file_id = deferred
        self._websocket.send(back.SerializeToString())
        answer = list(self._until("backend_operation_response"))[-1].backend_operation_response
        assert not answer.error_msg, answer
        return answer.deferred_file.url

    def _until(self, kind: str) -> Iterator[ForwardMsg]:
        while True:
            message = ForwardMsg.FromString(self._websocket.recv(timeout=PATIENCE_SECONDS, decode=False))
            yield message
            if message.WhichOneof("type") == kind:
                return


@contextmanager
def tab(server: Server, cookie: str) -> Iterator[Tab]:
    url = f"ws://localhost:{server.port}/_stcore/stream"
    headers = {"Cookie": cookie}
    with connect(url, subprotocols=["streamlit"], additional_headers=headers, max_size=None) as websocket:  # type: ignore[list-item]
        yield Tab(websocket)


@contextmanager
def others_at_work(server: Server) -> Iterator[Callable[[], None]]:
    """Other people, each in a tab, who click without a pause; what is given waits until some of them did."""
    cookie, stopping, ended = signed_in(server, ADMIN.user_id), threading.Event(), threading.Semaphore(0)

    def work() -> None:
        with tab(server, cookie) as other:
            while not stopping.is_set():
                other.run("chat")
                ended.release()

    def meanwhile() -> None:
        while ended.acquire(blocking=False):
            pass
        for _ in range(RUNS_MEANWHILE):
            assert ended.acquire(timeout=PATIENCE_SECONDS)

    threads = [threading.Thread(target=work) for _ in range(OTHERS)]
    for thread in threads:
        thread.start()
    try:
        yield meanwhile
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def fetched(server: Server, path: str) -> int:
    here = http.client.HTTPConnection("localhost", server.port)
    here.request("GET", path)
    status = here.getresponse().status
    here.close()
    return status


@pytest.mark.parametrize("times", [12, pytest.param(180, marks=pytest.mark.slow)])
def test_every_download_arrives_while_others_work(server: Server, times: int) -> None:
    with others_at_work(server) as meanwhile, tab(server, signed_in(server, OWNER.user_id)) as own:
        (deferred,) = set(re.findall(r'deferred_file_id: "(\w+)"', "\n".join(map(str, own.run("questions")))))
        statuses = []
        for _ in range(times):
            path = own.click(deferred)
            meanwhile()
            statuses.append(fetched(server, path))

    assert statuses == [200] * times

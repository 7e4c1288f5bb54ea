"""The websocket of a browser's tab, spoken as the browser does but without one: many tabs cost little."""

import contextlib
import socket
from collections.abc import Iterator, Mapping

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from tests.browser.conftest import PATIENCE_SECONDS, Server


class PageStream:
    """One tab."""

    def __init__(self, websocket: ClientConnection, site: str) -> None:
        self._websocket = websocket
        self._site = site
        self._page_script_hash = ""

    def run(self, page: str, query: str) -> list[ForwardMsg]:
        """Everything that the script sends for a run at this page's address with this query."""
        back = BackMsg()
        back.rerun_script.query_string = query
        back.rerun_script.page_name = page
        back.rerun_script.page_script_hash = self._page_script_hash
        back.rerun_script.context_info.url = f"{self._site}/{page}"
        self._websocket.send(back.SerializeToString())
        received = []
        while True:
            message = ForwardMsg.FromString(self._websocket.recv(timeout=PATIENCE_SECONDS, decode=False))
            received.append(message)
            if message.WhichOneof("type") == "navigation":
                self._page_script_hash = message.navigation.page_script_hash
            elif message.WhichOneof("type") == "script_finished":
                return received


@contextlib.contextmanager
def page_stream(
    server: Server, headers: Mapping[str, str] | None = None, *, address: str = "127.0.0.1"
) -> Iterator[PageStream]:
    """A tab that is open inside this block, of somebody at this address; those that begin with 127 are all local."""
    url = f"ws://localhost:{server.port}/_stcore/stream"
    opened = socket.create_connection(("127.0.0.1", server.port), PATIENCE_SECONDS, source_address=(address, 0))
    with connect(
        url,
        sock=opened,
        subprotocols=["streamlit"],  # type: ignore[list-item]  # any word is a subprotocol
        additional_headers=headers,
        max_size=None,
        open_timeout=PATIENCE_SECONDS,
    ) as websocket:
        yield PageStream(websocket, server.url)


def text(messages: list[ForwardMsg]) -> str:
    """All that was sent, to look for words in it."""
    return "\n".join(map(str, messages))


def kinds(messages: list[ForwardMsg]) -> set[str]:
    """The kinds of elements that were drawn."""
    return {str(m.delta.new_element.WhichOneof("type")) for m in messages if m.delta.HasField("new_element")}

"""A fresh server's first request is a deep link, over the websocket: a known way round gates in Streamlit."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus

from core.api.demo_sign_in import DemoSessions
from core.identity.demo import CLOTHING_ORG, OWNER
from core.samples import demo_entries
from pages.shell.navigation import PLACES
from tests.browser.conftest import Server, running, streamlit_command
from tests.browser.page_stream import kinds, page_stream, text
from tests.conftest import free_port
from tests.tutorial import fill_folder

DEEP_LINKS = [place.url_path for place in PLACES]


def each(pages: list[str], quick: str) -> list[ParameterSet]:
    """Each page takes a fresh server; all but one of them are the long version."""
    return [pytest.param(page, marks=[] if page == quick else pytest.mark.slow) for page in pages]


def first_run(server: Server, page: str, headers: Mapping[str, str] | None = None) -> list[ForwardMsg]:
    """Everything the script sends for its first run on a page, as the browser asks for it."""
    with page_stream(server, headers) as tab:
        return tab.run(page, f"org={CLOTHING_ORG}")


@pytest.mark.parametrize("page", each(DEEP_LINKS, quick="ask"))
def test_nothing_of_a_page_is_sent_before_sign_in(fresh_server: Server, page: str) -> None:
    messages = first_run(fresh_server, page)

    sent = text(messages)
    assert "Continue as Olivia" in sent
    assert kinds(messages) == {"html", "heading", "markdown"}
    for place in PLACES:
        assert place.title not in sent.replace("see the questions and answers", "")
    for entry in demo_entries("clothing"):
        assert entry["question"] not in sent
        assert entry["answer"] not in sent
    # The first page's own address is "/"; every other name is known from the first request on.
    assert ("page_not_found" in {message.WhichOneof("type") for message in messages}) == (page == PLACES[0].url_path)


@pytest.mark.parametrize("page", each(["ask", "evaluations", "chat"], quick="evaluations"))
def test_with_the_cookie_the_first_request_gets_its_page(fresh_server: Server, page: str) -> None:
    sessions = DemoSessions((fresh_server.data_dir / "demo_sign_in_secret").read_bytes())
    cookie = f"{sessions.cookie_name}={sessions.cookie_for(OWNER.user_id)}"

    sent = text(first_run(fresh_server, page, {"Cookie": cookie}))

    title = next(place.title for place in PLACES if place.url_path == page)
    assert f'body: "{"Northwind Clothing" if page == "chat" else title}"' in sent
    assert "Continue as" not in sent


def test_a_cookie_signed_with_another_secret_gets_nothing(server: Server) -> None:
    own = DemoSessions((server.data_dir / "demo_sign_in_secret").read_bytes())
    forged = f"{own.cookie_name}={DemoSessions(b'x' * 32).cookie_for(OWNER.user_id)}"

    messages = first_run(server, "ask", {"Cookie": forged})

    assert "Continue as Olivia" in text(messages)
    assert kinds(messages) == {"html", "heading", "markdown"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost:1"}, 403),
        ({"Origin": "null"}, 403),
        ({"X-Forwarded-For": "127.0.0.1"}, 403),
        ({"Forwarded": "for=127.0.0.1"}, 403),
    ],
)
def test_the_websocket_is_refused_to_others(server: Server, headers: dict[str, str], status: int) -> None:
    with pytest.raises(InvalidStatus) as refused:
        first_run(server, "ask", headers)

    assert refused.value.response.status_code == status


def test_people_stay_signed_in_over_a_restart(tmp_path: Path) -> None:
    port = free_port()
    fill_folder(tmp_path)
    with running(streamlit_command(port), port, tmp_path) as first:
        sessions = DemoSessions((first.data_dir / "demo_sign_in_secret").read_bytes())
        cookie = f"{sessions.cookie_name}={sessions.cookie_for(OWNER.user_id)}"
    with running(streamlit_command(port), port, tmp_path) as second:
        assert "Continue as" not in text(first_run(second, "ask", {"Cookie": cookie}))

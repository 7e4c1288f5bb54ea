"""Thousands of made-up links at a real server: none opens, none tells whether it is one, and a good one goes on."""

import contextlib
import http.client
import itertools
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from websockets.exceptions import ConnectionClosed

from core.bootstrap import build
from core.identity.demo import CLOTHING_ORG, OWNER
from core.settings import Settings
from core.share_links.service import UNKNOWN
from core.share_links.share_link import LinkOver
from tests.browser.conftest import CONTEXTS_OF_PHONES, Server
from tests.browser.page_stream import page_stream, text
from tests.browser.test_share_links import say

pytestmark = pytest.mark.browser

A_TAB = 40
"""Tokens tried by one websocket: a stranger's is closed after 50 messages."""
OVER, LATER = str(LinkOver()), "Too many messages just now"
SIZES = pytest.mark.parametrize(
    ("addresses", "each"), [(3, 40), pytest.param(40, 250, marks=pytest.mark.slow)], ids=["some", "ten thousand"]
)
A_TOKEN_BYTES = 4096
"""What a token that was tried may leave in the server's memory, with what forty tabs at once had; a tab that was not
forgotten would leave more than that for each of its tokens."""


@dataclass(frozen=True)
class Links:
    """The tokens of a link that works and of one that was revoked."""

    good: str
    revoked: str


@pytest.fixture(scope="module")
def links(own_server: Server) -> Links:
    folder = own_server.data_dir
    parts = build(Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'demo.db'}"))
    made = [parts.share_links.make(OWNER, CLOTHING_ORG, name=name, days=7) for name in ("Fair", "Revoked")]
    parts.share_links.revoke(OWNER, CLOTHING_ORG, made[1].link.link_id)
    parts.stop()
    return Links(good=made[0].token, revoked=made[1].token)


def forged() -> str:
    return secrets.token_urlsafe(24)


def drawn(sent: str) -> str:
    """What a run sent, without what is another at each run."""
    return re.sub(r'(hash|script_run_id|session_id): "[^"]*"|name: "[^"]*"', "", sent)


def sentences(server: Server, tokens: Iterator[str], address: str) -> Iterator[str]:
    """What each token is told that somebody at this address tries, some by each tab, one after the other."""
    while batch := list(itertools.islice(tokens, A_TAB)):
        with page_stream(server, address=address) as tab, contextlib.suppress(ConnectionClosed):
            # A stranger's tab is closed after two minutes, or when strangers need its place: the forger opens another.
            for token in batch:
                sent = text(tab.run("chat", f"link={token}"))
                assert "chat_input" not in sent
                yield OVER if OVER in sent else LATER if LATER in sent else sent


def memory(server: Server) -> int:
    """Bytes of the server's process."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return 1024 * int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0])


@SIZES
def test_no_forged_link_opens_while_a_good_one_of_another_address_goes_on(
    own_server: Server, links: Links, chromium: Browser, addresses: int, each: int
) -> None:
    answered = threading.Event()

    def forge(number: int) -> tuple[Counter[str], float]:
        """Try as many as there are to be tried, and more until the visitor has an answer."""
        told, began = Counter[str](), time.monotonic()
        tokens = iter(forged, "")
        for words in sentences(own_server, tokens, f"127.0.1.{number}"):
            told[words] += 1
            if told.total() >= each and answered.is_set():
                break
        return told, time.monotonic() - began

    context = chromium.new_context(**CONTEXTS_OF_PHONES["phone"])
    visitor = context.new_page()
    visitor.goto(f"{own_server.url}/chat?link={links.good}")
    say(visitor, "Do you like cheese?")  # what answers is in memory from now on
    expect(visitor.get_by_text("A human will be in touch shortly")).to_be_visible()
    before = memory(own_server)
    with ThreadPoolExecutor(addresses) as pool:
        forging = [pool.submit(forge, 1 + number) for number in range(addresses)]
        visitor.reload()
        say(visitor, "What are your hours?")
        expect(visitor.get_by_text("9am-5pm")).to_be_visible()
        answered.set()
        results = [one.result() for one in forging]
    context.close()
    grown = memory(own_server) - before

    for told, seconds in results:
        assert told.keys() == {OVER, LATER}
        assert told[OVER] <= UNKNOWN.burst + UNKNOWN.per_second * seconds + 1  # as many were looked up
    tried = sum(told.total() for told, _ in results)
    print(f"{tried} tokens, {sum(told[OVER] for told, _ in results)} looked up, {grown / 1024:.0f} kB more")
    if tried >= 10_000:
        assert grown < tried * A_TOKEN_BYTES
    assert links.good not in own_server.log.read_text()


@pytest.mark.parametrize("count", [100, pytest.param(10_000, marks=pytest.mark.slow)])
def test_over_http_the_page_is_the_same_bytes_whatever_the_token(own_server: Server, links: Links, count: int) -> None:
    def page(token: str) -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection("localhost", own_server.port)
        connection.request("GET", f"/chat?link={token}")
        answer = connection.getresponse()
        headers = {name: value for name, value in answer.getheaders() if name not in ("date", "x-request-id")}
        told = answer.status, str(sorted(headers.items())), answer.read()
        connection.close()
        return told

    with ThreadPoolExecutor(8) as pool:
        told = set(pool.map(page, (links.good, links.revoked, *(forged() for _ in range(count)))))

    assert len(told) == 1


def test_a_revoked_link_is_told_what_a_forged_one_is(own_server: Server, links: Links) -> None:
    with page_stream(own_server, address="127.0.2.2") as one, page_stream(own_server, address="127.0.2.2") as other:
        revoked, unknown = (
            text(tab.run("chat", f"link={token}")) for tab, token in ((one, links.revoked), (other, forged()))
        )

    assert OVER in revoked
    assert drawn(revoked) == drawn(unknown)

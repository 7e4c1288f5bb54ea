"""The HTTP API of the real server process: what strangers or one organisation do keeps nobody else out."""

import http.client
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import pytest

from tests.api_server import CANARY, Api, Call, api_server, org_with_owner
from tests.propelauth_server import PropelAuthServer, propelauth_server

HONEST = 20
"""Requests of a member who has nothing to do with it."""


@dataclass(frozen=True)
class Place:
    """A server, and two orgs on it, each with an API key of its owner."""

    api: Api
    propelauth: PropelAuthServer
    first: tuple[str, str]
    second: tuple[str, str]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with propelauth_server() as propelauth, socket.create_server(("127.0.0.1", 0), backlog=128) as never_answers:
        model_url = f"http://127.0.0.1:{never_answers.getsockname()[1]}/v1"
        more = {"FRONTLINE_ENGINE_URL": model_url, "FRONTLINE_ENGINE_MODEL": "m", "FRONTLINE_ENGINE_KEY": "k"}
        with api_server(propelauth, tmp_path_factory.mktemp("server"), more) as api:
            first, second = (org_with_owner(propelauth, api, name) for name in ("Acme", "Bolt"))
            yield Place(api, propelauth, first, second)
            never_answers.close()  # the server ends when its questions have


def entries(org: tuple[str, str]) -> Call:
    return Call("GET", f"/api/v1/orgs/{org[0]}/entries", org[1])


@contextmanager
def meanwhile(times: int, act: Callable[[threading.Event], object]) -> Iterator[None]:
    """So many threads that do the same until the end of the block."""
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            try:
                act(ended)
            except (OSError, httpx.HTTPError, http.client.HTTPException):  # cut off, as it may be
                ended.wait(0.05)

    with ThreadPoolExecutor(times) as pool:
        working = [pool.submit(work) for _ in range(times)]
        try:
            yield
        finally:
            ended.set()
        for one in working:
            one.result()


def honest(place: Place, org: tuple[str, str]) -> list[int]:
    return [place.api.send(entries(org)).status for _ in range(HONEST)]


def test_40_connections_with_made_up_keys_keep_no_member_out(place: Place) -> None:
    counted: list[int] = []

    def stranger(ended: threading.Event) -> None:
        with httpx.Client(base_url=place.api.url, timeout=60, trust_env=False) as client:
            while not ended.is_set():
                bearer = {"Authorization": f"Bearer {secrets.token_hex(32)}"}
                counted.append(client.get(f"/api/v1/orgs/{place.first[0]}/entries", headers=bearer).status_code)

    owner = place.propelauth.user("Newcomer", {place.first[0]: "Owner"})
    new_key = (place.first[0], place.propelauth.api_key(user=owner))
    with meanwhile(40, stranger):
        statuses = honest(place, place.first) + honest(place, new_key)

    assert statuses == [200] * (2 * HONEST)
    assert set(counted) <= {401, 429}
    assert place.propelauth.asked_for("validate") < len(counted) + HONEST


def test_a_made_up_key_that_is_sent_again_and_again_is_asked_about_once(place: Place) -> None:
    before = place.propelauth.asked_for("validate")
    call = Call("GET", f"/api/v1/orgs/{place.first[0]}/entries", "0" * 64)

    assert {place.api.send(call).status for _ in range(5)} == {401}
    assert place.propelauth.asked_for("validate") == before + 1


def question(place: Place, ended: threading.Event, *, body: bytes, length: int) -> None:
    """A question of the first org that sends this of its body, and a space now and then; nobody waits for an answer."""
    address = urlsplit(place.api.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
    try:
        connection.putrequest("POST", f"/api/v1/orgs/{place.first[0]}/answers")
        connection.putheader("Authorization", f"Bearer {place.first[1]}")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(length))
        connection.endheaders(body)
        while not ended.wait(0.2):
            if length > len(body):
                connection.send(b" ")
    finally:
        connection.close()


def test_slow_bodies_keep_out_neither_their_own_organisation_nor_others(place: Place) -> None:
    with meanwhile(32, lambda ended: question(place, ended, body=b"{", length=1_000_000)):
        statuses = honest(place, place.second) + honest(place, place.first)

    assert statuses == [200] * (2 * HONEST)


def test_questions_to_a_model_server_that_hangs_keep_no_other_organisation_out(place: Place) -> None:
    """More than an organisation's share of the places: the rest of them wait, and are sent away."""
    body = b'{"question": "what is it then?"}'
    with meanwhile(30, lambda ended: question(place, ended, body=body, length=len(body))):
        statuses = honest(place, place.second)

    assert statuses == [200] * HONEST


def test_200_clients_at_once_are_all_served(place: Place) -> None:
    """Of 25 people, each with a key that nobody knows yet."""
    org_id, people = place.second[0], range(25)
    keys = [place.propelauth.api_key(user=place.propelauth.user(f"P{n}", {org_id: "Member"})) for n in people]
    with ThreadPoolExecutor(200) as pool:
        found = list(pool.map(lambda n: place.api.send(entries((org_id, keys[n % len(keys)]))), range(200)))

    assert [one.text for one in found if one.status != 200] == []
    assert all(CANARY in one.text for one in found)

"""How many requests of members succeed while strangers, slow clients or another organisation crowd the HTTP API.

``python -m tests.benchmarks.api_crowds [--seconds 10]`` starts the real server with a stand-in of PropelAuth and a
model server that never answers, and prints for each crowd how many of a member's requests succeeded and how long they
took beside those of a quiet server.
"""

import argparse
import secrets
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import httpx

from tests.api_server import Api, Call, Ended, api_server, org_with_owner
from tests.integration.test_api_fairness import Place, entries, meanwhile, question
from tests.propelauth_server import PropelAuthServer, propelauth_server

Crowd = Callable[[threading.Event], object]
BODY = b'{"question": "what is it then?"}'


def strangers(place: Place) -> Crowd:
    """Each request with another made-up key."""

    def send(ended: threading.Event) -> None:
        with httpx.Client(base_url=place.api.url, timeout=60, trust_env=False) as client:
            while not ended.is_set():
                bearer = {"Authorization": f"Bearer {secrets.token_hex(32)}"}
                client.get(f"/api/v1/orgs/{place.first[0]}/entries", headers=bearer)

    return send


def member(place: Place, seconds: float) -> list[Ended]:
    """Requests of a member of the second org, one after another."""
    found, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        found.append(place.api.send(entries(place.second)))
        time.sleep(0.11)  # below what a key may ask
    return found


def told(name: str, found: list[Ended], quiet: float) -> None:
    """One line of the result."""
    middle = median(one.seconds for one in found)
    good = sum(one.status == 200 for one in found)
    others = Counter(one.status for one in found if one.status != 200)
    print(f"{name:46} {good:4} of {len(found):4} succeeded  {middle / quiet:5.1f} times as long  {dict(others) or ''}")


def honest_clients(api: Api, propelauth: PropelAuthServer, org_id: str) -> list[Ended]:
    """200 clients of 60 people, three requests each."""
    keys = [propelauth.api_key(user=propelauth.user(f"P{n}", {org_id: "Member"})) for n in range(60)]

    def three(number: int) -> list[Ended]:
        return [api.send(Call("GET", f"/api/v1/orgs/{org_id}/entries", keys[number % 60])) for _ in range(3)]

    with ThreadPoolExecutor(200) as pool:
        return [one for found in pool.map(three, range(200)) for one in found]


def main() -> None:
    """Measure each crowd on one server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    seconds: float = parser.parse_args().seconds
    with (
        tempfile.TemporaryDirectory() as folder,
        propelauth_server() as propelauth,
        socket.create_server(("127.0.0.1", 0), backlog=512) as never_answers,
    ):
        url = f"http://127.0.0.1:{never_answers.getsockname()[1]}/v1"
        more = {"FRONTLINE_ENGINE_URL": url, "FRONTLINE_ENGINE_MODEL": "m", "FRONTLINE_ENGINE_KEY": "k"}
        with api_server(propelauth, Path(folder), more) as api:
            first, second = (org_with_owner(propelauth, api, name) for name in ("Acme", "Bolt"))
            place = Place(api, propelauth, first, second)

            def hanging(ended: threading.Event) -> None:
                question(place, ended, body=BODY, length=len(BODY))

            alone = member(place, seconds)
            quiet = median(one.seconds for one in alone)
            told("nobody else", alone, quiet)
            crowds: list[tuple[str, int, Crowd]] = [
                ("40 connections with made-up keys", 40, strangers(place)),
                ("one key with 16 slow bodies", 16, lambda end: question(place, end, body=b"{", length=1_000_000)),
                ("16 questions to a model server that hangs", 16, hanging),
                ("64 questions to a model server that hangs", 64, hanging),
            ]
            for name, times, crowd in crowds:
                with meanwhile(times, crowd):
                    told(name, member(place, seconds), quiet)
            told("200 honest clients, three requests each", honest_clients(api, propelauth, second[0]), quiet)
            never_answers.close()


if __name__ == "__main__":
    main()

"""How look-ups of keys that nobody knows are paced."""

import asyncio

import pytest

from core.api.v1 import gate
from core.api.v1.gate import Strangers
from core.api.v1.refusals import RateLimited
from core.rate_limits import RequestRate, network

RATE = RequestRate(name="test", burst=2, per_second=20)


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits that were asked of the event loop; none is really waited, since a busy machine may mix their ends."""
    asked: list[float] = []

    async def sleep(seconds: float) -> None:
        asked.append(seconds)

    monkeypatch.setattr(gate.asyncio, "sleep", sleep)
    return asked


async def turns(strangers: Strangers, address: str, times: int) -> None:
    for _ in range(times):
        await strangers.turn(address)


def test_an_address_waits_once_its_burst_is_used_up_each_a_little_longer_and_others_do_not(
    waited: list[float],
) -> None:
    strangers = Strangers(RATE, clock=lambda: 0.0)

    asyncio.run(turns(strangers, "192.0.2.1", 5))
    assert waited == pytest.approx([0.05, 0.1, 0.15])

    asyncio.run(turns(strangers, "192.0.2.2", 2))
    assert len(waited) == 3


def test_who_would_wait_too_long_is_sent_away_and_the_burst_comes_back() -> None:
    now = [0.0]
    strangers = Strangers(RequestRate(name="test", burst=2, per_second=0.1), clock=lambda: now[0])
    asyncio.run(turns(strangers, "192.0.2.1", 2))
    with pytest.raises(RateLimited, match="your address") as refused:
        asyncio.run(strangers.turn("192.0.2.1"))
    now[0] = 20.0

    assert refused.value.standing.wait == 10
    asyncio.run(turns(strangers, "192.0.2.1", 2))


def test_only_so_many_addresses_are_remembered() -> None:
    strangers = Strangers(RequestRate(name="test", burst=1, per_second=0.1), clock=lambda: 0.0, size=2)
    for address in ("a", "b", "c", "a"):
        asyncio.run(strangers.turn(address))
    with pytest.raises(RateLimited):
        asyncio.run(strangers.turn("c"))


def test_one_network_of_ipv6_is_one_address() -> None:
    assert network("2001:db8::1") == network("2001:db8::ffff:1") != network("2001:db8:0:1::1")

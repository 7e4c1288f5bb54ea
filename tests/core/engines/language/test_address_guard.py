import asyncio
from collections.abc import Sequence

import pytest

from core.engines.language.address_guard import AddressGuard, AddressRefused, addresses_of
from core.engines.language.hosts import ListedHosts
from core.errors import EngineUnavailable


def answering(*answers: Sequence[str]):
    """A resolver that gives one answer after the other, then the last for ever."""
    left = list(answers)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


def targets(guard: AddressGuard, host: str = "models.example", port: int = 443) -> Sequence[str]:
    return asyncio.run(guard.targets(host, port))


def test_a_public_host_is_given_as_its_addresses_in_their_order() -> None:
    guard = AddressGuard(ListedHosts(), answering(["2606:4700::1", "8.8.8.8"]))

    assert targets(guard) == ["2606:4700::1", "8.8.8.8"]


@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:169.254.169.254"], ["fe80::1%eth0"], ["no address"]]
)
def test_one_address_that_is_not_public_is_enough_to_refuse(found: list[str]) -> None:
    with pytest.raises(
        AddressRefused, match=r"may not connect to models\.example: it is not on the internet"
    ) as refused:
        targets(AddressGuard(ListedHosts(), answering(found)))

    assert isinstance(refused.value, EngineUnavailable)
    assert not any(address in str(refused.value) for address in found)


def test_a_listed_host_is_given_as_it_is_and_only_at_its_port() -> None:
    guard = AddressGuard(ListedHosts.of(["models.example:8000"]), answering(["10.0.0.1"]))

    assert targets(guard, port=8000) == ["models.example"]
    with pytest.raises(AddressRefused):
        targets(guard, port=22)


def test_a_host_without_an_address_is_no_refusal() -> None:
    with pytest.raises(OSError, match="no address"):
        targets(AddressGuard(ListedHosts(), answering([])))


def test_nothing_is_sent_without_encryption_unless_the_host_is_listed() -> None:
    guard = AddressGuard(ListedHosts.of(["gpu.lan"]))

    assert guard.refusal("models.example", 443, encrypted=True) is None
    assert guard.refusal("gpu.lan", 80, encrypted=False) is None
    refusal = guard.refusal("models.example", 80, encrypted=False)
    assert refusal is not None
    assert "https://" in str(refusal)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1", "2130706433"])
def test_this_computers_own_resolver_finds_what_is_refused(host: str) -> None:
    assert "127.0.0.1" in asyncio.run(addresses_of(host, 80)) or "::1" in asyncio.run(addresses_of(host, 80))
    with pytest.raises(AddressRefused):
        targets(AddressGuard(ListedHosts()), host)

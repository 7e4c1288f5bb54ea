"""Keeps connections to servers that an org's owner named out of the network that Frontline runs in."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence

from core.engines.language.hosts import ListedHosts, is_public
from core.errors import EngineUnavailable

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""The IP addresses of a host for a port; raises OSError when it has none."""


class AddressRefused(EngineUnavailable):
    """Frontline may not connect to this server."""


async def addresses_of(host: str, port: int) -> Sequence[str]:
    """The addresses that this computer finds for a host, in the order in which they should be tried."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class AddressGuard:
    """Says which addresses a connection may go to.

    The caller connects to what it is given and asks no resolver again: a name that is public when it is looked at can
    be this computer's a moment later.
    """

    def __init__(self, listed: ListedHosts, resolver: Resolver = addresses_of) -> None:
        self._listed = listed
        self._resolver = resolver

    def refusal(self, host: str, port: int, *, encrypted: bool) -> AddressRefused | None:
        """Why a request may not be sent there, as far as this is known before the host is addresses_of."""
        if encrypted or self._listed.includes(host, port):
            return None
        return AddressRefused(f"Frontline sends nothing to {host} without encryption. Enter an address with https://.")

    async def targets(self, host: str, port: int) -> Sequence[str]:
        """Where to connect to: the host itself when it is listed, else its addresses.

        Raises AddressRefused when one of them is not public, OSError or UnicodeError when it has none.
        """
        if self._listed.includes(host, port):
            return [host]
        found = await self._resolver(host, port)
        if not found:
            raise OSError("no address")
        if not all(is_public(address) for address in found):
            raise AddressRefused(
                f"Frontline may not connect to {host}: it is not on the internet. The person who runs Frontline can "
                "allow it (FRONTLINE_ENGINE_HOSTS)."
            )
        return found

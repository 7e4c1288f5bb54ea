"""What a server's host is: a name or an address, public or not, listed by the deployment or not."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from core.errors import ConfigurationError

_NETLOC = re.compile(r"(?:\[(?P<v6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9_.-]+))(?::(?P<port>\d{0,5}))?", re.IGNORECASE)
_NAME = re.compile(r"(?=.{1,254}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)
_INSIDE = ("localhost", "local", "internal", "lan", "home.arpa")

_NEVER = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments, Oracle's metadata service among them; older Pythons call it global
        "192.88.99.0/24",  # the relays of 6to4, given up (RFC 7526)
        "168.63.129.16/32",  # public by number, and yet Azure's own services inside each virtual network
        "2001::/23",  # protocol assignments, Teredo among them
        "3fff::/20",  # documentation (RFC 9637)
    )
)
_UNICAST = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet; False for anything that is no address.

    An IPv6 address that stands for an IPv4 one (mapped, 6to4, NAT64) is as public as that one; Teredo never is.
    Source: IANA's special-purpose address registries, https://www.iana.org/assignments/iana-ipv4-special-registry
    and iana-ipv6-special-registry.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        inner = _carried(found)
        if inner is None:
            return found in _UNICAST and found.is_global and not _never(found)
        found = inner
    return found.is_global and not found.is_multicast and not _never(found)


def _carried(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


def _never(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in _NEVER)


def may_be_public(host: str) -> bool:
    """Whether a host could be on the public internet, as far as its name tells without asking anybody."""
    name = host.rstrip(".").lower()
    if ":" in name or _ends_in_number(name):
        return is_public(name)
    return "." in name and not any(name == end or name.endswith(f".{end}") for end in _INSIDE)


def is_host_and_port(text: str) -> bool:
    """Whether this is a host, with or without a port, that every library reads in the same way."""
    return _split(text) is not None


def host_name(host: str) -> str:
    """The one way in which a host is written where hosts are compared: lower case, IPv6 addresses shortened."""
    bare = host.lower()
    try:
        return ip_address(bare).compressed
    except ValueError:
        return bare


@dataclass(frozen=True, slots=True)
class ListedHosts:
    """The hosts that a deployment trusts although they are not public, each with its port or None for all ports."""

    entries: frozenset[tuple[str, int | None]] = frozenset()

    @classmethod
    def of(cls, texts: Iterable[str]) -> "ListedHosts":
        """Read ``host`` and ``host:port``.

        Raises ConfigurationError for anything else, such as a whole URL.
        """
        return cls(frozenset(_entry(text) for text in texts))

    def includes(self, host: str, port: int) -> bool:
        """Whether this port of this host is listed."""
        name = host_name(host)
        return (name, None) in self.entries or (name, port) in self.entries


def _entry(text: str) -> tuple[str, int | None]:
    found = _split(text) or _split(f"[{text}]")
    if found is None:
        raise ConfigurationError(
            f"FRONTLINE_ENGINE_HOSTS: “{text}” is no host. Write a name or an address, with or without a port, such as "
            "models.example:8000, and commas between several."
        )
    return found


def _split(text: str) -> tuple[str, int | None] | None:
    found = _NETLOC.fullmatch(text)
    if found is None:
        return None
    port = int(found["port"]) if found["port"] else None
    if port is not None and not 0 < port < 65_536:
        return None
    host = found["v6"] or found["name"]
    if found["name"] and not _ends_in_number(host):
        return (host_name(host), port) if _NAME.fullmatch(host) else None
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return (address.compressed, port) if (address.version == 6) is bool(found["v6"]) else None


def _ends_in_number(host: str) -> bool:
    """Whether resolvers may read this as an IPv4 address, as they do 127.1 and 0x7f000001."""
    return _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]) is not None

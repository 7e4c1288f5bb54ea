"""What a server's host is: a name or an address, public or not, listed by the deployment or not."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from core.errors import ConfigurationError
from core.web_address import ends_in_number, host_and_port, host_name

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
    if ":" in name or ends_in_number(name):
        return is_public(name)
    return "." in name and not any(name == end or name.endswith(f".{end}") for end in _INSIDE)


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
    found = host_and_port(text) or host_and_port(f"[{text}]")
    if found is None:
        raise ConfigurationError(
            f"FRONTLINE_ENGINE_HOSTS: “{text}” is no host. Write a name or an address, with or without a port, such as "
            "models.example:8000, and commas between several."
        )
    return found

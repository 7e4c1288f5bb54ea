"""The one rule for the address of a server on the web: what is one, and how its host is written and read."""

import re
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

from core.masking import Masking

ADDRESS_LIMIT = 500
"""Characters."""

_LIKE = "write it like https://api.openai.com/v1"
_QUERY_LIKE = "write it like https://shop.openai.azure.com/openai/deployments/bot?api-version=2024-10-21"
_NETLOC = re.compile(r"(?:\[(?P<v6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9_.-]+))(?::(?P<port>\d{0,5}))?", re.IGNORECASE)
_NAME = re.compile(r"(?=.{1,254}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)
_QUERY = re.compile(r"[\w.-]+=[\w.:~-]+(?:&[\w.-]+=[\w.:~-]+)*", re.ASCII)
_SECRET = re.compile(r"key|token|secret|passw|pwd|sig|code|auth|credential", re.IGNORECASE)
_MASKING = Masking()


def wrong_address(text: str) -> str | None:
    """Why a text cannot be a server's address, in words; None when it can.

    A query is allowed, as Azure's addresses have one, but no key in it: addresses are shown, logged and kept.
    """
    if not text:
        return f"is empty: {_LIKE}"
    if len(text) > ADDRESS_LIMIT:
        return f"has {len(text):,} characters; {ADDRESS_LIMIT} is the limit."
    try:
        parts = urlsplit(text)
        named = parts.username is not None or parts.password is not None
        usable = parts.scheme in ("http", "https") and (named or is_host_and_port(parts.netloc))
    except ValueError:
        usable = named = False
    if not usable or not re.fullmatch(r"[\x21-\x7e]+", text):
        return f"is no web address: {_LIKE}"
    if named:
        return "holds a user name or a password: write the key into its own field."
    if "#" in text:
        return f"may not hold a #: {_LIKE}"
    return _wrong_query(parts.query) if "?" in text else None


def _wrong_query(query: str) -> str | None:
    if not _QUERY.fullmatch(query):
        return f"holds something behind the ? that cannot be used: {_QUERY_LIKE}"
    if any(_SECRET.search(name) for name, _ in parse_qsl(query)) or _MASKING.masked(query) != query:
        return "holds a key behind the ?: write the key into its own field."
    return None


def is_host_and_port(text: str) -> bool:
    """Whether this is a host, with or without a port, that every library reads in the same way."""
    return host_and_port(text) is not None


def host_and_port(text: str) -> tuple[str, int | None] | None:
    """The host as ``host_name`` writes it, and the port where there is one; None for what is no host."""
    found = _NETLOC.fullmatch(text)
    if found is None:
        return None
    port = int(found["port"]) if found["port"] else None
    if port is not None and not 0 < port < 65_536:
        return None
    host = found["v6"] or found["name"]
    if found["name"] and not ends_in_number(host):
        return (host_name(host), port) if _NAME.fullmatch(host) else None
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return (address.compressed, port) if (address.version == 6) is bool(found["v6"]) else None


def host_name(host: str) -> str:
    """The one way in which a host is written where hosts are compared: lower case, IPv6 addresses shortened."""
    bare = host.lower()
    try:
        return ip_address(bare).compressed
    except ValueError:
        return bare


def ends_in_number(host: str) -> bool:
    """Whether resolvers may read this as an IPv4 address, as they do 127.1 and 0x7f000001."""
    return _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]) is not None


def is_loopback(host: str) -> bool:
    """Whether a host is this computer, by its name or its address."""
    try:
        return host.lower() == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False

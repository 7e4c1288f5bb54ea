"""Watches which addresses a process and its children speak to, native code included, as the kernel sees it."""

import ipaddress
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.conftest import missing

_CALLS = "connect,sendto,sendmsg,sendmmsg"
_PEER = re.compile(
    r"sin_port=htons\((?P<port>\d+)\), sin_addr=inet_addr\(\"(?P<v4>[^\"]+)\"\)"
    r"|sin6_port=htons\((?P<port6>\d+)\).*?inet_pton\(AF_INET6, \"(?P<v6>[^\"]+)\""
)
_NAME_SERVICE = 53


def watched(command: Sequence[str], trace: Path) -> list[str]:
    """The command under strace, which writes what it sends to whom into ``trace``; signals reach the command."""
    program = shutil.which("strace")
    if program is None:
        missing("strace")
    return [str(program), "-D", "-f", "--seccomp-bpf", "-qq", "-e", f"trace={_CALLS}", "-o", str(trace), *command]


def spoken_to(trace: Path) -> set[str]:
    """Addresses beyond this computer that were spoken to, and every name service, as ``address:port``.

    Looking up a name is speaking to one, wherever it stands.
    """
    found = set()
    for match in _PEER.finditer(trace.read_text(errors="replace")):
        address, port = match["v4"] or match["v6"], int(match["port"] or match["port6"])
        if port == _NAME_SERVICE or not _is_here(address):
            found.add(f"{address}:{port}")
    return found


def _is_here(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (mapped or parsed).is_loopback

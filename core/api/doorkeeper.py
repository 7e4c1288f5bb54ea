"""Decides whether a request may reach Frontline at all, before any page, route or websocket sees it."""

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from core.errors import ConfigurationError

WRONG_HOST = (
    "Frontline does not answer under this address. Open it under the address its team gave you; on the computer it "
    "runs on that is http://localhost, followed by the port. Who runs Frontline can add an address to the setting "
    "FRONTLINE_TRUSTED_HOSTS."
)
NOT_THIS_COMPUTER = (
    "Frontline runs here with the demo sign-in: anyone who reaches it can act as any of the demo people. So it only "
    "answers browsers on its own computer, and this request came from somewhere else or through a proxy. Open "
    "http://localhost, followed by the port, on that computer. To share Frontline with others, set up real sign-in."
)
ANOTHER_SITE = (
    "This request was sent by another web site, so Frontline did not act on it. Open Frontline directly in the browser."
)
LISTENS_BEYOND = (
    "Frontline did not start. It has only the demo sign-in, in which anyone can act as any of the demo people, but "
    "was told to listen to the network ({address}). Set server.address to 127.0.0.1 in .streamlit/config.toml, or "
    "start it with --server.address 127.0.0.1. To share Frontline with others, set up real sign-in."
)


class Doorkeeper:
    """Pure ASGI middleware that answers only under trusted hosts and, with the demo sign-in, only this computer.

    ``trusted_hosts`` are host names without a port (IPv6 in brackets or bare). With ``demo``, a request must come
    from a loopback address, unforwarded, and not from a page of another origin. A refusal is a plain text that says
    why; a refused websocket is never accepted.
    """

    def __init__(self, app: ASGIApp, *, trusted_hosts: Sequence[str], demo: bool) -> None:
        self._app = app
        self._trusted = frozenset(host.strip("[]").lower() for host in trusted_hosts)
        self._demo = demo

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        refusal = self._refusal(scope) if scope["type"] in ("http", "websocket") else None
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http" or "websocket.http.response" in scope.get("extensions", {}):
            status, reason = refusal
            headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
            await PlainTextResponse(reason + "\n", status, headers)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers: list[tuple[str, str]] = [
            (k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in scope["headers"]
        ]
        hosts = [value for name, value in headers if name == "host"]
        if len(hosts) != 1 or name_in_host_header(hosts[0]) not in self._trusted:
            return 421, WRONG_HOST
        if not self._demo:
            return None
        if not is_loopback_address(scope["client"][0] if scope.get("client") else "") or any(
            _forwarded(n) for n, _ in headers
        ):
            return 403, NOT_THIS_COMPUTER
        if any(not same_origin(value, hosts[0]) for name, value in headers if name == "origin"):
            return 403, ANOTHER_SITE
        return None


def name_in_host_header(host: str) -> str | None:
    """The name in a Host header, in lower case and without port or brackets; None when it is malformed.

    >>> [name_in_host_header(host) for host in ("LOCALHOST:8501", "[::1]:8501", "a@b", "localhost:x")]
    ['localhost', '::1', None, None]
    """
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return None
    bare = parts.netloc == host and not parts.username and "@" not in host
    return parts.hostname if bare and not any(c.isspace() for c in host) else None


def same_origin(origin: str, host: str) -> bool:
    """Whether an Origin header names this very host and port.

    >>> same_origin("http://localhost:8501", "localhost:8501"), same_origin("null", "localhost:8501")
    (True, False)
    """
    scheme, separator, rest = origin.partition("://")
    return bool(separator) and scheme in ("http", "https") and rest.lower() == host.lower()


def is_loopback_address(address: str) -> bool:
    """Whether an IP address is this computer's own, IPv4 within IPv6 included; anything else is not.

    >>> [is_loopback_address(address) for address in ("127.0.0.1", "::ffff:127.0.0.1", "192.168.0.7", "")]
    [True, True, False, False]
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback


def refuse_to_listen_beyond(address: str | None) -> None:
    """Stop a server that has only the demo sign-in and would listen to more than this computer.

    Raises ConfigurationError unless ``address`` (Streamlit's ``server.address``; None listens everywhere) is loopback.
    """
    if address is None or not (address.lower() == "localhost" or is_loopback_address(address.strip("[]"))):
        raise ConfigurationError(LISTENS_BEYOND.format(address=address or "every address of this computer"))


def _forwarded(header: str) -> bool:
    return header in ("forwarded", "x-real-ip") or header.startswith("x-forwarded-")

"""HTTP for the openai client on aiohttp's connections, which take a third of the time of its own."""

import contextlib
import functools
import os
import socket
import ssl
from collections.abc import Callable, Iterator
from urllib.request import getproxies, proxy_bypass

import aiohttp
import aiohttp.abc
import httpx2

from core.engines.language.address_guard import AddressGuard, addresses_of
from core.engines.language.failures import ReplyTooLarge
from core.errors import EngineUnavailable
from core.web_address import is_loopback

MOST_BYTES = 4_000_000
"""A reply with the probabilities of 2,048 tokens has about 1.5 million."""
ADDRESSES_TRIED = 4
KEPT_SECONDS = 5.0
"""How long a connection without a call is kept open."""

_PORTS = {"http": 80, "https": 443}
_READ_AT_ONCE = 65_536


def certificates() -> ssl.SSLContext:
    """Whom to trust: the deployment's (SSL_CERT_FILE, SSL_CERT_DIR), else the system's; read once a process.

    Raises EngineUnavailable when they cannot be read.
    """
    return _certificates(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@functools.cache
def _certificates(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    try:
        return httpx2.create_ssl_context()  # it takes longer than a call
    except OSError as error:  # an ssl.SSLError is one too
        raise EngineUnavailable(
            "No model server can be asked: the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read. "
            "The person who runs Frontline has to correct or unset it."
        ) from error


class Transport(httpx2.AsyncBaseTransport):
    """Sends requests on one event loop, reads each reply whole, and no more of it than a reply can have.

    A server must not be able to fill this process's memory. With a ``guard`` a connection goes to the very address
    that the guard has looked at, and never through a proxy, which would resolve the name itself; without one the
    proxies of the environment are used (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY), but not for this computer, which
    no proxy can reach. TLS verifies the host's name, not the address, against ``certificates``. ``socket_factory``
    makes the sockets, for tests.
    """

    def __init__(
        self,
        certificates: ssl.SSLContext,
        guard: AddressGuard | None = None,
        socket_factory: Callable[[aiohttp.AddrInfoType], socket.socket] | None = None,
    ) -> None:
        self._certificates = certificates
        self._guard = guard
        self._socket_factory = socket_factory
        self._proxies = {} if guard else getproxies()
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request and read the reply.

        Raises AddressRefused where the guard does, ReplyTooLarge, httpx2's errors as other transports do, and
        RuntimeError once this is closed: nobody would close another connection any more.
        """
        if self._closed:
            raise RuntimeError("This transport has been closed.")
        if self._session is None:
            self._session = self._opened()
        seconds = request.extensions.get("timeout", {})
        with _in_httpx_words():
            if self._guard is not None:
                await _look(self._guard, request.url)
            async with self._session.request(
                request.method,
                str(request.url),
                headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw],
                data=request.content or None,
                # A redirect would carry the key and the org's table to an address that nobody entered.
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(
                    total=None, connect=seconds.get("connect"), sock_read=seconds.get("read")
                ),
                proxy=self._proxy(request.url),
            ) as response:
                body = await _whole(response.content)
        headers = [(name, value) for name, value in response.raw_headers if name.lower() != b"content-encoding"]
        return httpx2.Response(response.status, headers=headers, content=body, request=request)

    async def aclose(self) -> None:
        """Close the connections, for good."""
        self._closed = True
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _proxy(self, url: httpx2.URL) -> str | None:
        if not self._proxies or is_loopback(url.host) or proxy_bypass(url.netloc.decode("ascii")):
            return None
        return self._proxies.get(url.scheme) or self._proxies.get("all")

    def _opened(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=0,
            ssl=self._certificates,
            keepalive_timeout=KEPT_SECONDS,
            resolver=_GuardedResolver(self._guard) if self._guard else None,
            use_dns_cache=False,  # what a name leads to is looked at for each connection
            socket_factory=self._socket_factory,
        )
        # trust_env would also send the passwords of a .netrc file.
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)


async def _look(guard: AddressGuard, url: httpx2.URL) -> None:
    """Raise AddressRefused where nothing may be sent; an address in numbers has no name for the resolver to look at."""
    host, port = url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme]
    if refused := guard.refusal(host, port, encrypted=url.scheme == "https"):
        raise refused
    if ":" in host or host[-1:].isdigit():
        await _targets(guard, host, port)


async def _targets(guard: AddressGuard, host: str, port: int) -> list[str]:
    try:
        return list(await guard.targets(host, port))[:ADDRESSES_TRIED]
    except (OSError, UnicodeError) as error:
        raise httpx2.ConnectError(f"{host} has no address") from error


class _GuardedResolver(aiohttp.abc.AbstractResolver):
    """Tells aiohttp the addresses that a guard has looked at; it asks none of its own then."""

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002
    ) -> list[aiohttp.abc.ResolveResult]:
        """The addresses to connect to, as the guard's ``targets``."""
        found = await _targets(self._guard, host, port)
        if found == [host]:  # a listed host may lead anywhere
            found = list(await addresses_of(host, port))[:ADDRESSES_TRIED]
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
                "proto": socket.IPPROTO_TCP,
                "flags": socket.AI_NUMERICHOST,
            }
            for address in found
        ]

    async def close(self) -> None:
        """Nothing is open."""


async def _whole(content: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    async for part in content.iter_chunked(_READ_AT_ONCE):
        body += part
        if len(body) > MOST_BYTES:
            raise ReplyTooLarge
    return bytes(body)


@contextlib.contextmanager
def _in_httpx_words() -> Iterator[None]:
    """Raise what the client knows in place of aiohttp's errors; it matters only whether it took too long."""
    try:
        yield
    except TimeoutError as error:
        raise httpx2.TimeoutException(str(error)) from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise httpx2.TransportError(str(error)) from error

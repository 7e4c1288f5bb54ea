"""HTTP for guarded connections: each goes to the very address that the guard has looked at."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator

import httpcore2
import httpx2

from core.engines.language.guard import Guard

ADDRESSES_TRIED = 4
_PORTS = {"http": 80, "https": 443}


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Sends requests on connections that a guard allows, never through a proxy.

    A proxy would resolve the name itself. TLS verifies the host's name, not the address; the certificates that are
    trusted are the deployment's (SSL_CERT_FILE, SSL_CERT_DIR, else the system's). ``backend`` opens connections.
    """

    def __init__(
        self,
        guard: Guard,
        limits: httpx2.Limits,
        certificates: ssl.SSLContext | None = None,
        backend: httpcore2.AsyncNetworkBackend | None = None,
    ) -> None:
        self._guard = guard
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=certificates or httpx2.create_ssl_context(),
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_CheckedBackend(guard, backend or httpcore2.AnyIOBackend()),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request.

        Raises AddressRefused where the guard does, and httpx2's errors as other transports do.
        """
        url = request.url
        host, port = url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme]
        if refused := self._guard.refusal(host, port, encrypted=url.scheme == "https"):
            raise refused
        assert isinstance(request.stream, AsyncIterable)  # noqa: S101 - an asynchronous client sends no other
        with _in_httpx_words():
            response = await self._pool.handle_async_request(
                httpcore2.Request(
                    method=request.method,
                    url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx2.Response(
            response.status, headers=response.headers, stream=_Body(response), extensions=response.extensions
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._pool.aclose()


class _Body(httpx2.AsyncByteStream):
    def __init__(self, response: httpcore2.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        parts = self._response.stream
        assert isinstance(parts, AsyncIterable)  # noqa: S101 - an asynchronous pool gives no other
        with _in_httpx_words():
            async for part in parts:
                yield part

    async def aclose(self) -> None:
        await self._response.aclose()


class _CheckedBackend(httpcore2.AsyncNetworkBackend):
    """Resolves a host once, has every address looked at, and connects to one of these."""

    def __init__(self, guard: Guard, below: httpcore2.AsyncNetworkBackend) -> None:
        self._guard = guard
        self._below = below

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        ends = None if timeout is None else time.monotonic() + timeout
        targets = (await self._targets(host, port, timeout))[:ADDRESSES_TRIED]
        for number, target in enumerate(targets, 1):
            # An address that does not answer must leave time for those after it.
            share = None if ends is None else max(0.0, ends - time.monotonic()) / (len(targets) - number + 1)
            try:
                return await self._below.connect_tcp(target, port, share, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if number == len(targets):
                    raise
        raise httpcore2.ConnectError("no address")

    async def _targets(self, host: str, port: int, timeout: float | None) -> list[str]:
        try:
            async with asyncio.timeout(timeout):
                return list(await self._guard.targets(host, port))
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout from error
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"{host} has no address") from error


@contextlib.contextmanager
def _in_httpx_words() -> Iterator[None]:
    """Raise what the client knows in place of the connections' errors; it matters only whether it took too long."""
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise httpx2.TimeoutException(str(error)) from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.UnsupportedProtocol) as error:
        raise httpx2.TransportError(str(error)) from error

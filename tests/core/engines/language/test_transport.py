"""Guarded connections over real sockets; only where a public address leads is bent to this computer."""

import asyncio
import datetime
import errno
import ipaddress
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from core.engines.language.address_guard import AddressGuard, AddressRefused
from core.engines.language.hosts import ListedHosts
from core.engines.language.transport import Transport, certificates
from core.errors import EngineUnavailable
from tests.core.engines.language.test_address_guard import answering
from tests.model_server import ModelServer

PUBLIC = "93.184.216.34"


class Bent:
    """Makes sockets that connect to this computer instead of PUBLIC, and to others as told; keeps what was dialled."""

    def __init__(self, dead: Sequence[str] = (), hangs: Sequence[str] = ()) -> None:
        self.dialled: list[str] = []
        self.dead, self.hangs = dead, hangs

    def __call__(self, target: aiohttp.AddrInfoType) -> socket.socket:
        return _BentSocket(self, target)


class _BentSocket(socket.socket):
    def __init__(self, bent: Bent, target: aiohttp.AddrInfoType) -> None:
        super().__init__(*target[:3])
        self._bent = bent

    def connect(self, address: Any) -> None:
        host = address[0]
        if host not in self._bent.dialled[-1:] or host not in self._bent.hangs:
            self._bent.dialled.append(host)
        if host in self._bent.dead:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "dead")
        if host in self._bent.hangs:
            raise BlockingIOError  # as a socket that waits for an answer
        super().connect(("127.0.0.1", address[1]) if host == PUBLIC else address)


def client(guard: AddressGuard | None, sockets: Bent | None = None, timeout: float = 5.0) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=Transport(httpx2.create_ssl_context(), guard, sockets), timeout=timeout)


def with_server(work: Callable[[ModelServer], Awaitable[None]]) -> ModelServer:
    async def run() -> ModelServer:
        async with ModelServer().serving() as server:
            await work(server)
        return server

    return asyncio.run(run())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]"])
def test_this_computer_is_refused_and_hears_nothing(host: str) -> None:
    async def work(server: ModelServer) -> None:
        async with client(AddressGuard(ListedHosts())) as http:
            url = server.base_url.replace("127.0.0.1", host).replace("http:", "https:")
            with pytest.raises(AddressRefused):
                await http.get(f"{url}/models")

    assert with_server(work).requests == []


@pytest.mark.parametrize(("listed", "host"), [("127.0.0.1", "127.0.0.1"), ("localhost", "localhost")])
def test_a_listed_host_is_reached_without_encryption_too(listed: str, host: str) -> None:
    async def work(server: ModelServer) -> None:
        port = server.base_url.split(":")[2].removesuffix("/v1")
        for entry in (listed, f"{listed}:{port}"):
            async with client(AddressGuard(ListedHosts.of([entry]))) as http:
                reply = await http.get(f"http://{host}:{port}/v1/models")
            assert reply.status_code == 200
            assert reply.json()["object"] == "list"

    assert len(with_server(work).requests) == 2


def test_another_port_of_a_listed_host_and_port_is_refused() -> None:
    async def work(server: ModelServer) -> None:
        async with client(AddressGuard(ListedHosts.of(["127.0.0.1:9"]))) as http:
            with pytest.raises(AddressRefused):
                await http.get(f"{server.base_url}/models")

    assert with_server(work).requests == []


def test_a_connection_goes_to_the_very_address_that_was_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    sockets = Bent()

    async def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

    async def work(port: int) -> None:
        async with client(AddressGuard(ListedHosts(), resolve), sockets) as http:
            assert (await http.get(f"https://models.example:{port}/")).text == "hello"
            with pytest.raises(AddressRefused):  # the server closed the first connection; the name leads elsewhere now
                await http.get(f"https://models.example:{port}/")

    over_tls(work, tmp_path, monkeypatch, name="models.example")
    assert asked == ["models.example"] * 2
    assert sockets.dialled == [PUBLIC]


def test_a_certificate_of_another_name_is_refused_although_the_address_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(port: int) -> None:
        async with client(AddressGuard(ListedHosts(), answering([PUBLIC])), Bent()) as http:
            with pytest.raises(httpx2.TransportError, match="Hostname mismatch"):
                await http.get(f"https://models.example:{port}/")

    over_tls(work, tmp_path, monkeypatch, name="other.example")


def test_a_certificate_of_the_address_is_no_certificate_of_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(port: int) -> None:
        async with client(AddressGuard(ListedHosts(), answering([PUBLIC])), Bent()) as http:
            with pytest.raises(httpx2.TransportError, match="Hostname mismatch"):
                await http.get(f"https://models.example:{port}/")

    over_tls(work, tmp_path, monkeypatch, name=PUBLIC)


def test_an_address_that_fails_gives_way_to_the_next() -> None:
    sockets = Bent(dead=["8.8.8.8"], hangs=["8.8.4.4"])

    async def work(server: ModelServer) -> None:
        guard = AddressGuard(ListedHosts(), answering(["8.8.8.8", "8.8.4.4", PUBLIC]))
        began = time.monotonic()
        async with client(guard, sockets, timeout=0.4) as http:
            # The loopback server speaks no TLS, so only the way to it can be seen.
            with pytest.raises(httpx2.TransportError):
                await http.get(server.base_url.replace("http://127.0.0.1", "https://models.example"))
        assert time.monotonic() - began < 5

    with_server(work)
    assert sockets.dialled == ["8.8.8.8", "8.8.4.4", PUBLIC]


def test_no_more_than_four_addresses_are_tried() -> None:
    sockets = Bent(dead=[f"8.8.8.{number}" for number in range(1, 9)])

    async def work() -> None:
        async with client(AddressGuard(ListedHosts(), answering(sockets.dead)), sockets) as http:
            with pytest.raises(httpx2.TransportError):
                await http.get("https://models.example/v1")

    asyncio.run(work())
    assert len(set(sockets.dialled)) == 4


def test_a_resolver_that_hangs_ends_with_the_time_to_connect() -> None:
    async def hang(_host: str, _port: int) -> list[str]:
        await asyncio.Event().wait()
        raise AssertionError

    async def work() -> None:
        async with client(AddressGuard(ListedHosts(), hang), timeout=0.05) as http:
            with pytest.raises(httpx2.TimeoutException):
                await http.get("https://models.example/v1")

    asyncio.run(work())


@pytest.mark.parametrize("trouble", [OSError("no such host"), UnicodeError("label too long")])
def test_a_host_that_cannot_be_resolved_is_a_failed_connection(trouble: Exception) -> None:
    async def fails(_host: str, _port: int) -> list[str]:
        raise trouble

    async def work() -> None:
        async with client(AddressGuard(ListedHosts(), fails)) as http:
            with pytest.raises(httpx2.TransportError, match="has no address"):
                await http.get("https://models.example/v1")

    asyncio.run(work())


def over_tls(
    work: Callable[[int], Awaitable[None]], folder: Path, monkeypatch: pytest.MonkeyPatch, *, name: str
) -> None:
    """Run ``work`` beside a server that says hello once a connection, under a certificate for ``name``."""
    certificate, key = self_signed(name)
    (folder / "certificate.pem").write_bytes(certificate)
    (folder / "key.pem").write_bytes(key)
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "certificate.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")

    async def hello(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
        await writer.drain()
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(hello, "127.0.0.1", 0, ssl=context)
        try:
            await work(server.sockets[0].getsockname()[1])
        finally:
            server.close()

    asyncio.run(run())


def self_signed(name: str) -> tuple[bytes, bytes]:
    """A certificate for a name or an address, and its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    try:
        alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        alternative = x509.DNSName(name)
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    return (
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(serialization.Encoding.PEM, form, plain),
    )


def test_certificates_that_cannot_be_read_are_told_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("")
    for name in ("nowhere.pem", "empty.pem"):
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / name))

        with pytest.raises(EngineUnavailable, match="SSL_CERT_FILE or SSL_CERT_DIR names cannot be read"):
            certificates()

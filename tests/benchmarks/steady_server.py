"""A model server that takes exactly its latency: what it costs itself must not count as the time of those who ask.

The server of the tests reads each request's JSON, with the table, and would spend half a processor on 500 calls a
second. This one answers what is no question as that server does, and every question with the same reply, so long after
its last byte came.
"""

import asyncio
import json

from core.engines.language.server_memory import RequestMode
from tests.model_server import ModelServer, Request, response

QUESTION = b'"Question: '


class SteadyServer:
    """Says "0", a person, to each question after ``latency`` seconds; ``questions`` counts them."""

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.questions = 0
        self.model = ModelServer(modes=[RequestMode.SCHEMA])
        self._reply: bytes | None = None

    async def serve(self, port: int) -> None:
        """Answer until ended from outside."""
        server = await asyncio.get_running_loop().create_server(lambda: _Conversation(self), "127.0.0.1", port)
        async with server:
            await server.serve_forever()

    def reply(self, path: str, body: bytes) -> tuple[bytes, float]:
        """The response to a request, and how many seconds later it is due."""
        if path == "/v1/count":
            return response(200, str(self.questions).encode()), 0.0
        if QUESTION not in body:
            return self._of_the_model(path, body), self.latency
        self.questions += 1
        if self._reply is None:
            self._reply = self._of_the_model(path, body)
        return self._reply, self.latency

    def _of_the_model(self, path: str, body: bytes) -> bytes:
        return self.model._response(Request(path=path, headers={}, body=json.loads(body) if body else {}), None)


class _Conversation(asyncio.Protocol):
    """One connection: a request, its response, the next request."""

    def __init__(self, server: SteadyServer) -> None:
        self._server = server
        self._received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        lines = bytes(head).split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.lower().startswith(b"content-length:")), 0)
        if len(body) < length:
            return
        self._received.clear()
        loop = asyncio.get_running_loop()
        due = loop.time()
        reply, latency = self._server.reply(lines[0].split(b" ")[1].decode(), bytes(body))
        loop.call_at(due + latency, self._send, reply)

    def _send(self, reply: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(reply)  # type: ignore[attr-defined]

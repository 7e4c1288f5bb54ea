"""A loopback server that says the same bytes to whatever it is asked."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from tests.model_server import Request, received


@contextlib.asynccontextmanager
async def saying(words: bytes, heard: list[Request] | None = None) -> AsyncIterator[str]:
    """The address of the server, which takes one request a connection and adds it to what was ``heard``."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            request = await received(reader)
            if heard is not None:
                heard.append(request)
            writer.write(words)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        server.close()

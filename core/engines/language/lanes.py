"""An HTTP client that reads no more than a reply can have, with a connection of its own for each call in flight."""

from collections.abc import Callable
from typing import Any

import httpx2

from core.engines.language.failures import ReplyTooLarge

MOST_BYTES = 4_000_000
"""A reply with the probabilities of 2,048 tokens has about 1.5 million."""


class BoundedClient(httpx2.AsyncClient):
    """Sends each request on the connection that was used last and is free.

    A pool of connections looks at all of them for each request, which at 50 in flight takes longer than the rest of the
    call. So each lane is a client with one connection, which ``lane`` makes. A server must not be able to fill this
    process's memory either: a body beyond MOST_BYTES is not read on.
    """

    def __init__(self, lane: Callable[[], httpx2.AsyncClient], timeout: httpx2.Timeout) -> None:
        super().__init__(timeout=timeout, transport=_Unused())
        self._make = lane
        self._lanes: list[httpx2.AsyncClient] = []
        self._free: list[httpx2.AsyncClient] = []

    async def send(self, request: httpx2.Request, *, stream: bool = False, **options: Any) -> httpx2.Response:  # noqa: ANN401, ARG002 - passed on; replies are always read whole
        """Send a request and read the reply.

        Raises ReplyTooLarge.
        """
        lane = self._free.pop() if self._free else self._new()
        try:
            return await _whole(await lane.send(request, stream=True, **options), request)
        finally:
            self._free.append(lane)

    async def aclose(self) -> None:
        """Close every connection."""
        lanes, self._lanes, self._free = self._lanes, [], []
        for lane in lanes:
            await lane.aclose()
        await super().aclose()

    def _new(self) -> httpx2.AsyncClient:
        lane = self._make()
        self._lanes.append(lane)
        return lane


class _Unused(httpx2.AsyncBaseTransport):
    """In place of connections of the client's own: the lanes have them."""


async def _whole(response: httpx2.Response, request: httpx2.Request) -> httpx2.Response:
    body = bytearray()
    try:
        async for part in response.aiter_bytes():
            body += part
            if len(body) > MOST_BYTES:
                raise ReplyTooLarge
    finally:
        await response.aclose()
    headers = [(name, value) for name, value in response.headers.multi_items() if name != "content-encoding"]
    return httpx2.Response(response.status_code, headers=headers, content=bytes(body), request=request)

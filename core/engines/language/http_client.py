"""The openai client's HTTP client, without what no model server needs: cookies, redirects, sign-in flows, hooks."""

import functools
from typing import Any

import httpx2

from core.engines.language.transport import Transport


class DirectClient(httpx2.AsyncClient):
    """Hands requests with a body in bytes straight to the transport, and takes httpx2's own way for all others.

    ``timeout`` is that of each request that names none. httpx2's way from a request to the transport costs more
    processor time than the call itself: it reads the address and copies the headers several times.
    """

    def __init__(self, transport: Transport, timeout: httpx2.Timeout) -> None:
        super().__init__(transport=transport, timeout=timeout, follow_redirects=False, trust_env=False)
        self._direct = transport
        self._encodings = self.headers["Accept-Encoding"]

    def build_request(self, method: str, url: httpx2.URL | str, **given: Any) -> httpx2.Request:  # noqa: ANN401
        """The same request as ``httpx2.AsyncClient.build_request`` makes of the same arguments."""
        if not _is_direct(given):
            return super().build_request(method, url, **given)
        content: bytes = given["content"]
        parsed = _parsed(str(url))
        headers = [
            (b"Host", parsed.netloc),
            *given["headers"],
            ("Accept-Encoding", self._encodings),
            ("Content-Length", str(len(content))),
        ]
        extensions = {"timeout": given["timeout"].as_dict()}
        stream = httpx2.ByteStream(content)
        request = httpx2.Request(method, parsed, headers=headers, stream=stream, extensions=extensions)
        request.read()
        return request

    async def send(self, request: httpx2.Request, **_: Any) -> httpx2.Response:  # noqa: ANN401
        """The response, read whole. A redirect is one too: it would carry the key to an address that nobody entered.

        Raises RuntimeError once this is closed: the transport would open a connection that nobody closes any more.
        """
        if self.is_closed:
            raise RuntimeError("Cannot send a request, as the client has been closed.")
        return await self._direct.handle_async_request(request)


def _is_direct(given: dict[str, Any]) -> bool:
    """Whether a request consists of a list of headers, a time limit and a body, as the openai client asks for it."""
    asked = {name for name, value in given.items() if value is not None}
    return (
        asked == {"content", "headers", "timeout"}
        and isinstance(given["content"], bytes)
        and isinstance(given["headers"], list)
        and isinstance(given["timeout"], httpx2.Timeout)
    )


@functools.lru_cache(maxsize=64)
def _parsed(url: str) -> httpx2.URL:
    return httpx2.URL(url)

"""Posts body after body to a model server: what the openai client writes anew for each of them is written once."""

import asyncio
import contextlib
import json
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import httpx2
import openai

from core.engines.language.transport import Route, Transport

_AZURE = "api-version"


class Poster:
    """Sends bodies of JSON to the routes of one server, on one event loop.

    The openai client sends the first to each path. From then on only the body is another, so its request, with all its
    headers, is the pattern of those that follow: to have it written again takes longer than the call itself.
    """

    def __init__(self, base_url: str, key: str, timeout: httpx2.Timeout, transport: Transport) -> None:
        self._transport = transport
        self._routes: dict[str, Route] = {}
        self._written: dict[str, asyncio.Event] = {}
        """For each path: set when its first request has been written, or never will be."""
        nothing_kept = CookieJar(DefaultCookiePolicy(allowed_domains=()))
        http = httpx2.AsyncClient(
            transport=transport,
            timeout=timeout,
            cookies=nothing_kept,
            follow_redirects=False,  # it would carry the key and the org's table to an address that nobody entered
            trust_env=False,
            event_hooks={"request": [self._remember]},
        )
        address = urlsplit(base_url)
        query = dict(parse_qsl(address.query))
        self._client = openai.AsyncOpenAI(
            base_url=urlunsplit((address.scheme, address.netloc, address.path, "", address.fragment)),
            api_key=key,
            max_retries=0,
            timeout=timeout,
            http_client=http,
            default_query=query,
            # Azure's older addresses, and the gateways that imitate them, look for the key here.
            default_headers={"api-key": key} if _AZURE in query else None,
        )
        # The client takes these from its own environment variables, whichever server it speaks to.
        self._client.organization = self._client.project = self._client.admin_api_key = None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def get(self, path: str) -> bytes:
        """The body of what stands there. Raises as ``post`` does."""
        return (await self._client.get(path, cast_to=httpx2.Response)).content

    async def post(self, path: str, content: bytes) -> bytes:
        """The body of the reply.

        Raises openai.APIStatusError, APITimeoutError and APIConnectionError as the openai client does, and what the
        transport raises besides.
        """
        route = await self._route(path)
        if route is None:
            written = self._written.setdefault(path, asyncio.Event())
            try:
                return (await self._client.post(path, cast_to=httpx2.Response, content=content)).content
            finally:
                written.set()
        try:
            reply = await self._transport.send(route, content)
        except httpx2.TimeoutException as error:
            raise openai.APITimeoutError(httpx2.Request(route.method, route.url)) from error
        except httpx2.TransportError as error:
            raise openai.APIConnectionError(request=httpx2.Request(route.method, route.url)) from error
        if 200 <= reply.status < 300:
            return reply.body
        raise status_error(reply.to(httpx2.Request(route.method, route.url)))

    async def _route(self, path: str) -> Route | None:
        """The pattern of requests to this path, None while there is none.

        A batch begins with many at once. Those that come while the first is being written wait for that, a few
        milliseconds, and none of them for its reply.
        """
        route = self._routes.get(path)
        if route is None and (written := self._written.get(path)):
            await written.wait()
            route = self._routes.get(path)
        return route

    async def _remember(self, request: httpx2.Request) -> None:
        """Take the pattern of a request that has been written and not yet been sent."""
        if request.method == "POST":
            self._routes["/" + request.url.path.removeprefix(self._client.base_url.path)] = Route.of(request)
            for written in self._written.values():  # whatever the client made of the path, nobody waits any longer
                written.set()


def status_error(response: httpx2.Response) -> openai.APIStatusError:
    """The error that the openai client makes of a response that is no success, in its most general form."""
    body = text = response.text.strip()
    with contextlib.suppress(ValueError, RecursionError):
        body = json.loads(text)
    inner = body.get("error", body) if isinstance(body, dict) else body
    return openai.APIStatusError(f"HTTP {response.status_code}", response=response, body=inner)

"""The few calls to PropelAuth that Frontline makes, each with an end, and one kind of error for all that goes wrong."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import urlsplit

import httpx
from propelauth_py import AsyncAuth, TokenVerificationMetadata  # type: ignore[import-untyped]
from propelauth_py.api import BACKEND_API_BASE_URL  # type: ignore[import-untyped]
from propelauth_py.errors import EndUserApiKeyException, EndUserApiKeyNotFoundException  # type: ignore[import-untyped]
from propelauth_py.types.end_user_api_keys import ApiKeyValidation  # type: ignore[import-untyped]
from propelauth_py.types.user import UserMetadata  # type: ignore[import-untyped]

from core.auth_settings import AuthSettings
from core.errors import CannotConfirm
from core.identity.propelauth.loop import DOUBT

log = logging.getLogger(__name__)

T = TypeVar("T")

REQUEST_SECONDS = 3.0
CONNECTIONS = 50


class PropelAuthClient:
    """PropelAuth's backend API. Every coroutine is for one loop's thread; nothing is asked before the first of them.

    Each raises CannotConfirm unless PropelAuth gave a clear answer within REQUEST_SECONDS.
    """

    def __init__(self, settings: AuthSettings) -> None:
        self._settings = settings
        self._host = urlsplit(settings.auth_url).netloc
        self._auth: AsyncAuth | None = None

    async def user(self, user_id: str) -> UserMetadata | None:
        """The person with their orgs; None when there is none."""
        found = await _clear(lambda: self._library().fetch_user_metadata_by_user_id(user_id, include_orgs=True))
        if found is not None and found.user_id != user_id:
            raise CannotConfirm(DOUBT)
        return found

    async def api_key(self, token: str) -> ApiKeyValidation | None:
        """What an API key stands for; None when it is no key, or no longer one."""
        try:
            return await _clear(lambda: self._library().validate_api_key(token))
        except (EndUserApiKeyException, EndUserApiKeyNotFoundException):
            return None

    async def verification(self) -> TokenVerificationMetadata:
        """What access tokens are verified with now."""

        async def ask() -> TokenVerificationMetadata:
            # The library's own call for this blocks its thread without an end.
            response = await self._library().httpx_client.get(
                f"{BACKEND_API_BASE_URL}/api/v1/token_verification_metadata",
                headers={"X-Propelauth-url": self._host, "Authorization": f"Bearer {self._settings.api_key}"},
            )
            response.raise_for_status()
            key = response.json()["verifier_key_pem"]
            if not isinstance(key, str) or not key.startswith("-----BEGIN PUBLIC KEY-----"):
                raise ValueError("no public key")
            return TokenVerificationMetadata(verifier_key=key, issuer=f"https://{self._host}")

        return await _clear(ask)

    async def close(self) -> None:
        """Close all connections."""
        if self._auth is not None:
            await self._auth.httpx_client.aclose()
            self._auth = None

    def _library(self) -> AsyncAuth:
        if self._auth is None:
            self._auth = AsyncAuth(self._host, self._settings.api_key, None, httpx_client=self._http())
        return self._auth

    def _http(self) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=CONNECTIONS, keepalive_expiry=10.0)
        api_url = self._settings.api_url
        mounts = {BACKEND_API_BASE_URL: _Elsewhere(api_url, limits)} if api_url else None
        return httpx.AsyncClient(timeout=REQUEST_SECONDS, limits=limits, mounts=mounts)


class _Elsewhere(httpx.AsyncHTTPTransport):
    """Sends what is meant for PropelAuth's API, whose address is a constant of the library, to a stand-in."""

    def __init__(self, url: str, limits: httpx.Limits) -> None:
        super().__init__(limits=limits)
        self._url = httpx.URL(url)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The stand-in's response."""
        url = self._url
        request.url = request.url.copy_with(scheme=url.scheme, host=url.host, port=url.port)
        request.headers["Host"] = url.netloc.decode()
        return await super().handle_async_request(request)


async def _clear(call: Callable[[], Awaitable[T]]) -> T:
    """The result of a call that ends in time; CannotConfirm for everything that is neither a yes nor a no."""
    try:
        async with asyncio.timeout(REQUEST_SECONDS):
            try:
                return await call()
            except httpx.RemoteProtocolError:
                # A kept connection that the other side closed just now; nothing here changes anything there.
                return await call()
    except (EndUserApiKeyException, EndUserApiKeyNotFoundException, CannotConfirm):
        raise
    except Exception as error:  # noqa: BLE001 - a reply in any strange shape is one more way of not knowing
        # Only the kind: what came may hold people's data.
        log.warning("PropelAuth gave no clear answer: %s", _kind(error))
        raise CannotConfirm(DOUBT) from None


def _kind(error: Exception) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"status {error.response.status_code}"
    if isinstance(error, ValueError) and "integration_api_key" in str(error):
        return "it refused PROPELAUTH_API_KEY; check it and PROPELAUTH_AUTH_URL"
    return type(error).__name__

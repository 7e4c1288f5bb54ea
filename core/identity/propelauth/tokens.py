"""Access tokens of PropelAuth, verified here with its public key."""

import asyncio
import time
from collections.abc import Callable

from propelauth_py import Auth, TokenVerificationMetadata  # type: ignore[import-untyped]
from propelauth_py.errors import UnauthorizedException  # type: ignore[import-untyped]
from propelauth_py.user import User  # type: ignore[import-untyped]

from core.errors import CannotConfirm
from core.identity.propelauth.client import PropelAuthClient
from core.identity.propelauth.loop import DOUBT

REFETCH_SECONDS = 60.0
RETRY_SECONDS = 5.0


class AccessTokens:
    """Verifies tokens. The key is fetched at the first one, and again, once a minute at most, when one does not fit.

    For the loop's own thread.
    """

    def __init__(self, client: PropelAuthClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._lock = asyncio.Lock()
        self._auth: Auth | None = None
        self._fetched_at = float("-inf")
        self._failed_at = float("-inf")

    async def user(self, token: str) -> User | None:
        """Whose token this is; None when it is no good.

        Raises CannotConfirm when the key cannot be had, so that nobody knows.
        """
        if self._auth is not None and (user := _verified(self._auth, token)):
            return user
        async with self._lock:
            if self._auth is not None and self._clock() - self._fetched_at < REFETCH_SECONDS:
                return _verified(self._auth, token)
            self._auth = await self._fetched()
            return _verified(self._auth, token)

    async def _fetched(self) -> Auth:
        if self._clock() - self._failed_at < RETRY_SECONDS:
            raise CannotConfirm(DOUBT)
        try:
            metadata: TokenVerificationMetadata = await self._client.verification()
        except CannotConfirm:
            self._failed_at = self._clock()
            raise
        self._fetched_at = self._clock()
        return Auth("", "", metadata)


def _verified(auth: Auth, token: str) -> User | None:
    try:
        return auth.validate_access_token_and_get_user(f"Bearer {token}")
    except UnauthorizedException:
        return None

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

REFETCHES = 5
"""How often the key is fetched again at once, for tokens that do not fit: keys may be rotated twice in a row."""
REFETCH_SECONDS = 5.0
"""After those, how long until it is fetched again: made-up tokens must not send a crowd to PropelAuth, and must not
keep a rotated key from being fetched either."""
RETRY_SECONDS = 5.0


class AccessTokens:
    """Verifies tokens. The key is fetched at the first one, and again, not too often, when one does not fit.

    For the loop's own thread.
    """

    def __init__(self, client: PropelAuthClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._lock = asyncio.Lock()
        self._auth: Auth | None = None
        self._refetches = float(REFETCHES)
        self._counted_at = clock()
        self._failed_at = float("-inf")

    async def user(self, token: str) -> User | None:
        """Whose token this is; None when it is no good.

        Raises CannotConfirm when the key cannot be had, so that nobody knows.
        """
        if self._auth is not None and (user := _verified(self._auth, token)):
            return user
        async with self._lock:
            if self._auth is not None and ((user := _verified(self._auth, token)) or not self._may_fetch_again()):
                return user
            self._auth = await self._fetched()
            return _verified(self._auth, token)

    def _may_fetch_again(self) -> bool:
        """Whether the key may be fetched again now; counts it."""
        now = self._clock()
        self._refetches = min(float(REFETCHES), self._refetches + (now - self._counted_at) / REFETCH_SECONDS)
        self._counted_at = now
        if self._refetches < 1:
            return False
        self._refetches -= 1
        return True

    async def _fetched(self) -> Auth:
        if self._clock() - self._failed_at < RETRY_SECONDS:
            raise CannotConfirm(DOUBT)
        try:
            metadata: TokenVerificationMetadata = await self._client.verification()
        except CannotConfirm:
            self._failed_at = self._clock()
            raise
        return Auth("", "", metadata)


def _verified(auth: Auth, token: str) -> User | None:
    try:
        user = auth.validate_access_token_and_get_user(f"Bearer {token}")
    except UnauthorizedException:
        return None
    # The library takes whatever type stands in a signed token.
    ids = (user.user_id, user.active_org_id or "-")
    return user if all(isinstance(one, str) and one for one in ids) else None

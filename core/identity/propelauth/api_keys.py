"""API keys that people and orgs make in PropelAuth, for programs that use the HTTP API."""

import asyncio
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from propelauth_py.types.end_user_api_keys import ApiKeyValidation  # type: ignore[import-untyped]

from core.errors import CannotConfirm
from core.identity.principal import Membership, Principal
from core.identity.propelauth.client import PropelAuthClient
from core.identity.propelauth.loop import DOUBT
from core.identity.propelauth.roles import Roles
from core.identity.propelauth.single_flight_cache import SingleFlightCache
from core.lru_cache import AgingCache, LruCache

PREFIX = "key:"
AT_ONCE = 10
"""Keys looked up at the same time, those that were good before and others apart: a flood of wrong ones leaves room."""
REMEMBERED = 1_000
UNKNOWN_SECONDS = 60.0
"""How long a key that was no good is refused without asking again."""
SEEN = 20_000
"""Keys, good or not, of which this is remembered, by a part of their hash."""


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """A good key. ``user_id`` is the person it belongs to, ``org_id`` the org it is for; at least one is there.

    ``membership`` is that of a key without a person.
    """

    key_id: str
    user_id: str | None
    org_id: str | None
    membership: Membership | None = None

    @property
    def principal(self) -> Principal:
        """Who acts with a key that belongs to an org and to no person."""
        return Principal(user_id=self.key_id, email="", name=f"API key {self.key_id.removeprefix(PREFIX)[:6]}")


class ApiKeys:
    """Keys by token. For the loop's own thread.

    PropelAuth says nothing of a key's id when it is checked: here the id is a part of the token's hash. To ask again
    about an org's key later, in a long run too, its token is kept in memory, and only there.
    """

    def __init__(self, client: PropelAuthClient, roles: Roles, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._roles = roles
        self._flights: SingleFlightCache[ApiKey | None] = SingleFlightCache()
        self._new_at_once, self._known_at_once = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(AT_ONCE)
        self._tokens: LruCache[str, str] = LruCache(REMEMBERED)
        self._good: LruCache[str, bool] = LruCache(SEEN)
        self._unknown: AgingCache[str, bool] = AgingCache(SEEN, clock)

    def is_new(self, token: str) -> bool:
        """Whether nothing is known of this token, so that PropelAuth would have to be asked. For any thread."""
        key_id = _id(token)
        return key_id not in self._good and not self._unknown.get(key_id, younger_than=UNKNOWN_SECONDS)

    async def key(self, token: str, *, fresh: bool = False) -> ApiKey | None:
        """What this token stands for; None when it is no good. Raises CannotConfirm."""
        key_id = _id(token)
        if self._unknown.get(key_id, younger_than=UNKNOWN_SECONDS):
            return None
        found = await self._flights.answer(key_id, lambda: self._ask(key_id, token), fresh=fresh)
        if found is None:
            self._good.forget(key_id)
            self._unknown.put(key_id, value=True)
            return None
        self._unknown.forget(key_id)
        self._good.put(key_id, value=True)
        if found.membership is not None:
            self._tokens.put(key_id, token)
        return found

    async def known(self, key_id: str, *, fresh: bool = False) -> ApiKey | None:
        """The org's key with this id; None when it is no longer good.

        Raises CannotConfirm, also when it was not used since the start: nobody can be asked about a hash.
        """
        token = self._tokens.get(key_id)
        if token is None:
            raise CannotConfirm(DOUBT)
        return await self.key(token, fresh=fresh)

    async def _ask(self, key_id: str, token: str) -> ApiKey | None:
        async with self._known_at_once if key_id in self._good else self._new_at_once:
            found = await self._client.api_key(token)
        return None if found is None else self._read(key_id, found)

    def _read(self, key_id: str, found: ApiKeyValidation) -> ApiKey | None:
        user_id = found.user.user_id if found.user else None
        org_id = found.org.org_id if found.org else None
        if not all(value is None or (isinstance(value, str) and value) for value in (user_id, org_id)):
            raise CannotConfirm(DOUBT)
        if user_id is None and org_id is None:
            return None  # a key that belongs to nobody may do nothing
        membership = None
        if user_id is None:
            metadata = found.metadata if isinstance(found.metadata, dict) else None
            role, permissions, doubt = self._roles.of_key(metadata)
            name = found.org.org_name or "your organisation"
            membership = Membership(org_id=str(org_id), org_name=name, role=role, permissions=permissions, doubt=doubt)
        return ApiKey(key_id=key_id, user_id=user_id, org_id=org_id, membership=membership)


def _id(token: str) -> str:
    """What a key is called here: a part of its hash."""
    return PREFIX + hashlib.sha256(token.encode()).hexdigest()[:16]

"""What every request passes before it is read: who sends it (401), whether they may (403), and how often (429)."""

import asyncio
import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from core.api.v1.limits import (
    BODY_ROOM,
    JSON_BYTES,
    ORDINARY,
    PLACES,
    TOKEN_LENGTH,
    UNKNOWN,
    UNKNOWN_WAIT_SECONDS,
    WAIT_SECONDS,
    WAITING,
)
from core.api.v1.refusals import RateLimited
from core.api.v1.services import ApiServices, Caller
from core.api.v1.turns import Turns
from core.errors import AccessDenied, Outsider, Unauthenticated
from core.fair_share import FairShare
from core.identity.access import NO_ACCESS
from core.identity.bearer import Bearer
from core.identity.principal import Permission
from core.lru_cache import LruCache
from core.rate_limits import RateLimiter, RateStanding, RequestRate, network

WORDS = "Too many keys that are not known come from your address. Wait {wait} s, then send the request again."


class Strangers:
    """The look-ups of each address, one after another at a steady rate once its burst is used up.

    A key that was good before is not looked up, and so never waits here. Only the ``size`` addresses that came last are
    remembered. For one event loop; ``clock`` counts seconds.
    """

    def __init__(
        self, rate: RequestRate = UNKNOWN, clock: Callable[[], float] = time.monotonic, *, size: int = 10_000
    ) -> None:
        self._rate = rate
        self._clock = clock
        self._next: LruCache[str, float] = LruCache(size)
        """When the look-up after the last one is due, were there no burst."""

    async def turn(self, address: str) -> None:
        """Wait for the turn of this address. Raises RateLimited when it would not come soon."""
        wait = self._due(network(address))
        if wait:
            await asyncio.sleep(wait)

    def _due(self, address: str) -> float:
        now, each = self._clock(), 1 / self._rate.per_second
        due = max(self._next.get(address) or now, now)
        wait = max(0.0, due - now - (self._rate.burst - 1) * each)
        if wait > UNKNOWN_WAIT_SECONDS:
            standing = RateStanding(rate=self._rate, left=0, wait=math.ceil(wait))
            raise RateLimited(standing, WORDS.format(wait=standing.wait))
        self._next.put(address, due + each)
        return wait


_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")  # RFC 6750, b64token
_NEEDS = "frontline_needs"
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True, slots=True)
class Needs:
    """What an operation asks of its caller, and how many bytes it takes."""

    permission: Permission
    rate: RequestRate = ORDINARY
    bytes: int = JSON_BYTES


def needs(permission: Permission, *, rate: RequestRate = ORDINARY, limit: int = JSON_BYTES) -> Callable[[F], F]:
    """Mark an endpoint with what it needs; without this mark it is no endpoint of the API."""

    def marked(endpoint: F) -> F:
        setattr(endpoint, _NEEDS, Needs(permission=permission, rate=rate, bytes=limit))
        return endpoint

    return marked


def needs_of(endpoint: Callable[..., Any]) -> Needs:
    """What an endpoint was marked with. Raises TypeError for one without."""
    found = getattr(endpoint, _NEEDS, None)
    if not isinstance(found, Needs):
        raise TypeError(f"{endpoint} does not say which permission it needs")
    return found


class Gate:
    """Lets a request in, or says why not. One for a process.

    Nobody takes anything of what all share before it is known who they are: no thread, no place, no memory. Then the
    orgs share ``bodies``, the room for what they send, and ``places``, the turns of those that are answered.
    """

    def __init__(self, parts: ApiServices, limiter: RateLimiter) -> None:
        self._parts = parts
        self._limiter = limiter
        self._strangers = Strangers()
        self.bodies = Turns(FairShare(room=BODY_ROOM, waiting=WAITING), WAIT_SECONDS)
        self.places = Turns(FairShare(room=PLACES, waiting=WAITING), WAIT_SECONDS)

    async def admit(self, request: Request, needed: Needs) -> tuple[Caller, RateStanding]:
        """Who sends the request and how often they still may.

        Raises Unauthenticated, CannotConfirm, AccessDenied and RateLimited, in this order.
        """
        bearers = self._parts.bearers
        if bearers is None:
            raise Unauthenticated(
                "This Frontline has the demo sign-in only, which knows no tokens. The API needs PropelAuth sign-in: "
                "see the configuration in .docs/operating.md."
            )
        token = _token(request)
        if bearers.is_new(token):
            await self._strangers.turn(request.client.host if request.client else "")
        bearer = await bearers.who(token)
        return await run_in_threadpool(self._let_in, bearer, request.path_params["org_id"], needed)

    def _let_in(self, bearer: Bearer, org_id: str, needed: Needs) -> tuple[Caller, RateStanding]:
        try:
            if bearer.org_id not in (None, org_id):
                self._note_foreign_token(bearer, org_id)
                raise Outsider(NO_ACCESS)
            self._parts.access.require(bearer.principal, org_id, needed.permission)
        except AccessDenied:
            # Counted for no org: else each name that somebody tries would have a bucket of its own.
            self._count(needed.rate, bearer, "")
            raise
        standing = self._count(needed.rate, bearer, org_id)
        return Caller(principal=bearer.principal, org_id=org_id, parts=self._parts), standing

    def _note_foreign_token(self, bearer: Bearer, org_id: str) -> None:
        audit = self._parts.audit
        if audit is None:
            return
        if self._parts.access.belongs(bearer.principal, org_id):
            audit.refused(bearer.principal, org_id, "A token of another organisation was used.")
        else:
            audit.refused_outsider(org_id)

    def _count(self, rate: RequestRate, bearer: Bearer, org_id: str) -> RateStanding:
        standing = self._limiter.take(rate, bearer.key, org_id)
        if standing.wait:
            raise RateLimited(standing)
        return standing


def _token(request: Request) -> str:
    given = request.headers.getlist("authorization")
    if not given:
        raise Unauthenticated("Send the header “Authorization: Bearer …” with a PropelAuth access token or API key.")
    scheme, _, token = given[0].partition(" ")
    token = token.strip()
    if len(given) > 1 or scheme.lower() != "bearer" or len(token) > TOKEN_LENGTH or not _TOKEN.fullmatch(token):
        raise Unauthenticated("The header Authorization has to be “Bearer”, a space, and one token.")
    return token

"""What every request passes before it is read: who sends it (401), whether they may (403), and how often (429)."""

import contextlib
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.requests import Request

from core.api.v1.limits import IN_FLIGHT, JSON_BYTES, ORDINARY, TOKEN_LENGTH, Rate, RateLimiter, Standing
from core.api.v1.parts import Caller, Parts
from core.api.v1.refusals import Busy, RateLimited
from core.errors import AccessDenied, Unauthenticated
from core.identity.bearer import Bearer, Bearers
from core.identity.principal import Permission

_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")  # RFC 6750, b64token
_NEEDS = "frontline_needs"
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True, slots=True)
class Needs:
    """What an operation asks of its caller, and how many bytes it takes."""

    permission: Permission
    rate: Rate = ORDINARY
    bytes: int = JSON_BYTES


def needs(permission: Permission, *, rate: Rate = ORDINARY, limit: int = JSON_BYTES) -> Callable[[F], F]:
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
    """Lets a request in, or says why not. One for a process."""

    def __init__(self, parts: Parts, limiter: RateLimiter, in_flight: int = IN_FLIGHT) -> None:
        self._parts = parts
        self._limiter = limiter
        self._most = in_flight
        self._lock = threading.Lock()
        self._now = 0

    @contextlib.contextmanager
    def in_flight(self) -> Iterator[None]:
        """Hold one of the places of requests that are answered at once. Raises Busy when all are taken."""
        with self._lock:
            if self._now >= self._most:
                raise Busy("Too many requests are being answered at this moment. Send it again in some seconds.")
            self._now += 1
        try:
            yield
        finally:
            with self._lock:
                self._now -= 1

    def admit(self, request: Request, needed: Needs) -> tuple[Caller, Standing]:
        """Who sends the request and how often they still may. Blocks while membership is asked for.

        Raises Unauthenticated, CannotConfirm, AccessDenied and RateLimited, in this order.
        """
        bearer = _known(self._parts.bearers, request)
        org_id: str = request.path_params["org_id"]
        try:
            if bearer.org_id not in (None, org_id):
                if self._parts.audit is not None:
                    self._parts.audit.refused(bearer.principal, org_id, "A token of another organisation was used.")
                raise AccessDenied("You have no access to this organisation.")
            self._parts.access.require(bearer.principal, org_id, needed.permission)
        except AccessDenied:
            # Counted for no org: else each name that somebody tries would have a bucket of its own.
            self._count(needed.rate, bearer, "")
            raise
        standing = self._count(needed.rate, bearer, org_id)
        return Caller(principal=bearer.principal, org_id=org_id, parts=self._parts), standing

    def _count(self, rate: Rate, bearer: Bearer, org_id: str) -> Standing:
        standing = self._limiter.take(rate, bearer.key, org_id)
        if standing.wait:
            raise RateLimited(standing)
        return standing


def _known(bearers: Bearers | None, request: Request) -> Bearer:
    given = request.headers.getlist("authorization")
    if bearers is None:
        raise Unauthenticated(
            "This Frontline has the demo sign-in only, which knows no tokens. The API needs PropelAuth sign-in: see "
            "the configuration in README.md."
        )
    if not given:
        raise Unauthenticated("Send the header “Authorization: Bearer …” with a PropelAuth access token or API key.")
    scheme, _, token = given[0].partition(" ")
    token = token.strip()
    if len(given) > 1 or scheme.lower() != "bearer" or len(token) > TOKEN_LENGTH or not _TOKEN.fullmatch(token):
        raise Unauthenticated("The header Authorization has to be “Bearer”, a space, and one token.")
    return bearers.bearer(token)

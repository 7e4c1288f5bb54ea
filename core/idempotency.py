"""A request that is sent twice and acted on once: what is kept of it, and what is said to the second."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from core.errors import FrontlineError

KEPT_FOR = timedelta(hours=24)
"""How long a key is known."""
ABANDONED_AFTER = timedelta(minutes=10)
"""A request that has no answer after this time has none any more: its process ended."""


class StillUnderWay(FrontlineError):
    """The first request with this key has no answer yet."""


class KeyReused(FrontlineError):
    """The key was sent with another request before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Once:
    """One request: whose, in which org, by which key, and ``fingerprint``, which is equal for equal requests only."""

    org_id: str
    user_id: str
    key: str
    fingerprint: str


class IdempotencyStore(Protocol):
    """The keys of all orgs; every method works on one."""

    def begin(self, once: Once, at: datetime) -> Mapping[str, Any] | None:
        """The answer that the first such request had; None when this is the first, which has to end it.

        Raises StillUnderWay, and KeyReused where the fingerprints differ.
        """

    def keep(self, once: Once, answer: Mapping[str, Any]) -> None:
        """End the request with its answer."""

    def forget(self, once: Once) -> None:
        """End the request as if it had never been sent: nothing came of it."""

"""Who a token of the HTTP API speaks for."""

from dataclasses import dataclass
from typing import Protocol

from core.identity.principal import Principal


@dataclass(frozen=True, kw_only=True, slots=True)
class Bearer:
    """Who sends a request. ``key`` is a stable id for rate limits, never the token.

    ``org_id`` is the only org that the token may act for; None: all of the person's.
    """

    principal: Principal
    key: str
    org_id: str | None = None


class Bearers(Protocol):
    """Knows who stands behind a token."""

    def bearer(self, token: str) -> Bearer:
        """Who sends this token.

        Raises Unauthenticated when it is no good, CannotConfirm when that cannot be found out now.
        """

    async def who(self, token: str) -> Bearer:
        """As ``bearer``, while no thread waits."""

    def is_new(self, token: str) -> bool:
        """Whether the sign-in service would have to be asked about a token of which nothing is known yet."""

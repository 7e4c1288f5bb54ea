"""Which sign-ins still count: a cookie alone would work for weeks, also one that was copied before a sign-out."""

import hashlib
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

from core.clock import Clock, now

LONGEST = timedelta(hours=12)


class SignOuts(Protocol):
    """Keeps for each person the moment before which every sign-in has ended."""

    def before(self, user_id: str) -> datetime | None:
        """That moment; None when the person never signed out."""

    def mark(self, user_id: str, before: datetime) -> None:
        """Keep the moment, unless a later one is kept."""


class Sessions:
    """Decides about a sign-in by the claims that the sign-in service made at its time."""

    def __init__(self, sign_outs: SignOuts, clock: Clock = now) -> None:
        self._sign_outs = sign_outs
        self._clock = clock

    def user_id(self, claims: Mapping[str, object]) -> str | None:
        """Whose sign-in this is; None when there is none, or it is older than 12 hours, or was signed out."""
        user_id, at = claims.get("sub"), _moment(claims.get("iat"))
        if claims.get("is_logged_in") is not True or not isinstance(user_id, str) or not user_id or at is None:
            return None
        if self._clock() - at > LONGEST:
            return None
        before = self._sign_outs.before(user_id)
        return user_id if before is None or at >= before else None

    @staticmethod
    def made(claims: Mapping[str, object]) -> tuple[str, datetime] | None:
        """An id of this sign-in, with which nobody can sign in, and its moment, whether it still counts or not."""
        at = _moment(claims.get("iat"))
        if at is None:
            return None
        which = "\n".join(str(claims.get(name)) for name in ("sub", "iat", "nonce"))
        return hashlib.sha256(which.encode()).hexdigest()[:32], at

    def sign_out(self, claims: Mapping[str, object]) -> None:
        """End this sign-in and every other of this person until now, in all browsers."""
        user_id, at = claims.get("sub"), _moment(claims.get("iat"))
        if isinstance(user_id, str) and user_id and at is not None:
            # Claims count whole seconds: a new sign-in in this very second must count, and this one must not, even
            # when the sign-in service's clock is ahead.
            second = datetime.fromtimestamp(math.floor(self._clock().timestamp()), UTC)
            self._sign_outs.mark(user_id, max(second, at + timedelta(seconds=1)))


def _moment(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None

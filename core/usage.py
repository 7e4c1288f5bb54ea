"""How many tokens a call took, as its server counted them."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """Tokens of one call; None where the server did not say.

    ``cached`` and ``cache_written`` are the part of ``sent`` that was read from and written to the server's cache.
    """

    sent: int | None = None
    received: int | None = None
    cached: int | None = None
    cache_written: int | None = None


NOTHING = Usage()
"""What is known when no server counted."""

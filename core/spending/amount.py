"""What one call or many took: money where the price is known, tokens where it is not."""

from dataclasses import dataclass, replace

from core.usage import Usage


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """What calls took.

    ``nano_usd`` is money in nano-dollars (10⁻⁹ USD) of the calls whose price is known: whole numbers, so that sums are
    exact. ``unpriced_tokens`` are the tokens, sent and received, of the calls whose price nobody knows.
    """

    nano_usd: int = 0
    unpriced_tokens: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(
            nano_usd=self.nano_usd + other.nano_usd, unpriced_tokens=self.unpriced_tokens + other.unpriced_tokens
        )


NO_AMOUNT = Amount()


def tokens_of(usage: Usage) -> int:
    """All tokens of a call, sent and received; what was not counted is none."""
    return (usage.sent or 0) + (usage.received or 0)


def completed(usage: Usage, guess: Usage) -> Usage:
    """The usage with ``guess`` in place of what the server did not count; what was cached belongs to what was sent.

    >>> completed(Usage(sent=900), Usage(sent=1000, received=7))
    Usage(sent=900, received=7, cached=None, cache_written=None)
    """
    if usage.received is None:
        usage = replace(usage, received=guess.received)
    if usage.sent is None:
        usage = replace(usage, sent=guess.sent, cached=guess.cached, cache_written=guess.cache_written)
    return usage

"""Reads how many tokens a call took out of a server's reply."""

from collections.abc import Mapping

from core.usage import Usage


def usage_of(reply: Mapping[str, object]) -> Usage:
    """The tokens in a reply's ``usage``, in the words of chat and completions or in those of decisions."""
    usage = _mapping(reply.get("usage"))
    details = _mapping(usage.get("prompt_tokens_details")) or _mapping(usage.get("input_tokens_details"))
    return Usage(
        sent=_count(usage.get("prompt_tokens", usage.get("input_tokens"))),
        received=_count(usage.get("completion_tokens", usage.get("output_tokens"))),
        cached=_count(details.get("cached_tokens")),
        cache_written=_count(details.get("cache_write_tokens")),
    )


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _count(value: object) -> int | None:
    """A plausible count: a server may write anything there, and a limit on spending is reckoned with it."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None

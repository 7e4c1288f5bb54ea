"""Keeps what model servers replied, so that the same question on the same table is not paid twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.usage import Usage


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptReply:
    """What a server chose: an entry, or None for the fallback, with the probabilities it told; ``raw`` is what it sent.

    ``usage`` is what that took when it was asked.
    """

    entry_id: int | None
    probabilities: Mapping[int | None, float]
    raw: str
    usage: Usage


class ReplyCache(Protocol):
    """Replies by org and key; the key says everything that decides the reply."""

    def find(self, org_id: str, keys: Sequence[str]) -> Mapping[str, KeptReply]:
        """The kept replies among these."""

    def keep(self, org_id: str, replies: Mapping[str, KeptReply]) -> None:
        """Keep these, in place of older ones."""

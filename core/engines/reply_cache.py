"""Keeps what model servers replied, so that the same question on the same table is not paid twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.usage import NOTHING, Usage


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelReply:
    """What a model server chose: an entry, or None for the fallback.

    ``probabilities`` (0 to 1) are those of the entries that were considered, as far as the server tells; ``raw`` is
    what it sent, for people; ``usage`` is what the call took when it was made; ``reused`` says that an earlier one was
    taken, ``seconds`` how long this one took.
    """

    entry_id: int | None
    probabilities: Mapping[int | None, float] = field(default_factory=dict)
    raw: str = ""
    usage: Usage = NOTHING
    seconds: float = 0.0
    reused: bool = False


class ReplyCache(Protocol):
    """Replies by org and key; the key says everything that decides the reply."""

    def find(self, org_id: str, keys: Sequence[str]) -> Mapping[str, ModelReply]:
        """The kept replies among these, as they were when they were kept."""

    def keep(self, org_id: str, replies: Mapping[str, ModelReply]) -> None:
        """Keep these, in place of older ones."""

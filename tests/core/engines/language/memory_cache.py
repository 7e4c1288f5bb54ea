"""Caches of replies without a database, for tests of what is done with them."""

from collections.abc import Mapping, Sequence

from core.engines.reply_cache import ModelReply


class MemoryReplyCache:
    """Keeps the promises of ReplyCache; ``writes`` are the sizes of what was kept at once."""

    def __init__(self) -> None:
        self.replies: dict[tuple[str, str], ModelReply] = {}
        self.writes: list[int] = []

    def find(self, org_id: str, keys: Sequence[str]) -> Mapping[str, ModelReply]:
        return {key: self.replies[org_id, key] for key in keys if (org_id, key) in self.replies}

    def keep(self, org_id: str, replies: Mapping[str, ModelReply]) -> None:
        self.writes.append(len(replies))
        self.replies |= {(org_id, key): reply for key, reply in replies.items()}


class BrokenReplyCache:
    """Can neither find nor keep anything."""

    def find(self, org_id: str, keys: Sequence[str]) -> Mapping[str, ModelReply]:
        raise OSError("The database is away.")

    def keep(self, org_id: str, replies: Mapping[str, ModelReply]) -> None:
        raise OSError("The database is away.")

"""Takes replies of earlier calls out of the cache, and puts new ones in."""

import contextlib
import logging
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import replace

from core.engines.language.query import Query
from core.engines.language.server_memory import Endpoint
from core.engines.language.shared import Shared
from core.engines.reply_cache import ModelReply

log = logging.getLogger(__name__)

AT_ONCE = 100
SECONDS_HELD = 1.0
"""New replies of a batch that are written together, and how long one waits at most."""


class CachedReplies:
    """The kept replies of one server and model. A cache that is away costs another call, never an answer."""

    def __init__(self, shared: Shared, endpoint: Endpoint) -> None:
        self._shared = shared
        self._endpoint = endpoint

    def find(self, queries: Sequence[Query]) -> Mapping[Query, ModelReply]:
        """What the server replied to the very same queries of this org before."""
        if self._shared.cache is None or not queries:
            return {}
        keys = {query: self._key(query) for query in queries}
        try:
            kept = self._shared.cache.find(queries[0].offered.org_id, list(dict.fromkeys(keys.values())))
        except Exception:
            log.exception("Could not look for kept replies")
            return {}
        return {
            query: replace(kept[key], seconds=0.0, reused=True)
            for query, key in keys.items()
            if key in kept and _fits(kept[key], query)
        }

    def keep(self, replies: Iterable[tuple[Query, ModelReply]]) -> None:
        """Keep what the server replied."""
        known = list(replies)
        if self._shared.cache is None or not known:
            return
        new = {self._key(query): reply for query, reply in known}
        try:
            self._shared.cache.keep(known[0][0].offered.org_id, new)
        except Exception:
            log.exception("Could not keep replies")

    @contextlib.contextmanager
    def later(self) -> Generator["PendingReplies", None, None]:
        """Collects replies and keeps them a few hundred at a time, the rest at the end."""
        later = PendingReplies(self)
        try:
            yield later
        finally:
            later.flush()

    def _key(self, query: Query) -> str:
        return query.key(self._endpoint, self._shared.memory.refused(self._endpoint))


class PendingReplies:
    """Replies that wait to be kept."""

    def __init__(self, keeping: CachedReplies) -> None:
        self._keeping = keeping
        self._waiting: list[tuple[Query, ModelReply]] = []
        self._since = time.monotonic()

    def add(self, query: Query, reply: ModelReply) -> None:
        """Keep this one soon."""
        self._waiting.append((query, reply))
        if len(self._waiting) >= AT_ONCE or time.monotonic() - self._since > SECONDS_HELD:
            self.flush()

    def flush(self) -> None:
        """Keep what waits."""
        waiting, self._waiting = self._waiting, []
        self._keeping.keep(waiting)
        self._since = time.monotonic()


def _fits(kept: ModelReply, query: Query) -> bool:
    """Whether all that was chosen from is offered now: true by the key, and looked at all the same."""
    return {kept.entry_id, *kept.probabilities} <= {None, *query.offered.by_id}

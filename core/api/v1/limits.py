"""Every limit of the HTTP API in one place, and the token buckets that bound how often it is called."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from core.files.table import FileLimits
from core.lru_cache import LruCache

JSON_BYTES = 1024**2
"""Bytes of a request's body, where nothing else is said."""
TABLE_BYTES = 10 * 1024**2
"""Bytes of a whole table of questions and answers."""
FILE_BYTES = FileLimits().bytes + 64 * 1024
"""Bytes of a form with a file: the file, and the form round it."""
TOKEN_LENGTH = 8_192
PAGE_SIZE, PAGE_SIZE_MOST = 100, 1_000
PLACES = 48
"""Requests that are answered at once, each in a thread. Most wait: for a model server, or for the database."""
WAITING = 600
"""Requests that wait for a place."""
WAIT_SECONDS = 8.0
BODY_ROOM = 256 * 1024**2
"""Bytes of bodies that are here at once, by what they say or may be at most."""
LEAST_BODY = 16 * 1024
"""As so much counts a body that is smaller."""
BODY_SECONDS, BODY_BYTES_A_SECOND = 10.0, 64 * 1024
"""A body has to be here within so many seconds, and one more for each so many bytes."""
UNKNOWN_WAIT_SECONDS = 5.0
"""The longest that the look-up of an unknown key waits for those before it of the same address."""
LARGEST_NUMBER = 2**31 - 1
"""Of entries and revisions: PostgreSQL's integer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestRate:
    """How often a caller may ask in one org: ``burst`` requests at once, and ``per_second`` more from then on."""

    name: str
    burst: int
    per_second: float

    @property
    def window(self) -> int:
        """Seconds until an empty bucket is full again."""
        return math.ceil(self.burst / self.per_second)


ORDINARY = RequestRate(name="ordinary", burst=100, per_second=10)
VISITORS = RequestRate(name="visitors", burst=600, per_second=60)
"""For questions: a web site asks those of all its visitors with one key."""
HEAVY = RequestRate(name="heavy", burst=10, per_second=0.2)
"""For what takes a child process or a whole table: starting runs, replacing, importing and exporting tables."""
UNKNOWN = RequestRate(name="unknown", burst=40, per_second=20)
"""How often keys that nobody knows yet are looked up for an address."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RateStanding:
    """What a bucket holds after a request: ``left`` requests; ``wait`` seconds where this one was too many, else 0."""

    rate: RequestRate
    left: int
    wait: int

    def headers(self) -> dict[str, str]:
        """The fields of draft-ietf-httpapi-ratelimit-headers."""
        reset = math.ceil((self.rate.burst - self.left) / self.rate.per_second)
        return {
            "RateLimit-Policy": f'"{self.rate.name}";q={self.rate.burst};w={self.rate.window}',
            "RateLimit": f'"{self.rate.name}";r={self.left};t={reset}',
        }


class RateLimiter:
    """A token bucket for each caller, org and rate, in the memory of this process: replicas count apart.

    Only the ``size`` callers who asked last are remembered. ``clock`` counts seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, size: int = 10_000) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: LruCache[tuple[str, str, str], tuple[float, float]] = LruCache(size)

    def take(self, rate: RequestRate, caller: str, org_id: str) -> RateStanding:
        """Count one request."""
        place, now = (rate.name, caller, org_id), self._clock()
        with self._lock:
            tokens, at = self._buckets.get(place) or (float(rate.burst), now)
            tokens = min(float(rate.burst), tokens + (now - at) * rate.per_second)
            enough = tokens >= 1
            tokens -= enough
            self._buckets.put(place, (tokens, now))
        wait = 0 if enough else max(1, math.ceil((1 - tokens) / rate.per_second))
        return RateStanding(rate=rate, left=int(tokens), wait=wait)

"""Token buckets that bound how often somebody may ask, and whom an address stands for."""

import ipaddress
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from core.lru_cache import LruCache


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


def network(address: str) -> str:
    """Whom an address stands for: of IPv6 everybody has as many as they like below /64.

    >>> network("192.0.2.7"), network("2001:db8:1:2:3:4:5:6"), network("somewhere")
    ('192.0.2.7', '2001:db8:1:2::/64', 'somewhere')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)

"""Slows down who sends keys that nobody knows: each of them has to be looked up elsewhere."""

import asyncio
import ipaddress
import math
import time
from collections.abc import Callable

from core.api.v1.limits import UNKNOWN, UNKNOWN_WAIT_SECONDS, RequestRate, Standing
from core.api.v1.refusals import RateLimited
from core.lru_cache import LruCache

WORDS = "Too many keys that are not known come from your address. Wait {wait} s, then send the request again."


class Strangers:
    """The look-ups of each address, one after another at a steady rate once its burst is used up.

    A key that was good before is not looked up, and so never waits here. Only the ``size`` addresses that came last are
    remembered. For one event loop; ``clock`` counts seconds.
    """

    def __init__(
        self, rate: RequestRate = UNKNOWN, clock: Callable[[], float] = time.monotonic, *, size: int = 10_000
    ) -> None:
        self._rate = rate
        self._clock = clock
        self._next: LruCache[str, float] = LruCache(size)
        """When the look-up after the last one is due, were there no burst."""

    async def turn(self, address: str) -> None:
        """Wait for the turn of this address. Raises RateLimited when it would not come soon."""
        wait = self._due(network(address))
        if wait:
            await asyncio.sleep(wait)

    def _due(self, address: str) -> float:
        now, each = self._clock(), 1 / self._rate.per_second
        due = max(self._next.get(address) or now, now)
        wait = max(0.0, due - now - (self._rate.burst - 1) * each)
        if wait > UNKNOWN_WAIT_SECONDS:
            standing = Standing(rate=self._rate, left=0, wait=math.ceil(wait))
            raise RateLimited(standing, WORDS.format(wait=standing.wait))
        self._next.put(address, due + each)
        return wait


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

"""Who is connected: few, small and short connections for who has not signed in, and room for everybody else."""

import asyncio
import functools
import math
import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from core.lru_cache import LruCache

HEADER = "x-frontline-place"
"""Tells a script in which place its browser tab sits; one that a browser sends itself is taken away."""
STRANGERS = 64
STRANGERS_OF_AN_ADDRESS = 16
"""Several people may come from one address: through a proxy, from one office."""
STRANGER_SECONDS = 120.0
SECONDS_A_STEP = 0.2
"""Each message of a browser runs the script; those of the strangers of one address follow each other so far apart."""
TABS_OF_A_SIGN_IN = 50
GUESTS_OF_A_LINK = 200
"""Tabs with a good link that stay as long as those of who has signed in; further ones stay strangers."""
ADDRESSES_REMEMBERED = 10_000


@dataclass(kw_only=True, eq=False)
class ConnectionSlot:
    """One open websocket. ``sign_in`` tells sign-ins apart, None for who has not signed in.

    ``guest_of`` names the share link of who came with a good one. Guests stay, but send and upload no more than
    strangers.
    """

    address: str
    sign_in: str | None
    guest_of: str | None = None
    ends_at: float = math.inf
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    session_id: str | None = None
    """Streamlit's id of the browser tab, once it has given one."""
    may_upload: bool = False
    waiting: asyncio.Timeout | None = None

    @property
    def is_strangers(self) -> bool:
        """Whether nothing is known of who sits here."""
        return self.sign_in is None and self.guest_of is None

    def end(self, now: float) -> None:
        """Let the websocket end now, also while it waits for the browser; on the loop that serves it."""
        self.ends_at = now
        if self.waiting is not None and not self.waiting.expired():
            self.waiting.reschedule(now)


class ConnectionSlots:
    """Gives and takes places.

    Who has signed in is never refused for what strangers do, and one sign-in has TABS_OF_A_SIGN_IN. A stranger always
    gets a place too: when there are too many, the oldest of the address that has most of them ends instead, so that
    one address cannot keep the others out.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._places: dict[str, ConnectionSlot] = {}
        self._clock = clock
        self._turns: LruCache[str, float] = LruCache(ADDRESSES_REMEMBERED)

    def take(self, address: str, sign_in: str | None) -> ConnectionSlot | None:
        """A place for a new websocket; None when this sign-in has too many."""
        if sign_in is None:
            self._make_room(address)
            place = ConnectionSlot(address=address, sign_in=None, ends_at=self._clock() + STRANGER_SECONDS)
        elif sum(place.sign_in == sign_in for place in self._places.values()) >= TABS_OF_A_SIGN_IN:
            return None
        else:
            place = ConnectionSlot(address=address, sign_in=sign_in)
        self._places[place.id] = place
        return place

    def turn(self, address: str) -> float:
        """In how many seconds it is the turn of the next message of this address's strangers."""
        now = self._clock()
        turn = max(now, self._turns.get(address) or now)
        self._turns.put(address, turn + SECONDS_A_STEP)
        return turn - now

    def leave(self, place: ConnectionSlot) -> None:
        """The websocket has ended."""
        self._places.pop(place.id, None)

    def of_session(self, session_id: str) -> ConnectionSlot | None:
        """Where this browser tab sits now; None when it has no websocket."""
        return next((place for place in list(self._places.values()) if place.session_id == session_id), None)

    def address(self, place_id: str | None) -> str:
        """The address that this place is of; empty where it is not there."""
        place = self._places.get(place_id or "")
        return place.address if place else ""

    def welcome(self, place_id: str | None, link_id: str | None) -> None:
        """Let who sits here stay as a guest of this link, or with None no longer. Who has signed in stays anyway."""
        place = self._places.get(place_id or "")
        if place is None or place.sign_in is not None or place.guest_of == link_id:
            return
        if link_id is None or sum(one.guest_of == link_id for one in list(self._places.values())) < GUESTS_OF_A_LINK:
            place.guest_of = link_id

    def allow_uploads(self, place_id: str | None, *, allowed: bool) -> None:
        """Whether this place may upload; what is not there, or has not signed in, never may."""
        place = self._places.get(place_id or "")
        if place is not None:
            place.may_upload = allowed and place.sign_in is not None

    def _make_room(self, address: str) -> None:
        strangers = [place for place in list(self._places.values()) if place.is_strangers]
        count = Counter(place.address for place in strangers)
        if count[address] >= STRANGERS_OF_AN_ADDRESS:
            crowd = address
        elif len(strangers) >= STRANGERS:
            crowd = count.most_common(1)[0][0]
        else:
            return
        oldest = next(place for place in strangers if place.address == crowd)
        oldest.end(self._clock())
        self.leave(oldest)


@functools.cache
def places() -> ConnectionSlots:
    """Those of this process."""
    return ConnectionSlots()

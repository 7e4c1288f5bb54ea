"""Waits in an event loop for a turn at what all organisations share."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from core.errors import TooBusy
from core.fair_share import FairShare


class Turns:
    """What is shared fairly; who waits longer than so many ``seconds`` is sent away."""

    def __init__(self, share: FairShare, seconds: float) -> None:
        self._share = share
        self._seconds = seconds

    @contextlib.asynccontextmanager
    async def held(self, org_id: str, *, weight: int = 1) -> AsyncIterator[None]:
        """Have so much of it inside this block. Raises TooBusy when the turn of this org does not come in time."""
        loop, turn = asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:  # it may be another thread's loop that gives back
            with contextlib.suppress(RuntimeError):  # nobody waits in a loop that is closed
                loop.call_soon_threadsafe(turn.set)

        ticket = self._share.claim(org_id, tell, weight=weight)
        try:
            if not ticket.given:
                await _in_time(turn, self._seconds)
            yield
        finally:
            self._share.give_back(ticket)


async def _in_time(turn: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(turn.wait(), seconds)
    except TimeoutError:
        raise TooBusy from None

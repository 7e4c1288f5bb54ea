"""Shares out what all organisations use together, so that none of them can have all of it."""

import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from core.errors import TooBusy


@dataclass(eq=False, slots=True)
class Ticket:
    """A claim of an org to so much of what is shared. ``given`` says whether it has it."""

    org_id: str
    weight: int
    tell: Callable[[], None]
    given: bool = False


@dataclass(eq=False, kw_only=True)
class FairShare:
    """``room`` units that orgs take and give back; up to ``waiting`` claims wait for their turn.

    An org may have at most half of what the others leave: so there is room for whoever comes next, whatever the first
    ones do. What becomes free goes to the waiting orgs in turn, and within an org to who waits longest. For any thread.
    """

    room: int
    waiting: int
    _held: Counter[str] = field(default_factory=Counter)
    _queues: OrderedDict[str, deque[Ticket]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def claim(self, org_id: str, tell: Callable[[], None], *, weight: int = 1) -> Ticket:
        """A claim, given at once where that is fair. Else it waits, and ``tell`` is called once it is given.

        ``tell`` is called in the thread of whoever gives back, and has to return at once. Each claim is ended by
        ``give_back``. Raises TooBusy when too many wait.
        """
        ticket = Ticket(org_id, min(weight, self.room), tell)
        with self._lock:
            self._queues.setdefault(org_id, deque()).append(ticket)
            told = self._hand_out()
            refused = not ticket.given and not self._may_wait(org_id)
            if refused:
                self._leave_queue(ticket)
        _tell(told, but=ticket)
        if refused:
            raise TooBusy
        return ticket

    def give_back(self, ticket: Ticket) -> None:
        """End a claim, whether it was given or still waits."""
        with self._lock:
            if ticket.given:
                self._held[ticket.org_id] -= ticket.weight
                if not self._held[ticket.org_id]:
                    del self._held[ticket.org_id]
            else:
                self._leave_queue(ticket)
            told = self._hand_out()
        _tell(told)

    def _hand_out(self) -> list[Ticket]:
        """Give what is free to the orgs in turn; who has to be told."""
        told: list[Ticket] = []
        passed = 0
        while passed < len(self._queues):
            org_id, queue = next(iter(self._queues.items()))
            self._queues.move_to_end(org_id)
            if not self._may_have(org_id, queue[0].weight):
                passed += 1
                continue
            passed = 0
            ticket = queue.popleft()
            if not queue:
                del self._queues[org_id]
            ticket.given = True
            self._held[org_id] += ticket.weight
            told.append(ticket)
        return told

    def _may_have(self, org_id: str, weight: int) -> bool:
        held = self._held.get(org_id, 0)
        others = self._held.total() - held
        fits = held + others + weight <= self.room
        return fits and (not held or 2 * (held + weight) <= self.room - others)

    def _may_wait(self, org_id: str) -> bool:
        mine = len(self._queues[org_id])
        others = sum(len(queue) for queue in self._queues.values()) - mine
        return mine + others <= self.waiting and (mine == 1 or 2 * mine <= self.waiting - others)

    def _leave_queue(self, ticket: Ticket) -> None:
        queue = self._queues.get(ticket.org_id)
        if queue is not None and ticket in queue:
            queue.remove(ticket)
            if not queue:
                del self._queues[ticket.org_id]


def _tell(tickets: list[Ticket], but: Ticket | None = None) -> None:
    for ticket in tickets:
        if ticket is not but:
            ticket.tell()

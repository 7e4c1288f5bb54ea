"""The log of what people did in an org: kept as it happens, to read and take away for its owners."""

import logging
import secrets
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Protocol

import pandas as pd

from core.audit.event import Event, EventKind, event_id, in_short
from core.audit.outsiders import Outsiders, Throttle
from core.audit.store import AuditStore
from core.clock import Clock
from core.errors import AccessDenied, Outsider
from core.files.writing import to_csv
from core.identity.access import Access, Directory
from core.identity.principal import Membership, Permission, Principal

log = logging.getLogger(__name__)

EVENTS_A_PAGE = 50
FROM_OUTSIDE = "People from outside"
REFUSALS_EVERY = timedelta(minutes=10)
SIGN_INS_EVERY = timedelta(days=1)


class Audit:
    """Records events, and shows them to owners.

    ``access`` is asked who is an owner, and to which orgs a person belongs.
    """

    def __init__(self, access: Access, store: AuditStore, clock: Clock) -> None:
        self._access = access
        self._store = store
        self._clock = clock
        self._refusals = Throttle(clock, REFUSALS_EVERY)
        self._sign_ins = Throttle(clock, SIGN_INS_EVERY)
        self._outsiders = Outsiders(store, clock)

    def event(self, principal: Principal, org_id: str, what: EventKind, details: str = "") -> Event:
        """A new event, not kept yet."""
        return _event(principal, org_id, what, details, at=self._clock(), by=secrets.token_hex(16))

    def record(self, principal: Principal, org_id: str, what: EventKind, details: str = "") -> None:
        """Keep an event right after what was done; a failure is only logged, since that cannot be undone any more."""
        try:
            self._store.add(self.event(principal, org_id, what, details))
        except Exception:  # the caller's work is done, and has to be reported as done
            log.exception("Not in the log of org %s: %s %s", org_id, principal.user_id, what)

    def exported(self, principal: Principal, org_id: str, what: str) -> None:
        """Keep that a person takes a file away; call it before the file is handed out.

        Raises AccessDenied when the person may not see the org any more, and whatever the storage raises: then nothing
        may be handed out.
        """
        self._access.require(principal, org_id, Permission.VIEW)
        self._store.add(self.event(principal, org_id, EventKind.EXPORTED, what))

    def signed_in(self, principal: Principal, session: str, at: datetime | None = None) -> None:
        """Keep a sign-in in each org of the person. Never raises.

        May be called again and again for the same sign-in: ``session`` and ``at``, the moment of the sign-in (by
        default now), say which it is, also after a restart. When memberships cannot be asked for, the next call
        tries again.
        """
        if not self._sign_ins.due(session):
            return
        try:
            for membership in self._access.orgs(principal):
                moment = at or self._clock()
                self._store.add(_event(principal, membership.org_id, EventKind.SIGNED_IN, "", at=moment, by=session))
        except Exception:  # nobody is kept out by a log that cannot be written
            self._sign_ins.forget(session)
            log.exception("Not in the log: the sign-in of %s", principal.user_id)

    def refused_outsider(self, org_id: str) -> None:
        """Count that somebody was refused who does not belong to the org; they get no line of their own. Never raises.

        An org of which nothing is known gets no count: anybody can write any id into an address.
        """
        self._outsiders.refused(org_id)

    def outsiders(self, principal: Principal, org_id: str) -> Mapping[date, int]:
        """How many calls of people from outside were refused on each of the last days that had any, for owners."""
        self._access.require(principal, org_id, Permission.MANAGE)
        self._outsiders.write(org_id)
        return self._store.outsiders(org_id)

    def refused(self, principal: Principal, org_id: str, words: str) -> None:
        """Keep that a member was refused; the same again within ten minutes is not kept. Never raises."""
        if not self._refusals.due((principal.user_id, org_id, words)):
            return
        try:
            self._store.add(self.event(principal, org_id, EventKind.REFUSED, words))
        except Exception:  # the refusal itself stands
            log.exception("Not in the log of org %s: a refusal of %s", org_id, principal.user_id)

    def events(
        self,
        principal: Principal,
        org_id: str,
        *,
        before: str | None = None,
        limit: int = EVENTS_A_PAGE,
        actor_id: str | None = None,
        what: EventKind | None = None,
        without: Collection[EventKind] = (),
    ) -> list[Event]:
        """What people did, newest first, for owners; ``before`` is the id of the last event of the page before.

        ``actor_id`` and ``what`` leave only the events of a person or of a kind, ``without`` leaves some kinds out.
        """
        self._access.require(principal, org_id, Permission.MANAGE)
        return self._store.events(org_id, before=before, limit=limit, actor_id=actor_id, what=what, without=without)

    def people(self, principal: Principal, org_id: str) -> Mapping[str, str]:
        """The names of those who did something, by id, for owners."""
        self._access.require(principal, org_id, Permission.MANAGE)
        return self._store.people(org_id)

    def export(self, principal: Principal, org_id: str) -> bytes:
        """Every event, newest first, and then how often outsiders were refused, as CSV, for owners.

        That it was taken is an event too, and in the file.
        """
        self._access.require(principal, org_id, Permission.MANAGE, fresh=True)
        self.exported(principal, org_id, "the activity")
        rows = [
            (event.at.isoformat(timespec="seconds"), event.actor, event.actor_id, event.what.value, event.details)
            for event in self._store.events(org_id)
        ]
        rows += [
            (day.isoformat(), FROM_OUTSIDE, "", EventKind.REFUSED.value, f"{times} calls on this day")
            for day, times in self.outsiders(principal, org_id).items()
        ]
        return to_csv(pd.DataFrame(rows, columns=["When (UTC)", "Who", "Id", "What", "Details"]))


def _event(principal: Principal, org_id: str, what: EventKind, details: str, *, at: datetime, by: str) -> Event:
    return Event(
        org_id=org_id,
        event_id=event_id(at, org_id, principal.user_id, what, by),
        at=at,
        actor_id=principal.user_id,
        actor=principal.name,
        what=what,
        details=in_short(details),
    )


class Refusals(Protocol):
    """What has to hear of refusals; neither method raises."""

    def refused(self, principal: Principal, org_id: str, words: str) -> None:
        """A member of the org was refused."""

    def refused_outsider(self, org_id: str) -> None:
        """Somebody was refused who does not belong to the org."""


class WatchedAccess(Access):
    """Answers as ``Access`` does, and tells ``refusals`` of each refusal."""

    def __init__(self, directory: Directory, refusals: Refusals) -> None:
        super().__init__(directory)
        self._refusals = refusals

    def require(self, principal: Principal, org_id: str, permission: Permission, *, fresh: bool = False) -> Membership:
        """The person's membership, when it allows ``permission``.

        Raises AccessDenied otherwise, as ``Access`` does, after the log was told.
        """
        try:
            return super().require(principal, org_id, permission, fresh=fresh)
        except Outsider:
            self._refusals.refused_outsider(org_id)
            raise
        except AccessDenied as error:
            self._refusals.refused(principal, org_id, str(error))
            raise

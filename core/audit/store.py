"""What the log needs of a storage."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Protocol

from core.audit.event import Event, EventKind


class AuditStore(Protocol):
    """The events of all orgs; every method works on one org. No event is ever changed or deleted."""

    def add(self, event: Event) -> None:
        """Keep an event; does nothing when one with its id is kept already."""

    def events(
        self,
        org_id: str,
        *,
        before: str | None = None,
        limit: int | None = None,
        actor_id: str | None = None,
        what: EventKind | None = None,
        without: Collection[EventKind] = (),
    ) -> list[Event]:
        """Events, newest first; only those older than the event ``before`` (its id), of this person, of this kind, and
        of none of the kinds ``without``."""

    def people(self, org_id: str) -> Mapping[str, str]:
        """The name of everybody who has an event, by id, as it was at the newest."""

    def add_outsiders(self, org_id: str, day: date, times: int) -> None:
        """Count that so many calls of people from outside were refused on this day; forget days long ago."""

    def outsiders(self, org_id: str) -> Mapping[date, int]:
        """How many were refused on each day that is remembered and had any, newest first."""

    def knows(self, org_id: str) -> bool:
        """Whether anything was ever kept of this org."""

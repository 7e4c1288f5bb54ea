"""What use cases need of the log."""

from typing import Protocol

from core.audit.event import Event, EventKind
from core.identity.principal import Principal


class Recorder(Protocol):
    """Notes what people do."""

    def event(self, principal: Principal, org_id: str, what: EventKind, details: str = "") -> Event | None:
        """The event for a storage that keeps it in the same transaction as what was done; None: keep nothing."""

    def record(self, principal: Principal, org_id: str, what: EventKind, details: str = "") -> None:
        """Keep an event right after what was done. Never raises: that cannot be undone any more."""


class NoAudit:
    """Keeps nothing; for parts that work without a log."""

    def event(self, principal: Principal, org_id: str, what: EventKind, details: str = "") -> Event | None:  # noqa: ARG002
        """Nothing to keep."""
        return None

    def record(self, principal: Principal, org_id: str, what: EventKind, details: str = "") -> None:
        """Does nothing."""

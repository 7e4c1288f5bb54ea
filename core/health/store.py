"""Where it is kept which findings people chose to ignore."""

from datetime import datetime
from typing import Protocol


class IgnoredStore(Protocol):
    """The keys of ignored findings, by org."""

    def ignored(self, org_id: str) -> frozenset[str]:
        """Every one."""

    def ignore(self, org_id: str, key: str, *, user_id: str, at: datetime) -> None:
        """Keep one more; nothing where it is kept already."""

    def forget(self, org_id: str, key: str) -> None:
        """Keep this one no more; nothing where it is not kept."""

    def forget_all(self, org_id: str) -> None:
        """Keep none any more."""

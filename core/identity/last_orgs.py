"""Where a person goes on who came without naming an org."""

from typing import Protocol


class LastOrgs(Protocol):
    """Remembers which org each person opened last."""

    def last(self, user_id: str) -> str | None:
        """That org's id; None when there is none."""

    def opened(self, user_id: str, org_id: str) -> None:
        """Remember this org in place of the one before."""

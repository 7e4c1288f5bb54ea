"""Access that tells the log whom it refused."""

from typing import Protocol

from core.errors import AccessDenied, Outsider
from core.identity.access import Access, Directory
from core.identity.principal import Membership, Permission, Principal


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

"""Access that tells the log whom it refused."""

from collections.abc import Callable

from core.errors import AccessDenied
from core.identity.access import Access, Directory
from core.identity.principal import Membership, Permission, Principal


class WatchedAccess(Access):
    """Answers as ``Access`` does. ``refused`` is called with the person, the org's id and the words of each refusal."""

    def __init__(self, directory: Directory, refused: Callable[[Principal, str, str], None]) -> None:
        super().__init__(directory)
        self._refused = refused

    def require(self, principal: Principal, org_id: str, permission: Permission, *, fresh: bool = False) -> Membership:
        """The person's membership, when it allows ``permission``.

        Raises AccessDenied otherwise, as ``Access`` does, after the log was told.
        """
        try:
            return super().require(principal, org_id, permission, fresh=fresh)
        except AccessDenied as error:
            self._refused(principal, org_id, str(error))
            raise

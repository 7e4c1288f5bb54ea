"""Asks from time to time whether who started a run may still do so."""

import time

from core.errors import AccessDenied, CannotConfirm
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.runs.ledger import Run

ACCESS_EVERY_SECONDS = 25.0
DOUBT_EVERY_SECONDS = 2.0


class AccessCheck:
    """``in_doubt`` says that nobody can say now whether the author may go on: then the run waits."""

    def __init__(self, access: Access, run: Run) -> None:
        self._access = access
        self._run = run
        self._author = Principal(user_id=run.author_id, email="", name=run.author)
        self._due = time.monotonic()
        self.in_doubt = False

    def look(self) -> None:
        """Ask when it is time to.

        Raises AccessDenied when the author may no longer run evaluations.
        """
        now = time.monotonic()
        if now < self._due:
            return
        try:
            self._access.require(self._author, self._run.org_id, Permission.EVALUATE, fresh=True)
        except CannotConfirm:
            self.in_doubt, self._due = True, now + min(DOUBT_EVERY_SECONDS, ACCESS_EVERY_SECONDS)
            return
        except AccessDenied as error:
            raise AccessDenied(
                f"{self._run.author} may no longer run evaluations here, so this run was stopped."
            ) from error
        self.in_doubt, self._due = False, now + ACCESS_EVERY_SECONDS

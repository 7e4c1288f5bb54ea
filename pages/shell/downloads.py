"""Files that people take away: each is noted in the org's log before it is handed out."""

import logging
import uuid
from collections.abc import Callable

from core.bootstrap import frontline
from core.errors import FrontlineError
from core.identity.principal import Principal

log = logging.getLogger(__name__)


def noted(principal: Principal, org_id: str, what: str, make: Callable[[], bytes]) -> Callable[[], bytes]:
    """``make`` for a download button, which calls it at the click; ``what`` says in the log what was taken.

    Streamlit tells the person only that the file could not be made, whatever the reason; so that is logged here, with
    the person's id and a number, and nothing of it is handed on.
    """

    def made() -> bytes:
        try:
            data = make()
            frontline().audit.exported(principal, org_id, what)
        except FrontlineError as error:
            log.warning("No download of %s for %s: %s", what, principal.user_id, error)
            raise
        except Exception:
            number = uuid.uuid4().hex[:8]
            log.exception("Unexpected error %s, at the download of %s for %s", number, what, principal.user_id)
            raise FrontlineError(f"Error number {number}") from None
        return data

    return made

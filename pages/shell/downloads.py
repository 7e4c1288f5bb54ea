"""Files that people take away: each is noted in the org's log before it is handed out, and kept until it is fetched."""

import logging
import uuid
from collections.abc import Callable
from typing import Literal

import streamlit as st

from core.api.prepared_files import PreparedFile, Session, prepared_files
from core.bootstrap import frontline
from core.errors import FrontlineError
from core.identity.principal import Principal
from pages.shell import session
from pages.shell.streamlit_internals import media_address

log = logging.getLogger(__name__)


def button(
    label: str,
    make: Callable[[], bytes],
    *,
    file_name: str,
    key: str,
    mime: str = "application/octet-stream",
    type: Literal["secondary", "tertiary"] = "secondary",
    help: str | None = None,
    width: Literal["content", "stretch"] = "content",
    disabled: bool = False,
) -> None:
    """A button that makes a file at the click and hands it to the browser.

    The browser is told the file's address and fetches it then; by that time Streamlit has often dropped it, since it
    drops files that no page shows whenever anybody's script ends. So what was made is kept beside it.
    """
    tab: Session = session.get("shell", "", "downloads") or Session()
    session.put("shell", "", "downloads", tab)
    own_mime = f"{mime}; tab={tab.id}"  # goes into the address, which so is this tab's own and cannot be guessed

    def made() -> bytes:
        file = PreparedFile(data=make(), media_type=mime, name=file_name)
        prepared_files().keep(media_address(file.data, own_mime, file_name), file, tab)
        return file.data

    st.download_button(
        label,
        data=made,
        file_name=file_name,
        mime=own_mime,
        on_click="ignore",
        icon=":material/download:",
        type=type,
        help=help,
        width=width,
        disabled=disabled,
        key=key,
    )


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

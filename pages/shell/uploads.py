"""Files that people bring: a tab may upload only while it shows a field for it, which it draws after the permission."""

from collections.abc import Sequence

import streamlit as st

from core.api.connection_slots import HEADER, places
from pages.shell import session
from pages.shell.streamlit_internals import UploadedFile


def field(label: str, *, kinds: Sequence[str], megabytes: int, key: str, about: str) -> UploadedFile | None:
    """A field to upload one file of these kinds (endings without a dot); the file, once it is there."""
    _asked()
    return st.file_uploader(label, type=list(kinds), max_upload_size=megabytes, key=key, help=about)


def fields(label: str, *, kinds: Sequence[str], megabytes: int, key: str, about: str) -> list[UploadedFile]:
    """A field to upload files that belong together; those that are there."""
    _asked()
    return st.file_uploader(
        label, type=list(kinds), max_upload_size=megabytes, key=key, help=about, accept_multiple_files=True
    )


def _asked() -> None:
    session.put("shell", "", "uploads", True)
    _allow(allowed=True)


def begin() -> None:
    """Before a page is drawn: it has not asked for a file."""
    session.drop("shell", "", "uploads")


def end() -> None:
    """After a page was drawn: uploads are taken only when it asked for a file."""
    _allow(allowed=bool(session.get("shell", "", "uploads")))


def _allow(*, allowed: bool) -> None:
    places().allow_uploads(st.context.headers.get(HEADER), allowed=allowed)

"""Everything of Streamlit's inside that the pages need and its documentation does not promise.

``tests/pages/shell/test_streamlit_internals.py`` says in words when a release has changed what is needed here; what
Streamlit does over HTTP stands in ``core/api/streamlit_http.py``.
"""

from pathlib import Path

import streamlit as st
from streamlit import runtime
from streamlit.runtime.media_file_storage import MediaFileKind
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.api.connection_slots import HEADER
from core.api.streamlit_http import MEDIA

__all__ = ["Tabs", "UploadedFile", "forget_unreached_fragments", "index_html", "media_address", "page_id"]


class Tabs:
    """What Streamlit keeps for each browser tab; its runtime offers no list of them."""

    @staticmethod
    def find(place_id: str) -> str | None:
        """The id of the tab whose websocket has this place; None when there is none."""
        for tab in runtime.get_instance()._session_mgr.list_active_sessions():
            context = tab.client.client_context
            if context is not None and (HEADER, place_id) in context.headers:
                return tab.session.id
        return None

    @staticmethod
    def end(session_id: str) -> None:
        """Forget the tab, its uploads included; nothing happens when it is not there."""
        runtime.get_instance().close_session(session_id)


def index_html() -> str:
    """The page that Streamlit serves to every browser, with its inline scripts."""
    return (Path(st.__file__).parent / "static/index.html").read_text("utf-8")


def page_id() -> str:
    """The name, made by Streamlit, of the page that this run of the script is for; empty outside a run."""
    run = get_script_run_ctx(suppress_warning=True)
    return run.page_script_hash if run is not None else ""


def forget_unreached_fragments() -> None:
    """Keep no fragment that this run of the whole script did not come to.

    Streamlit forgets those only after a run without an error. One that renews itself every second could then still be
    drawn, in a place that the page no longer has: the browser gives up and shows an empty page, without the error.
    """
    run = get_script_run_ctx(suppress_warning=True)
    if run is not None and not run.fragment_ids_this_run:
        run.fragment_storage.clear(new_fragment_ids=run.shared.new_fragment_ids.snapshot())


def media_address(data: bytes, mime: str, name: str) -> str:
    """The path at which Streamlit tells the browser to fetch a download of these bytes, media type and name."""
    storage = MemoryMediaFileStorage(MEDIA.removesuffix("/"))
    return storage.get_url(storage.load_and_get_id(data, mime, MediaFileKind.DOWNLOADABLE, name))

"""What Streamlit keeps for each browser tab, found by the place of its websocket and ended.

The one place that reads inside Streamlit's runtime, which offers no list of its tabs; a test holds that it still works.
"""

from streamlit import runtime

from core.api.connection_slots import HEADER


def find(place_id: str) -> str | None:
    """The id of the tab whose websocket has this place; None when there is none."""
    for tab in runtime.get_instance()._session_mgr.list_active_sessions():
        context = tab.client.client_context
        if context is not None and (HEADER, place_id) in context.headers:
            return tab.session.id
    return None


def end(session_id: str) -> None:
    """Forget the tab, its uploads included; nothing happens when it is not there."""
    runtime.get_instance().close_session(session_id)

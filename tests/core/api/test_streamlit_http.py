"""The paths and cookies of Streamlit's server are those that the middleware knows."""

import re

from streamlit.web.server.server_util import AUTH_COOKIE_NAME, TOKENS_COOKIE_NAME
from streamlit.web.server.starlette import starlette_auth_routes, starlette_routes

from core.api import streamlit_http as known

CHANGED = "Streamlit's server changed: mend core/api/streamlit_http.py and what imports it. "


def test_the_paths_are_those_of_the_installed_streamlit() -> None:
    assert starlette_routes.BASE_ROUTE_CORE == known.INTERNAL, CHANGED + "Its internal routes moved."
    assert f"/{starlette_routes.BASE_ROUTE_MEDIA}/" == known.MEDIA, CHANGED + "Downloads moved."
    assert f"/{starlette_auth_routes._ROUTE_AUTH_LOGIN}" == known.LOGIN, CHANGED + "The sign-in moved."
    assert f"/{starlette_auth_routes._ROUTE_AUTH_LOGOUT}" == known.LOGOUT, CHANGED + "The sign-out moved."


def test_what_the_pages_need_is_among_its_internal_routes() -> None:
    routes = (starlette_routes.ROUTE_HEALTH, starlette_routes.ROUTE_HOST_CONFIG)
    names = {route.removeprefix(f"{known.INTERNAL}/") for route in routes}

    assert names <= set(known.NEEDED_INTERNAL), CHANGED + "The sign of life, or what the browser asks first, moved."


def test_an_upload_is_known_by_its_path() -> None:
    path = "/" + starlette_routes._ROUTE_UPLOAD_FILE.format(session_id="tab", file_id="file")

    found = re.search(known.UPLOAD, path)

    assert found is not None, CHANGED + "Uploads moved."
    assert found.groupdict() == {"session": "tab", "file": "file"}, CHANGED + "Uploads moved."


def test_who_signed_in_is_in_the_cookie_of_this_name() -> None:
    assert AUTH_COOKIE_NAME == known.USER_COOKIE, CHANGED + "The cookie of a sign-in has another name."
    assert TOKENS_COOKIE_NAME.startswith(known.USER_COOKIE), CHANGED + "The cookie of its tokens would last too long."

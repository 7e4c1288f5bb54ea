"""The paths and cookies of Streamlit's server that its documentation does not promise.

``tests/core/api/test_streamlit_http.py`` says in words when a release has changed one of them.
"""

INTERNAL = "_stcore"
"""Below it stands what is not for people; anywhere in the path, since Streamlit may be asked below a page's path."""
NEEDED_INTERNAL = ("health", "host-config", "stream", "upload_file/", "bidi-components/")
"""What the pages need below it, and the sign of life for whoever watches the server."""
UPLOAD = r"(?:^|/)_stcore/upload_file/(?P<session>[^/]+)/(?P<file>[^/]+)$"
"""A pattern of the path at which a browser tab puts and deletes a file."""
MEDIA = "/media/"
"""Where downloads are served, to anybody who knows their address; some of them are HTML."""
LOGIN, LOGOUT = "/auth/login", "/auth/logout"
USER_COOKIE = "_streamlit_user"
"""Holds who has signed in with ``st.login``, signed with the installation's secret and this name as salt; what is too
long for it goes on in cookies of names that begin so."""

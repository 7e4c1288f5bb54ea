"""Who is using this browser, asked anew at each run of the script and before anything else."""

import streamlit as st

from core.api.demo_session import demo_sessions
from core.bootstrap import frontline
from core.errors import ConfigurationError
from core.identity.principal import Principal


def signed_in_person() -> Principal | None:
    """The person whom this browser's cookie names, or None: then only the sign-in page may be shown.

    Raises ConfigurationError when another sign-in is configured than the demo's, which is the only one there is.
    """
    settings = frontline().settings
    if settings.auth is not None:
        raise ConfigurationError("This version of Frontline has only the demo sign-in.")
    sessions = demo_sessions(settings.data_dir)
    user_id = sessions.user_id(st.context.cookies.get(sessions.cookie_name))
    return frontline().directory.principal(user_id) if user_id else None

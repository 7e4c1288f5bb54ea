"""Who is using this browser, asked anew at each run of the script and before anything else."""

import streamlit as st

from core.api.demo_sign_in import demo_sessions
from core.bootstrap import frontline
from core.identity.principal import Principal


def signed_in_person() -> Principal | None:
    """The person who signed in with this browser, or None: then only the sign-in page may be shown.

    Raises CannotConfirm when it cannot be found out now whether the person may still be here.
    """
    app = frontline()
    if app.settings.auth is not None:
        return _account_holder()
    sessions = demo_sessions(app.settings.data_dir)
    user_id = sessions.user_id(st.context.cookies.get(sessions.cookie_name))
    return app.directory.principal(user_id) if user_id else None


def _account_holder() -> Principal | None:
    app, claims = frontline(), st.user.to_dict()
    user_id = app.sessions.user_id(claims)
    person = app.directory.principal(user_id) if user_id else None
    if person and (made := app.sessions.made(claims)):
        app.audit.signed_in(person, *made)  # keeps each sign-in once
    return person

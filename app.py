"""Frontline's script and its server object in one file, for ``streamlit run app.py`` and ``uvicorn app:app``."""

import contextlib
import sys
from collections.abc import AsyncIterator

import streamlit as st

if __name__ == "__main__":  # one run of the script for one browser, and AppTest
    from pages.shell import navigation

    navigation.run()
else:  # imported once by the server
    from core.api import server
    from core.api.doorkeeper import refuse_to_listen_beyond
    from core.bootstrap import frontline
    from core.errors import ConfigurationError
    from pages.shell import frame, navigation, notices, streamlit_internals

    @contextlib.asynccontextmanager
    async def lifespan(_: st.App) -> AsyncIterator[None]:
        """What works in the background starts and stops with the server."""
        async with server.running(frontline()):
            yield

    navigation.announce()
    try:
        parts = frontline()
        server.refuse_to_be_second(parts)
        app = st.App(
            __file__,
            routes=server.routes(parts),
            middleware=server.middleware(
                parts,
                streamlit_internals.index_html() + frame.SCRIPTS,
                navigation.paths(),
                streamlit_internals.Tabs,
            ),
            lifespan=lifespan,
            secrets=server.secrets(parts),
            on_script_error=notices.script_error,
        )
        if parts.settings.auth is None:
            refuse_to_listen_beyond(st.get_option("server.address"))
    except ConfigurationError as error:
        sys.exit(f"\n{error}\n")

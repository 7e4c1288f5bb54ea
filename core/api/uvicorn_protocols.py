"""Everything of uvicorn that its documentation does not promise: the classes that speak HTTP and websockets for it.

``tests/core/api/test_uvicorn_protocols.py`` says in words when a release has changed what is needed here.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from uvicorn.config import HTTP_PROTOCOLS, WS_PROTOCOLS
from uvicorn.importer import import_from_string

Callback = Callable[..., None]


def protocols() -> list[Any]:
    """The asyncio protocols that uvicorn means by "auto", for HTTP and for websockets."""
    return [import_from_string(each["auto"]) for each in (HTTP_PROTOCOLS, WS_PROTOCOLS)]


@contextlib.contextmanager
def wrapped(made_of: Callable[[Callback], Callback], received_of: Callable[[Callback], Callback]) -> Iterator[None]:
    """Inside this block what uvicorn does at ``connection_made`` and ``data_received`` goes through these.

    ``streamlit run`` lets nobody choose the protocol classes, and has chosen them before it imports the app; so two of
    the callbacks that asyncio defines for every protocol are wrapped.
    """
    kept = [(each, each.connection_made, each.data_received) for each in protocols()]
    try:
        for protocol, made, received in kept:
            protocol.connection_made, protocol.data_received = made_of(made), received_of(received)
        yield
    finally:
        for protocol, made, received in kept:
            protocol.connection_made, protocol.data_received = made, received

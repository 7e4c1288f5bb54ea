"""The classes of uvicorn whose callbacks are wrapped are there, and are those that a server uses."""

import asyncio

from uvicorn import Config

from core.api.uvicorn_protocols import Callback, protocols, wrapped

CHANGED = "uvicorn changed inside: mend core/api/uvicorn_protocols.py, else nothing bounds slow connections. "


def test_the_protocols_are_asyncios_and_those_of_a_server_that_chooses_by_itself() -> None:
    config = Config("none:app", http="auto", ws="auto")
    config.load_app = lambda: None  # type: ignore[method-assign]
    config.load()

    assert protocols() == [config.http_protocol_class, config.ws_protocol_class], CHANGED + "It chooses other classes."
    for protocol in protocols():
        assert issubclass(protocol, asyncio.Protocol), CHANGED + f"{protocol.__name__} is no protocol of asyncio."
        assert callable(protocol.connection_made), CHANGED
        assert callable(protocol.data_received), CHANGED


def test_callbacks_are_wrapped_inside_the_block_and_as_they_were_after_it() -> None:
    before = [(each.connection_made, each.data_received) for each in protocols()]

    def another(_callback: Callback) -> Callback:
        return lambda *_: None

    with wrapped(another, another):
        inside = [(each.connection_made, each.data_received) for each in protocols()]

    assert all(now[0] is not then[0] and now[1] is not then[1] for now, then in zip(inside, before, strict=True))
    assert before == [(each.connection_made, each.data_received) for each in protocols()]

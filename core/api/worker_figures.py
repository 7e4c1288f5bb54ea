"""``/live``, ``/ready`` and ``/metrics`` of a worker, which serves no pages, at a port of its own."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import uvicorn
from starlette.applications import Starlette

from core.api import watching
from core.bootstrap import Frontline
from core.errors import ConfigurationError

CLOSED = (
    "A worker tells its figures only to who sends a token: set FRONTLINE_METRICS_TOKEN, or leave --metrics-port out."
)


@contextlib.contextmanager
def served(frontline: Frontline, host: str, port: int) -> Iterator[None]:
    """Answer at this address inside the block, in a thread.

    Raises ConfigurationError without a token in the settings, and when the address cannot be used.
    """
    token = frontline.settings.metrics_token
    if token is None:
        raise ConfigurationError(CLOSED)
    app = Starlette(routes=[*watching.routes(frontline.readiness), watching.metrics_route(frontline.metrics, token)])
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
    with _listening(host, port) as listening:
        running = {"sockets": [listening]}
        thread = threading.Thread(target=server.run, kwargs=running, name="frontline-figures", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.should_exit = True
            thread.join()


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        raise ConfigurationError(f"--metrics-port: nothing can listen at {host} port {port} ({error}).") from None

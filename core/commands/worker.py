"""``python -m core worker``: answers the rows of runs beside the server, on as many machines as wanted."""

import argparse
import contextlib
import logging
import signal
import sys
import threading
from collections.abc import Sequence

from core.api.worker_figures import served
from core.bootstrap import build
from core.commands.exits import Exit
from core.errors import ConfigurationError, FrontlineError
from core.settings import Settings

log = logging.getLogger(__name__)

NEEDS_POSTGRESQL = (
    "A worker shares its database with the server, which only PostgreSQL can do: set DATABASE_URL to "
    "postgresql://user:password@host/name. On SQLite the server itself answers the rows."
)


def work(stopping: threading.Event, figures: tuple[str, int] | None = None) -> None:
    """Answer rows until ``stopping`` is set; what is in flight then ends first.

    ``figures`` is the host and port at which Prometheus and supervisors may ask after this process.

    Raises ConfigurationError where the settings cannot be used, or name SQLite.
    """
    settings = Settings.from_environment()
    if settings.database_url.startswith("sqlite"):
        raise ConfigurationError(NEEDS_POSTGRESQL)
    frontline = build(settings)
    try:
        with served(frontline, *figures) if figures else contextlib.nullcontext():
            frontline.start()
            log.info("This worker takes rows of the runs in the database")
            stopping.wait()
    finally:
        frontline.stop()


def main(given: Sequence[str] | None = None) -> Exit:
    """Answer rows until the process is told to end; says with which status it ends."""
    parser = argparse.ArgumentParser(prog="python -m core worker", description=__doc__)
    parser.add_argument(
        "--metrics-port",
        type=int,
        metavar="PORT",
        help="answer /live, /ready and, for who sends FRONTLINE_METRICS_TOKEN, /metrics there",
    )
    parser.add_argument(
        "--metrics-host", default="127.0.0.1", metavar="HOST", help="the address to listen at (default: 127.0.0.1)"
    )
    options = parser.parse_args(given)
    figures = None if options.metrics_port is None else (options.metrics_host, options.metrics_port)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    try:
        work(stopping, figures)
    except FrontlineError as error:  # a database that went away too
        print(f"\n{error}\n", file=sys.stderr)  # noqa: T201 - what the command is for
        return Exit.CANNOT_RUN
    return Exit.OK

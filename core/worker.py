"""``python -m core.worker``: answers the rows of runs beside the server, on as many machines as wanted."""

import logging
import signal
import sys
import threading

from core.bootstrap import build
from core.errors import ConfigurationError, FrontlineError
from core.settings import Settings

log = logging.getLogger(__name__)

NEEDS_POSTGRESQL = (
    "A worker shares its database with the server, which only PostgreSQL can do: set DATABASE_URL to "
    "postgresql://user:password@host/name. On SQLite the server itself answers the rows."
)


def work(stopping: threading.Event) -> None:
    """Answer rows until ``stopping`` is set; what is in flight then ends first.

    Raises ConfigurationError where the settings cannot be used, or name SQLite.
    """
    settings = Settings.from_environment()
    if settings.database_url.startswith("sqlite"):
        raise ConfigurationError(NEEDS_POSTGRESQL)
    frontline = build(settings)
    try:
        frontline.start()
        log.info("This worker takes rows of the runs in the database")
        stopping.wait()
    finally:
        frontline.stop()


def main() -> None:
    """Answer rows until the process is told to end."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    try:
        work(stopping)
    except FrontlineError as error:  # a database that went away too
        sys.exit(f"\n{error}\n")


if __name__ == "__main__":
    main()

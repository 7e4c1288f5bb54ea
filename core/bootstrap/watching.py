"""Puts together what is told to those who watch the process."""

from core.engines.semantic.engine import SemanticEngine
from core.operation.readiness import OK, Readiness
from core.runs.worker import RunWorker
from core.settings import Settings
from core.storage.database import Database
from core.storage.presence import look


def readiness(settings: Settings, database: Database, worker: RunWorker, built_in: SemanticEngine) -> Readiness:
    """Whether this process can serve people.

    The engine counts as far as it runs here. A model server that is away is no reason to send people elsewhere: every
    other process asks the same one, and pages and built-in answers go on.
    """

    def database_answers() -> str:
        look(database)
        return OK

    def queue_goes_on() -> str:
        return OK if worker.is_looking else "not running"

    def engine_runs() -> str:
        return OK if settings.engine is not None or built_in.is_there() else "not installed"

    return Readiness({"database": database_answers, "queue": queue_goes_on, "engine": engine_runs})

"""What durable runs need of the storage: a place for the queue, and who of the processes is alive."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Where the queue keeps its tables: a database's URL and, on PostgreSQL, connections to it."""

    url: str
    engine: Any = None
    """An engine of SQLAlchemy, which only the storage may name."""


class Jobs(Protocol):
    """The queue's place and the executors of one database. An executor is a process that answers rows."""

    @property
    def shared(self) -> bool:
        """Whether several processes may work on this database at once."""

    def own(self) -> bool:
        """Whether this process may work: always on a shared database, else when no other does. May be asked again."""

    def place(self) -> QueuePlace:
        """Where the queue keeps its tables."""

    def beat(self, executor_id: str) -> bool:
        """Note that this executor is alive; False when it was not known, or others took it for dead."""

    def take_over(self, executor_id: str, silent_seconds: float, take: Callable[[str], None]) -> int:
        """Call ``take`` with each other executor that was silent so long, and forget it after; how many those were.

        Of several processes that call this at once, one gets each.
        """

    def give_back(self, executor_id: str) -> None:
        """Let others take over at once what this executor has left."""

    def close(self) -> None:
        """Let other processes work."""


class Leaving(BaseException):
    """This process gives up a chunk that is not finished. No Exception, which DBOS would record as the chunk's end."""

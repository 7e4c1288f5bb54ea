"""The rows of a run that this process has and has not written yet: chunks bring them, a stream of calls takes them."""

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from core.runs.ledger import PendingRow

AWAIT_MORE_SECONDS = 0.6
"""How long a stream waits for another chunk before it ends: a little more than the time between looks at the queue."""
LOOK_SECONDS = 0.1


@dataclass(slots=True, eq=False)
class Batch:
    """The rows of one chunk: ``done`` is set when each is written, or nothing more is to come."""

    left: int
    done: threading.Event = field(default_factory=threading.Event)


class Feed:
    """Rows from several chunks, for one stream of calls after another. Safe between threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._open: dict[int, tuple[PendingRow, list[Batch]]] = {}
        self._waiting: deque[PendingRow] = deque()
        self._closed = False

    def put(self, rows: Sequence[PendingRow]) -> Batch | None:
        """Take the rows of a chunk; None when the feed is closed."""
        batch = Batch(len(rows))
        with self._changed:
            if self._closed:
                return None
            for row in rows:
                if row.row in self._open:  # the same chunk once more, after others took this process for dead
                    self._open[row.row][1].append(batch)
                else:
                    self._open[row.row] = (row, [batch])
                    self._waiting.append(row)
            self._changed.notify_all()
        return batch

    def rows(self, stop: threading.Event, unfinished: "Unfinished") -> Iterator[tuple[PendingRow, str]]:
        """Rows as they come, until ``stop`` is set, all ``unfinished`` of the run are here, or no more come soon."""
        while not stop.is_set() and (row := self._next(stop, unfinished)) is not None:
            yield row, row.content.question

    def _next(self, stop: threading.Event, unfinished: "Unfinished") -> PendingRow | None:
        with self._changed:
            waited = 0.0
            while not self._waiting:
                if stop.is_set() or waited >= AWAIT_MORE_SECONDS or len(self._open) >= unfinished.rows:
                    return None
                self._changed.wait(LOOK_SECONDS)
                waited += LOOK_SECONDS
            return self._waiting.popleft()

    def written(self, rows: Iterable[int]) -> None:
        """Let go of rows that are in the ledger."""
        with self._changed:
            for number in rows:
                for batch in self._open.pop(number, (None, []))[1]:
                    batch.left -= 1
                    if not batch.left:
                        batch.done.set()
            self._changed.notify_all()

    def again(self) -> bool:
        """Let the next stream take all rows that are not written, in order; False when there is none."""
        with self._changed:
            self._waiting = deque(row for _, (row, _) in sorted(self._open.items()))
            return bool(self._waiting)

    def wait(self, seconds: float) -> None:
        """Wait until something changed, at most so long."""
        with self._changed:
            self._changed.wait(seconds)

    def wake(self) -> None:
        """End all waiting."""
        with self._changed:
            self._changed.notify_all()

    def close_if_empty(self) -> bool:
        """Take no chunk any more, unless one has come; whether it is closed."""
        with self._changed:
            self._closed = self._closed or not self._open
            return self._closed

    def close(self) -> None:
        """Take no chunk any more, and let those who wait for theirs go."""
        with self._changed:
            self._closed = True
            for _, batches in self._open.values():
                for batch in batches:
                    batch.done.set()
            self._open.clear()
            self._waiting.clear()
            self._changed.notify_all()


@dataclass(slots=True)
class Unfinished:
    """How many rows of the run had no verdict when the ledger was last looked at, in whatever process they are."""

    rows: int

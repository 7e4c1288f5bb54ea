"""Books and writes finished rows a few times a second: one write a row would cost more than the answer."""

import logging
import threading
import time
from collections.abc import Callable, Iterable

from core.runs.costs import RunCosts
from core.runs.ledger import FinishedRow, Progress

log = logging.getLogger(__name__)

FLUSH_EVERY_SECONDS = 0.25
LOOK_EVERY_SECONDS = 0.5
"""How often the ledger is looked at when nothing is written: a pause is seen so soon."""


class Flushing:
    """The finished rows of a run that wait to be written. Safe between threads.

    ``write`` keeps rows and tells how far the run is, ``look`` only tells; ``written`` is told what was kept.
    """

    def __init__(
        self,
        progress: Progress,
        *,
        costs: RunCosts,
        write: Callable[[list[FinishedRow]], Progress],
        look: Callable[[], Progress],
        written: Callable[[Iterable[int]], None],
    ) -> None:
        self.progress = progress
        """How far the run was when the ledger was last written or looked at."""
        self.over_limit = False
        self.failing = False
        """Whether the last write failed; its rows are kept here and written again."""
        self._costs = costs
        self._write = write
        self._look = look
        self._written = written
        self._lock = threading.Lock()
        self._rows: list[FinishedRow] = []
        self._booked: list[FinishedRow] = []
        self._last = time.monotonic()

    def add(self, row: FinishedRow) -> None:
        """Take a row, and write when it is time."""
        with self._lock:
            self._rows.append(row)
            if time.monotonic() - self._last >= FLUSH_EVERY_SECONDS:
                self._flush()

    def flush(self) -> bool:
        """Write what there is; whether nothing is left."""
        with self._lock:
            self._flush()
            return not self.failing

    def sign(self) -> None:
        """Write what waits for the next row, or look at the ledger, when that was not done for a while."""
        with self._lock:
            waiting = self._rows or self._booked
            if time.monotonic() - self._last >= (FLUSH_EVERY_SECONDS if waiting else LOOK_EVERY_SECONDS):
                self._flush()

    def _flush(self) -> None:
        self._last = time.monotonic()
        try:
            if self._rows:  # booked before they are written: what is asked twice after a crash is paid twice too
                self.over_limit = self._costs.book(self._rows) or self.over_limit
                self._booked += self._rows
                self._rows = []
            self.progress = self._write(self._booked) if self._booked else self._look()
        except Exception:
            if not self.failing:
                log.exception("Could not write to the ledger; trying again")
            self.failing = True
            return
        self.failing = False
        kept, self._booked = self._booked, []
        self._written([row.row for row in kept])

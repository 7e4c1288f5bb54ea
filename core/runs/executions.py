"""The runs that this process has in hand, one execution each, and the way of a chunk into its run's."""

import logging
import threading
from collections.abc import Callable

from core.runs.execution import Execution, RunServices
from core.runs.jobs import Leaving
from core.runs.ledger import Chunk, PendingRow, Status

log = logging.getLogger(__name__)

TRY_AGAIN_SECONDS = 1.0


class Executions:
    """``withdraw`` takes what is left of an attempt (its run's id and number) off the queue when its run ended."""

    def __init__(self, parts: RunServices, executor_id: str, withdraw: Callable[[str, int], None]) -> None:
        self._parts = parts
        self._executor_id = executor_id
        self._withdraw = withdraw
        self._lock = threading.Lock()
        self._open: dict[str, Execution] = {}
        self._leaving = threading.Event()

    def answer(self, chunk: Chunk) -> None:
        """Return when each row of the chunk has its verdict, or its attempt is over.

        Raises Leaving when this process gives the chunk up.
        """
        while not self._leaving.is_set():
            rows = self._rows_of(chunk)
            if rows is None:
                self._leaving.wait(TRY_AGAIN_SECONDS)
                continue
            if not rows:
                return
            execution = self._of(chunk)
            if execution.attempt > chunk.attempt:
                return
            batch = execution.feed.put(rows) if execution.attempt == chunk.attempt else None
            if batch is not None:
                batch.done.wait()
                if not batch.left:
                    return
            execution.gone.wait()
            if execution.over and execution.attempt == chunk.attempt:
                return
            if execution.leaving.is_set():
                raise Leaving
        raise Leaving

    def leave(self, *, for_good: bool = True) -> None:
        """Give up all runs, when their calls in flight have ended. Afterwards nothing is answered ``for_good``."""
        with self._lock:
            if for_good:
                self._leaving.set()
            executions = list(self._open.values())
        for execution in executions:
            execution.leave()
        for execution in executions:
            execution.gone.wait()

    def _rows_of(self, chunk: Chunk) -> list[PendingRow] | None:
        """None when the ledger cannot be read now: a chunk that ended by that would never be taken again."""
        try:
            return self._parts.store.rows_of(chunk)
        except Exception:
            log.exception("Could not read the rows of run %s; trying again", chunk.run_id)
            return None

    def _of(self, chunk: Chunk) -> Execution:
        with self._lock:
            if self._leaving.is_set():
                raise Leaving
            execution = self._open.get(chunk.run_id)
            if execution is None or execution.gone.is_set():
                execution = self._open[chunk.run_id] = Execution(chunk, self._parts, self._executor_id)
                name = f"frontline-run-{chunk.run_id}"
                threading.Thread(target=self._carry_out, args=(execution, chunk), name=name, daemon=True).start()
            return execution

    def _carry_out(self, execution: Execution, chunk: Chunk) -> None:
        execution.carry_out()
        with self._lock:
            if self._open.get(chunk.run_id) is execution:
                del self._open[chunk.run_id]
        if execution.over and execution.status is not Status.DONE:
            try:
                self._withdraw(chunk.run_id, chunk.attempt)
            except Exception:  # they find out themselves that there is nothing to do
                log.exception("Could not take the rest of run %s off the queue", chunk.run_id)

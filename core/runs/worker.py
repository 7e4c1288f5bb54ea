"""Answers the rows of runs in the background of this process, so that no browser has to stay open."""

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from core.engines.protocol import Engines
from core.errors import CannotConfirm, FrontlineError
from core.identity.access import Access
from core.questions.service import now
from core.questions.store import QuestionStore
from core.runs.costs import reservation_of
from core.runs.execution import Execution
from core.runs.ledger import Run, RunStore, Status
from core.spending.service import Spending

log = logging.getLogger(__name__)

RUNS_AT_ONCE = 4
LOOK_EVERY_SECONDS = 2.0
SILENT_AFTER = timedelta(seconds=15)


class RunWorker:
    """Takes runs from the ledger, a few at a time, and answers their rows. Started on demand, once a process."""

    def __init__(
        self,
        *,
        store: RunStore,
        questions: QuestionStore,
        engines: Engines,
        access: Access,
        spending: Spending,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._store = store
        self._questions = questions
        self._engines = engines
        self._access = access
        self._spending = spending
        self._clock = clock
        self._name = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._dispatcher: threading.Thread | None = None
        self._running: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to look for runs; wakes up at once when it does already."""
        with self._lock:
            if self._stopping.is_set():
                return
            if self._dispatcher is None:
                self._dispatcher = threading.Thread(target=self._dispatch, name="frontline-runs", daemon=True)
                self._dispatcher.start()
        self._wake.set()

    def stop(self) -> None:
        """Keep what is finished, give the rest back, and end."""
        self._stopping.set()
        self._wake.set()
        with self._lock:
            dispatcher = self._dispatcher
        if dispatcher is not None:
            dispatcher.join()  # first: it may be starting a run now
        with self._lock:
            running = list(self._running)
        for thread in running:
            thread.join()

    def _dispatch(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                while not self._stopping.is_set() and self._free() and (run := self._claim()):
                    self._begin(run)
            except Exception:  # a database that is away for a moment must not end all background work
                log.exception("Could not look for runs; trying again")
            self._wake.wait(LOOK_EVERY_SECONDS)

    def _free(self) -> bool:
        with self._lock:
            self._running = [thread for thread in self._running if thread.is_alive()]
            return len(self._running) < RUNS_AT_ONCE

    def _claim(self) -> Run | None:
        moment = self._clock()
        return self._store.claim(self._name, moment, moment - SILENT_AFTER)

    def _begin(self, run: Run) -> None:
        thread = threading.Thread(target=self._execute, args=(run,), name=f"frontline-run-{run.run_id}", daemon=True)
        with self._lock:
            thread.start()
            self._running.append(thread)

    def _execute(self, run: Run) -> None:
        try:
            status, reason = self._execution(run).carry_out()
        except CannotConfirm:  # nobody said no: it waits, and is taken up again at the next look
            self._store.release(run, self._name)
            return
        except FrontlineError as error:
            status, reason = Status.STOPPED, str(error)
        except Exception:  # the run must say that it ended, whatever went wrong
            number = uuid.uuid4().hex[:8]
            log.exception("Run %s stopped by an unexpected error %s", run.run_id, number)
            status, reason = Status.STOPPED, f"An unexpected error stopped this run (error {number} in the log)."
        if status is None:
            self._store.release(run, self._name)
        elif status is not Status.RUNNING:
            self._spending.release(run.org_id, reservation_of(run))  # first: a crash in between mends itself
            self._store.end(run, self._name, status, self._clock(), reason)
        self._wake.set()

    def _execution(self, run: Run) -> Execution:
        return Execution(
            run,
            worker=self._name,
            store=self._store,
            questions=self._questions,
            engines=self._engines,
            access=self._access,
            spending=self._spending,
            clock=self._clock,
            leaving=self._stopping,
        )

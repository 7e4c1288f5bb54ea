"""Answers the rows of runs in the background of this process, so that no browser has to stay open."""

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from core.answering import Answered, Failed, Reply, answer
from core.engines.protocol import Engine
from core.errors import AccessDenied, FrontlineError
from core.evaluation.outcomes import judge
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.questions.entry import Published
from core.questions.service import now
from core.questions.store import QuestionStore
from core.runs.ledger import FinishedRow, PendingRow, Run, RunStore, Status

log = logging.getLogger(__name__)

RUNS_AT_ONCE = 4
LOOK_EVERY_SECONDS = 2.0
FLUSH_EVERY_SECONDS = 0.25
HEARTBEAT_SECONDS = 3.0
SILENT_AFTER = timedelta(seconds=15)
ACCESS_EVERY_SECONDS = 30.0
CALLS_PER_CHUNK = 16
ROWS_A_READ = 2_000


class RunWorker:
    """Takes runs from the ledger, a few at a time, and answers their rows. Started on demand, once a process."""

    def __init__(
        self,
        *,
        store: RunStore,
        questions: QuestionStore,
        engine: Engine,
        access: Access,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._store = store
        self._questions = questions
        self._engine = engine
        self._access = access
        self._clock = clock
        self._name = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._dispatcher: threading.Thread | None = None
        self._running: list[threading.Thread] = []
        self._calls = ThreadPoolExecutor(engine.parallel_calls, thread_name_prefix="frontline-calls")

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
            threads = [*self._running, *([self._dispatcher] if self._dispatcher else [])]
        for thread in threads:
            thread.join()
        self._calls.shutdown()

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
            self._running.append(thread)
        thread.start()

    def _execute(self, run: Run) -> None:
        try:
            status, reason = self._answer_rows(run)
        except FrontlineError as error:
            status, reason = Status.STOPPED, str(error)
        except Exception:  # the run must say that it ended, whatever went wrong
            number = uuid.uuid4().hex[:8]
            log.exception("Run %s stopped by an unexpected error %s", run.run_id, number)
            status, reason = Status.STOPPED, f"An unexpected error stopped this run (error {number} in the log)."
        if status is None:
            self._store.release(run, self._name)
        elif status is not Status.RUNNING:
            self._store.end(run, self._name, status, self._clock(), reason)
        self._wake.set()

    def _answer_rows(self, run: Run) -> tuple[Status | None, str]:
        """Answer what is pending. The status to end with; None to give the run back, RUNNING when another has it."""
        if run.status is Status.CANCELLING:
            return Status.CANCELLED, ""
        if run.finished and run.engine_version != self._engine.version:
            return Status.STOPPED, "The engine was changed while this run was interrupted. Start it anew."
        published = replace(self._questions.published(run.org_id, run.revision), policy=run.policy)
        with _SignsOfLife(lambda: self._store.finish_rows(run, self._name, (), self._clock())):
            self._engine.prepare(published)
        flush = _Flush(lambda rows: self._store.finish_rows(run, self._name, rows, self._clock()))
        author = Principal(user_id=run.author_id, email="", name=run.author)
        access_checked = 0.0
        for chunk in self._chunks(run):
            if time.monotonic() - access_checked > ACCESS_EVERY_SECONDS:
                self._check_access(author, run)
                access_checked = time.monotonic()
            status = flush.add(self._finish(chunk, published))
            if status is not Status.RUNNING:
                return (Status.CANCELLED, "") if status is Status.CANCELLING else (Status.RUNNING, "")
            if self._stopping.is_set():
                return (None, "") if flush.now() is Status.RUNNING else (Status.RUNNING, "")
        status = flush.now()
        if status is Status.CANCELLING:
            return Status.CANCELLED, ""
        return (Status.DONE, "") if status is Status.RUNNING else (Status.RUNNING, "")

    def _chunks(self, run: Run) -> Iterator[list[PendingRow]]:
        """What is pending, as many rows at a time as keep the engine busy between two looks at the run's status."""
        size = self._engine.parallel_calls * CALLS_PER_CHUNK
        after_row = -1
        while rows := self._store.pending(run, after_row, ROWS_A_READ):
            after_row = rows[-1].row
            for start in range(0, len(rows), size):
                yield rows[start : start + size]

    def _check_access(self, author: Principal, run: Run) -> None:
        try:
            self._access.require(author, run.org_id, Permission.EVALUATE, fresh=True)
        except AccessDenied as error:
            raise AccessDenied(f"{run.author} may no longer run evaluations here, so this run was stopped.") from error

    def _finish(self, chunk: list[PendingRow], published: Published) -> list[FinishedRow]:
        replies = self._calls.map(lambda row: answer(self._engine, published, row.question), chunk)
        return [finished_row(row, reply) for row, reply in zip(chunk, replies, strict=True)]


def finished_row(row: PendingRow, reply: Reply) -> FinishedRow:
    """The verdict on a reply, with what a person needs to see why."""
    given = reply.outcome.entry.id if isinstance(reply.outcome, Answered) else None
    failed = isinstance(reply.outcome, Failed)
    best = reply.decision.candidates[0] if reply.decision and reply.decision.candidates else None
    return FinishedRow(
        row=row.row,
        verdict=judge(row.label, given, failed),
        given_id=given,
        best_id=best.entry_id if best else None,
        phrasing=best.phrasing if best else None,
        score=best.score if best else None,
        confidence=best.confidence if best else None,
        seconds=reply.seconds,
        reason=reply.outcome.reason if isinstance(reply.outcome, Failed) else None,
    )


class _Flush:
    """Collects finished rows and writes them a few times a second: one write a row would cost more than the answer."""

    def __init__(self, write: Callable[[list[FinishedRow]], Status | None]) -> None:
        self._write = write
        self._rows: list[FinishedRow] = []
        self._last = time.monotonic()
        self._status: Status | None = Status.RUNNING

    def add(self, rows: list[FinishedRow]) -> Status | None:
        """Take rows; the run's status as last seen."""
        self._rows += rows
        return self.now() if time.monotonic() - self._last >= FLUSH_EVERY_SECONDS else self._status

    def now(self) -> Status | None:
        """Write what is collected; the run's status now."""
        self._status = self._write(self._rows)
        self._rows = []
        self._last = time.monotonic()
        return self._status


class _SignsOfLife:
    """Repeats a sign of life while slow work goes on that cannot give one itself."""

    def __init__(self, sign: Callable[[], object]) -> None:
        self._sign = sign
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._repeat, daemon=True)

    def _repeat(self) -> None:
        while not self._done.wait(HEARTBEAT_SECONDS):
            self._sign()

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

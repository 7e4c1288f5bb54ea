"""Answers the rows of runs in the background of this process, so that no browser has to stay open."""

import logging
import os
import socket
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from types import ModuleType

from core.answering import Heard, nobody
from core.clock import Clock, now
from core.engines.health import Health
from core.engines.protocol import Engines
from core.identity.access import Access
from core.questions.store import QuestionStore
from core.runs.execution import RunServices
from core.runs.executions import Executions
from core.runs.jobs import Jobs
from core.runs.ledger import Chunk, WorkStore
from core.spending.service import Spending

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 2.0
RUNS_AN_ORG = 3
"""Runs of an org that are on the queue at once. The rest wait: however many an org starts, and whatever its model
server does, the queue has room for the others."""
LOST_EVERY_SECONDS = 10.0
BEAT_EVERY_SECONDS = 5.0
SILENT_AFTER_SECONDS = 30.0
"""An executor that gave no sign of life for so long is dead, and another one takes over what it had."""


class RunWorker:
    """This process as one of those that answer rows. Begins on demand, and takes up what a dead one has left."""

    def __init__(
        self,
        *,
        store: WorkStore,
        questions: QuestionStore,
        engines: Engines,
        access: Access,
        spending: Spending,
        jobs: Jobs,
        health: Health | None = None,
        clock: Clock = now,
        heard: Heard = nobody,
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._clock = clock
        self._name = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        parts = RunServices(
            store=store,
            questions=questions,
            engines=engines,
            access=access,
            spending=spending,
            health=health or Health(clock),
            clock=clock,
            heard=heard,
        )
        self._executions = Executions(parts, self._name, self._withdraw)
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._durable: ModuleType | None = None
        self._looked_for_lost = float("-inf")
        self._looked = float("-inf")

    def may_work(self) -> bool:
        """Whether this process may answer rows; from then on no other may that works on the same SQLite file."""
        return self._jobs.own()

    def start(self) -> bool:
        """Begin to look for runs, or look at once; whether this process answers rows.

        It does not while another process works on the same SQLite file: that one answers the rows.
        """
        with self._lock:
            if self._stopping.is_set():
                return False
            works = self.may_work()
            if not self._threads:
                self._begin(self._dispatch)
        self._wake.set()
        return works

    @property
    def is_looking(self) -> bool:
        """Whether this process looks for runs, and could do so lately."""
        return not self._stopping.is_set() and time.monotonic() - self._looked < SILENT_AFTER_SECONDS

    def stop(self) -> None:
        """Keep what is finished, give the rest back, and end."""
        self._stopping.set()
        self._wake.set()
        with self._lock:
            stopped = list(self._threads)
        for thread in stopped:  # first: one may be starting the queue now, and the other thread with it
            thread.join()
        for thread in self._threads[len(stopped) :]:
            thread.join()
        self._executions.leave()
        if self._durable is not None:
            self._durable.end()
            if self._jobs.shared:
                self._jobs.give_back(self._name)
        self._jobs.close()

    def _begin(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, name="frontline-runs", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _dispatch(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                if self._is_ready():
                    self._enqueue()
                    self._find_lost()
                self._looked = time.monotonic()
            except Exception:  # a database that is away for a moment must not end all background work
                log.exception("Could not look for runs; trying again")
            self._wake.wait(LOOK_EVERY_SECONDS)

    def _is_ready(self) -> bool:
        """Whether this process has the queue; it is begun when there is the first thing to do."""
        if self._durable is not None:
            return True
        if not self.may_work() or not self._store.has_work():
            return False
        from core.runs import durable  # noqa: PLC0415 - it takes a third of a second, which no other work should wait

        if self._jobs.shared:  # before it takes a chunk: else nobody would take that over
            self._jobs.beat(self._name)
        if not durable.begin(self._jobs.place(), self._name, self._answer):
            return False
        self._durable = durable
        if self._jobs.shared:
            self._store.forget([], self._clock())
            self._beat()
            self._begin(self._keep_beating)
        else:  # whoever worked on this file before is gone, since this process has its lock
            self._store.forget(None, self._clock())
            self._store.enqueue_again()  # nothing is lost either when the queue's file was
            durable.put_back(None, self._name)
        return True

    def _enqueue(self) -> None:
        assert self._durable is not None  # noqa: S101 - is_ready
        waiting = self._store.not_enqueued()
        on_queue = Counter(self._store.on_queue() if waiting else {})
        for run in waiting:
            if on_queue[run.org_id] < RUNS_AN_ORG:
                on_queue[run.org_id] += 1
                self._durable.enqueue(self._store.chunks(run))
                self._store.enqueued(run)

    def _find_lost(self) -> None:
        """Begin anew what should go on and of which the queue has nothing left to do.

        So it is when a backup of the ledger was put back and the queue was not: the queue took the rows for done that
        are pending again, and a chunk is never answered twice.
        """
        assert self._durable is not None  # noqa: S101 - is_ready
        if time.monotonic() - self._looked_for_lost < LOST_EVERY_SECONDS:
            return
        self._looked_for_lost = time.monotonic()
        for run in self._store.without_calls():
            if not self._durable.is_open(run.run_id, run.attempt) and self._store.restart(run):
                log.warning("Run %s goes on anew: the queue knew another history of it", run.run_id)
                self._wake.set()

    def _answer(self, chunk: Chunk) -> None:
        self._executions.answer(chunk)

    def _withdraw(self, run_id: str, attempt: int) -> None:
        if self._durable is not None and not self._stopping.is_set():
            self._durable.withdraw(run_id, attempt)

    def _keep_beating(self) -> None:
        while not self._stopping.wait(BEAT_EVERY_SECONDS):
            try:
                if not self._beat():
                    log.warning("Others took this process for dead, and have its runs")
                    self._executions.leave(for_good=False)
            except Exception:
                log.exception("Could not give a sign of life; trying again")

    def _beat(self) -> bool:
        """Give a sign of life, and take over what the dead have left; False when this process was taken for dead."""
        known = self._jobs.beat(self._name)
        self._jobs.take_over(self._name, SILENT_AFTER_SECONDS, self._take_over)
        return known

    def _take_over(self, executor_id: str) -> None:
        assert self._durable is not None  # noqa: S101 - the first beat comes after it
        self._durable.put_back(executor_id, self._name)
        self._store.forget([executor_id], self._clock())

"""Answers the rows of one run in this process: asks the engine, keeps verdicts, notices when it has to end."""

import logging
import threading
import time
import uuid
from dataclasses import dataclass, replace

from core.answering import Asker, Heard, judged, nobody, note_outcome
from core.clock import Clock
from core.engines.health import Health
from core.engines.protocol import Engine, Engines
from core.errors import EngineFailed, EngineUnavailable, FrontlineError, StorageUnavailable
from core.identity.access import Access
from core.questions.entry import Published
from core.questions.store import QuestionStore
from core.runs.access_check import AccessCheck
from core.runs.costs import OVER_LIMIT, RunCosts
from core.runs.feed import Feed, Unfinished
from core.runs.judging import finished_row
from core.runs.ledger import GOING_ON, Chunk, FinishedRow, Progress, Run, Status, WorkStore
from core.runs.row_writer import Flushing
from core.spending.service import Spending

log = logging.getLogger(__name__)

WATCH_EVERY_SECONDS = 0.25
LINGER_SECONDS = 1.0
"""How long an execution without rows waits for the next chunk: to begin another one costs more."""
TRY_AGAIN_SECONDS = 1.0
SAMPLE_ROWS = 300
"""How many questions note_outcome what the rest takes; until they are read no call begins."""
ENGINE_CHANGED = "The engine was changed while this run was interrupted. Start it anew."


@dataclass(frozen=True, kw_only=True)
class RunServices:
    """What every execution of a process works with."""

    store: WorkStore
    questions: QuestionStore
    engines: Engines
    access: Access
    spending: Spending
    health: Health
    clock: Clock
    heard: Heard = nobody


class Execution:
    """An attempt of a run in this process: all its chunks share one stream of calls, one buffer, one look at access.

    ``gone`` is set when no call is in flight any more and the ledger knows it. ``over`` says then that nothing of this
    attempt is left to do, whoever would do it.
    """

    def __init__(self, chunk: Chunk, parts: RunServices, executor_id: str) -> None:
        self.attempt = chunk.attempt
        self.feed = Feed()
        self.leaving = threading.Event()
        self.gone = threading.Event()
        self.over = False
        self.status = Status.QUEUED
        self._chunk = chunk
        self._parts = parts
        self._executor_id = executor_id

    def leave(self) -> None:
        """Start no further call, and give up what is not written when those in flight have ended."""
        self.leaving.set()
        self.feed.wake()

    def carry_out(self) -> None:
        """Answer rows until the run is over, nothing comes any more, or this process leaves. Never raises."""
        run, reason, waits = None, "", False
        try:
            run = self._parts.store.join(self._chunk, self._executor_id, self._parts.clock())
            if run is not None:
                reason = _Work(run, self).done()
        except StorageUnavailable:  # no reason to end the run: the chunk is begun anew
            log.exception("Run %s waits", self._chunk.run_id)
            waits = True
            self.leaving.wait(TRY_AGAIN_SECONDS)
        except FrontlineError as error:
            reason = str(error)
        except Exception:  # the run must say that it ended, whatever went wrong
            number = uuid.uuid4().hex[:8]
            log.exception("Run %s stopped by an unexpected error %s", self._chunk.run_id, number)
            reason = f"An unexpected error stopped this run (error {number} in the log)."
        while run is not None and not self._parted(run, reason) and not self.leaving.wait(TRY_AGAIN_SECONDS):
            pass
        self.over = self.over or (run is None and not waits)
        self.feed.close()
        self.gone.set()

    def _parted(self, run: Run, reason: str) -> bool:
        try:
            if reason:
                self._parts.store.stop(run, reason, self._parts.clock())
            self.status = self._parts.store.leave(run, self._executor_id, self._parts.clock())
        except Exception:  # the database is away: the ledger has to know before this ends
            log.exception("Run %s could not be given up; trying again", run.run_id)
            return False
        self.over = self.status not in GOING_ON
        return True

    @property
    def parts(self) -> RunServices:
        """What it works with."""
        return self._parts


class _Work:
    """What ``carry_out`` does once the run is joined."""

    def __init__(self, run: Run, execution: Execution) -> None:
        self._run = run
        self._parts = execution.parts
        self._feed = execution.feed
        self._leaving = execution.leaving
        self._engine: Engine = self._parts.engines.engine_for(run.org_id, run.policy.model)
        self._check = AccessCheck(self._parts.access, run)
        self._costs = RunCosts(run, spending=self._parts.spending, questions=self._parts.questions, engine=self._engine)
        self._unfinished = Unfinished(run.total - run.finished)
        self._flushing = Flushing(
            Progress(run.status, run.attempt, run.finished),
            costs=self._costs,
            write=self._write,
            look=self._look,
            written=self._feed.written,
        )
        self._stop = threading.Event()
        self._error: FrontlineError | None = None

    def done(self) -> str:
        """Answer rows; why the run has to stop, "" where it has not.

        Raises FrontlineError when it cannot go on, for a reason that people can read.
        """
        if self._run.finished and self._run.engine_version != self._engine.version:
            return ENGINE_CHANGED
        self._check.look()
        ended = threading.Event()
        watch = threading.Thread(target=self._watch, args=(ended,), name="frontline-run-watch", daemon=True)
        watch.start()
        try:
            self._answer()
        finally:
            ended.set()
            watch.join()
            self._flushing.flush()  # what was paid is kept, whatever ended the run
        if self._error is not None:
            raise self._error
        return OVER_LIMIT if self._flushing.over_limit else ""

    def _answer(self) -> None:
        published: Published | None = None
        try:
            while self._goes_on():
                if published is None:
                    published = self._prepared()
                self._ask(published)
        except EngineUnavailable as error:
            self._parts.health.failed(self._run.org_id, self._run.policy.model, str(error), is_certain=True)
            raise

    def _prepared(self) -> Published:
        run, parts = self._run, self._parts
        published = replace(parts.questions.published(run.org_id, run.revision), policy=run.policy)
        self._engine.prepare(published)
        if self._engine.endpoint is not None:
            sample = parts.store.pending_questions(run.org_id, run.run_id, SAMPLE_ROWS)
            self._costs.begin(sample, published)
        return published

    def _goes_on(self) -> bool:
        """Wait for rows; False when there is nothing to wait for."""
        began = time.monotonic()
        while not self._ends():
            if self._flushing.failing:
                self._flushing.flush()
            elif not self._check.in_doubt and self._feed.again():
                return True
            elif time.monotonic() - began > LINGER_SECONDS and self._feed.close_if_empty():
                return False
            self._feed.wait(WATCH_EVERY_SECONDS)
        return False

    def _ask(self, published: Published) -> None:
        """One stream of calls, until no row is left or it has to pause."""
        self._stop = stop = threading.Event()
        rows = self._feed.rows(stop, self._unfinished)
        asking = self._engine.ask_all(rows, published, stop=stop, bypass_cache=self._run.bypass_cache)
        try:
            for row, ended in asking:
                seconds = 0.0 if isinstance(ended, EngineFailed) else ended.seconds
                reply = judged(ended, row.content.question, published, engine=self._engine.name, seconds=seconds)
                note_outcome(self._parts.health, reply)
                self._parts.heard(Asker.RUN, reply)
                self._flushing.add(self._costs.priced(finished_row(row, reply)))
                if self._pauses():
                    stop.set()
        finally:
            asking.close()
            self._flushing.flush()

    def _ends(self) -> bool:
        progress = self._flushing.progress
        is_mine = progress.status in GOING_ON and progress.attempt == self._run.attempt
        return not is_mine or self._leaving.is_set() or self._flushing.over_limit or self._error is not None

    def _pauses(self) -> bool:
        return self._ends() or self._check.in_doubt or self._flushing.failing

    def _write(self, rows: list[FinishedRow]) -> Progress:
        return self._seen(self._parts.store.finish_rows(self._run, rows, self._parts.clock()))

    def _look(self) -> Progress:
        return self._seen(self._parts.store.progress(self._run))

    def _seen(self, progress: Progress) -> Progress:
        self._unfinished.rows = self._run.total - progress.finished
        return progress

    def _watch(self, ended: threading.Event) -> None:
        """Beside the answering: writes what waits, and stops the calls when the run may not go on."""
        while not ended.wait(WATCH_EVERY_SECONDS):
            try:
                self._flushing.sign()
                self._check.look()
            except StorageUnavailable:  # the next look may succeed
                log.exception("Could not look after run %s", self._run.run_id)
            except FrontlineError as error:
                self._error = error
            except Exception:  # the next look may succeed
                log.exception("Could not look after run %s", self._run.run_id)
            if self._pauses():
                self._stop.set()
                self._feed.wake()

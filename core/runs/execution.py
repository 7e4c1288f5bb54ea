"""Answers the rows of one run: asks the engine, keeps verdicts, notices when it has to end."""

import functools
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from core.answering import Answered, Failed, Reply, judged
from core.engines.protocol import Engine, Engines
from core.errors import AccessDenied, EngineFailed, FrontlineError
from core.evaluation.labels import LabelKind
from core.evaluation.outcomes import judge
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.questions.store import QuestionStore
from core.runs.costs import OVER_LIMIT, RunCosts
from core.runs.ledger import FinishedRow, PendingRow, Run, RunStore, Status
from core.spending.service import Spending

log = logging.getLogger(__name__)

FLUSH_EVERY_SECONDS = 0.25
SIGN_EVERY_SECONDS = 1.0
LOOK_EVERY_SECONDS = 0.25
ACCESS_EVERY_SECONDS = 25.0
ROWS_A_READ = 2_000


class Execution:
    """One run in the hands of one worker. ``leaving`` is set when the process ends: the rest is given back then."""

    def __init__(
        self,
        run: Run,
        *,
        worker: str,
        store: RunStore,
        questions: QuestionStore,
        engines: Engines,
        access: Access,
        spending: Spending,
        clock: Callable[[], datetime],
        leaving: threading.Event,
    ) -> None:
        self._run = run
        self._spending = spending
        self._questions = questions
        self._engines = engines
        self._leaving = leaving
        self._pending = functools.partial(store.pending, run, limit=ROWS_A_READ)
        self._write = lambda rows: store.finish_rows(run, worker, rows, clock())
        self._check_access = _AccessCheck(access, run)

    def carry_out(self) -> tuple[Status | None, str]:
        """Answer what is pending. The status to end with and why; None to give it back, RUNNING when another has it.

        Raises FrontlineError when it cannot go on, for a reason that people can read.
        """
        if self._run.status is Status.CANCELLING:
            return Status.CANCELLED, ""
        engine = self._engines.engine_for(self._run.org_id, self._run.policy.model)
        if self._run.finished and self._run.engine_version != engine.version:
            return Status.STOPPED, "The engine was changed while this run was interrupted. Start it anew."
        self._check_access()
        costs = RunCosts(self._run, spending=self._spending, questions=self._questions, engine=engine)
        ledger = _Ledger(self._write, costs)
        with _Watch(ledger, self._check_access, self._leaving) as watch:
            try:
                self._answer(engine, costs, ledger, watch)
            finally:
                ledger.flush()  # what was paid is kept, whatever ended the run
        if watch.error is not None:
            raise watch.error
        if ledger.status is not Status.RUNNING:
            return (Status.CANCELLED, "") if ledger.status is Status.CANCELLING else (Status.RUNNING, "")
        if ledger.over_limit:
            return Status.STOPPED, OVER_LIMIT
        return (None, "") if self._leaving.is_set() else (Status.DONE, "")

    def _answer(self, engine: Engine, costs: RunCosts, ledger: "_Ledger", watch: "_Watch") -> None:
        published = replace(self._questions.published(self._run.org_id, self._run.revision), policy=self._run.policy)
        engine.prepare(published)
        costs.begin([row.question for row in self._pending(after_row=-1)], published)
        asking = engine.ask_all(self._rows(), published, stop=watch.stop, anew=self._run.anew)
        try:
            for row, ended in asking:
                seconds = 0.0 if isinstance(ended, EngineFailed) else ended.seconds
                reply = judged(ended, row.question, published, engine=engine.name, seconds=seconds)
                ledger.add(costs.priced(finished_row(row, reply)))
                if ledger.is_over:
                    watch.stop.set()
        finally:
            asking.close()

    def _rows(self) -> Iterator[tuple[PendingRow, str]]:
        after = -1
        while not self._leaving.is_set() and (rows := self._pending(after_row=after)):
            after = rows[-1].row
            for row in rows:
                yield row, row.question


class _Ledger:
    """Books and writes finished rows a few times a second: one write a row would cost more than the answer."""

    def __init__(self, write: Callable[[list[FinishedRow]], Status | None], costs: RunCosts) -> None:
        self._write = write
        self._costs = costs
        self._lock = threading.Lock()
        self._rows: list[FinishedRow] = []
        self._last = time.monotonic()
        self.status: Status | None = Status.RUNNING
        """The run's status as last seen; None when another worker has the run."""
        self.over_limit = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be asked."""
        return self.over_limit or self.status is not Status.RUNNING

    def add(self, row: FinishedRow) -> None:
        """Take a row, and write when it is time."""
        with self._lock:
            self._rows.append(row)
        if time.monotonic() - self._last >= FLUSH_EVERY_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what there is; also a sign of life."""
        with self._lock:
            rows, self._rows = self._rows, []
            self.over_limit = self._costs.book(rows) or self.over_limit
            self.status = self._write(rows)
            self._last = time.monotonic()

    def sign(self) -> None:
        """Write what waits for the next row, or give a sign of life, when nothing was written for a while."""
        if time.monotonic() - self._last >= (FLUSH_EVERY_SECONDS if self._rows else SIGN_EVERY_SECONDS):
            self.flush()


class _AccessCheck:
    """Asks from time to time whether who started the run may still do so."""

    def __init__(self, access: Access, run: Run) -> None:
        self._access = access
        self._run = run
        self._author = Principal(user_id=run.author_id, email="", name=run.author)
        self._checked = -ACCESS_EVERY_SECONDS

    def __call__(self) -> None:
        now = time.monotonic()
        if now - self._checked < ACCESS_EVERY_SECONDS:
            return
        try:
            self._access.require(self._author, self._run.org_id, Permission.EVALUATE, fresh=True)
        except AccessDenied as error:
            raise AccessDenied(
                f"{self._run.author} may no longer run evaluations here, so this run was stopped."
            ) from error
        self._checked = now


class _Watch:
    """Beside the answering: signs of life, and ``stop`` set when the run was cancelled, lost, or may not go on."""

    def __init__(self, ledger: _Ledger, check_access: Callable[[], None], leaving: threading.Event) -> None:
        self._ledger = ledger
        self._check_access = check_access
        self._leaving = leaving
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._repeat, name="frontline-run-watch", daemon=True)
        self.stop = threading.Event()
        self.error: FrontlineError | None = None

    def _repeat(self) -> None:
        while not self._done.wait(LOOK_EVERY_SECONDS):
            try:
                self._ledger.sign()
                self._check_access()
            except FrontlineError as error:
                self.error = error
                self.stop.set()
            except Exception:  # a database that is away for a moment; the next write says it too
                log.exception("Could not give a sign of life")
            if self._leaving.is_set() or self._ledger.is_over:
                self.stop.set()

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()


def finished_row(row: PendingRow, reply: Reply) -> FinishedRow:
    """The verdict on a reply, with what a person needs to see why."""
    given = reply.outcome.entry.id if isinstance(reply.outcome, Answered) else None
    failed = isinstance(reply.outcome, Failed)
    decision = reply.decision
    best = decision.candidates[0] if decision and decision.candidates else None
    shortlist = decision.shortlist if decision else None
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
        usage=reply.usage,
        way=reply.asked.way if reply.asked else None,
        reused=reply.asked is not None and reply.asked.reused,
        offered=_offered(row, shortlist.entry_ids) if shortlist else None,
    )


def _offered(row: PendingRow, shortlist: Iterable[int]) -> bool | None:
    """Whether a shortlist held an entry that was expected; None where none was."""
    return bool({*row.label.entry_ids} & {*shortlist}) if row.label.kind is LabelKind.ENTRY else None

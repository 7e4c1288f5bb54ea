"""What analysts do with test questions: read a file, check it, run it, watch it, see what came out."""

import uuid
from collections.abc import Callable
from datetime import datetime

from core.audit.event import What
from core.audit.recording import NoAudit, Recorder
from core.engines.protocol import Effort, Engine, Engines
from core.errors import FrontlineError, InvalidInput, NotFound, Problem
from core.evaluation.columns import Mapping
from core.evaluation.dataset import Preview, check
from core.evaluation.metrics import Summary, summarise
from core.files.reading import Table, read_table
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.questions.entry import Published
from core.questions.service import now
from core.questions.store import QuestionStore
from core.runs.costs import reservation_of, set_aside, shared_out
from core.runs.ledger import Run, RunStore
from core.runs.results import Results
from core.runs.took import Took
from core.runs.worker import RunWorker
from core.spending.service import Estimate, Spending

NAME_LIMIT = 120
RUNS_LISTED = 100


class Evaluations:
    """The use cases on an org's runs. Each checks the person's permission first."""

    def __init__(
        self,
        *,
        access: Access,
        store: RunStore,
        questions: QuestionStore,
        engines: Engines,
        worker: RunWorker,
        spending: Spending,
        clock: Callable[[], datetime] = now,
        audit: Recorder | None = None,
    ) -> None:
        self._access = access
        self._store = store
        self._questions = questions
        self._engines = engines
        self._worker = worker
        self._spending = spending
        self._clock = clock
        self._audit = audit or NoAudit()

    def read(self, principal: Principal, org_id: str, data: bytes, name: str, *, sheet: str | None = None) -> Table:
        """The rows of an uploaded file; of a workbook those of ``sheet``, by default the first with a table.

        Raises FileRejected when it cannot be read.
        """
        self._access.require(principal, org_id, Permission.EVALUATE)
        return read_table(data, name, sheet=sheet)

    def check(self, principal: Principal, org_id: str, table: Table, mapping: Mapping) -> tuple[Preview, int]:
        """Which rows of a file can be run against the newest revision, and that revision's number."""
        self._access.require(principal, org_id, Permission.EVALUATE)
        snapshot = self._questions.snapshot(org_id)
        return check(table, mapping, snapshot.entries, snapshot.policy.fallback), snapshot.revision

    def start(
        self, principal: Principal, org_id: str, *, name: str, preview: Preview, revision: int, anew: bool = False
    ) -> Run:
        """Run the good rows of a preview in the background, against the revision that the preview was made for.

        ``anew`` takes no reply of an earlier call to a model server.

        Raises InvalidInput without a usable row, FrontlineError when the table was changed since the preview,
        LimitReached when the org's month has no room for it.
        """
        self._access.require(principal, org_id, Permission.EVALUATE, fresh=True)
        if not preview.good:
            raise InvalidInput([Problem(row="The file", field="rows", reason="has no row that can be run.")])
        published = self._questions.published(org_id)
        if published.revision != revision:
            raise FrontlineError(
                f"The questions and answers were changed meanwhile (revision {revision} → {published.revision}). "
                "Look at the new preview and start again."
            )
        engine = self._engines.engine_for(org_id, published.policy.model)
        run = Run(
            org_id=org_id,
            run_id=str(uuid.uuid4()),
            name=_run_name(name),
            revision=revision,
            policy=published.policy,
            engine=engine.name,
            engine_version=engine.version,
            author_id=principal.user_id,
            author=principal.name,
            created_at=self._clock(),
            total=len(preview.good),
            anew=anew,
        )
        guess = shared_out(_effort(engine, preview, published).usage, run.total)
        set_aside(self._spending, run, settings=published.policy.model, engine=engine, guess=guess, rows=run.total)
        try:
            self._store.create(run, preview.good)
        except Exception:
            self._spending.release(org_id, reservation_of(run))
            raise
        self._audit.record(principal, org_id, What.RUN_STARTED, f"“{run.name}”, {run.total:,} questions")
        self._worker.start()
        return run

    def estimate(self, principal: Principal, org_id: str, *, preview: Preview) -> Estimate:
        """About what running the good rows of a preview will take: tokens, money, time.

        Raises EngineUnavailable when the org's engine cannot be had.
        """
        self._access.require(principal, org_id, Permission.EVALUATE)
        published = self._questions.published(org_id)
        engine = self._engines.engine_for(org_id, published.policy.model)
        effort = _effort(engine, preview, published)
        return self._spending.estimate(engine.place, effort, calls=len(preview.good))

    def cancel(self, principal: Principal, org_id: str, run_id: str) -> None:
        """End a run before its last row; what is finished stays."""
        self._access.require(principal, org_id, Permission.EVALUATE, fresh=True)
        was_active = self._found(org_id, run_id).active
        self._store.cancel(org_id, run_id, self._clock())
        run = self._found(org_id, run_id)
        if was_active:
            words = f"“{run.name}”, after {run.finished:,} of {run.total:,} questions"
            self._audit.record(principal, org_id, What.RUN_CANCELLED, words)
        if not run.active:  # no worker had it, so none gives back what was set aside
            self._spending.release(org_id, reservation_of(run))

    def run(self, principal: Principal, org_id: str, run_id: str) -> Run:
        """One run and how far it is."""
        self._access.require(principal, org_id, Permission.VIEW)
        return self._found(org_id, run_id)

    def runs(self, principal: Principal, org_id: str) -> list[Run]:
        """The newest runs of the org, newest first."""
        self._access.require(principal, org_id, Permission.VIEW)
        return self._store.runs(org_id, RUNS_LISTED)

    def summary(self, principal: Principal, org_id: str, run_id: str) -> Summary:
        """The counts and rates of what is finished."""
        self._access.require(principal, org_id, Permission.VIEW)
        return summarise(self._store.counts(org_id, run_id))

    def took(self, principal: Principal, org_id: str, run_id: str) -> Took:
        """What a run took of a model server so far."""
        self._access.require(principal, org_id, Permission.VIEW)
        return self._store.took(org_id, run_id)

    def results(self, principal: Principal, org_id: str, run_id: str) -> Results:
        """Every row of a run beside the entries as they stood at its revision."""
        self._access.require(principal, org_id, Permission.VIEW)
        run = self._found(org_id, run_id)
        entries = self._questions.snapshot(org_id, run.revision).entries
        return Results(run=run, entries=entries, ledger=self._store.rows(org_id, run_id))

    def _found(self, org_id: str, run_id: str) -> Run:
        run = self._store.run(org_id, run_id)
        if run is None:
            raise NotFound("There is no such evaluation in this organisation.")
        return run


def _effort(engine: Engine, preview: Preview, published: Published) -> Effort:
    return engine.expected([row.question for row in preview.good], published)


def _run_name(name: str) -> str:
    text = "".join(c for c in " ".join(name.split()) if c.isprintable())
    return text[:NAME_LIMIT] or "Evaluation"

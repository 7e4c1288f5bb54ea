"""What analysts do with runs of test questions: start one, watch and steer it, see what came out."""

import contextlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from core.audit.event import EventKind
from core.audit.recording import NoAudit, Recorder
from core.clock import Clock, now
from core.datasets.dataset import TestQuestion
from core.datasets.label_values import How
from core.datasets.preview import Preview
from core.engines.protocol import Effort, Engine, Engines
from core.errors import FrontlineError, InvalidInput, NotFound, Problem
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.plurals import counted
from core.questions.entry import Published
from core.questions.policy import EngineKind, ModelSettings, Policy
from core.questions.store import QuestionStore
from core.runs.costs import set_aside, shared_out
from core.runs.label_guesses import by_meaning
from core.runs.ledger import GOING_ON, DatasetRef, Run, RunStore, Status, reservation_of
from core.runs.results import Results
from core.runs.run_usage import RunUsage
from core.runs.worker import RunWorker
from core.spending.service import Estimate, Spending
from core.statistics.metrics import Summary, summarise
from core.statistics.verdict import Verdict

NAME_LIMIT = 120
RUNS_LISTED = 100
SAMPLE_ROWS = 2_000
"""Questions that an estimate of the rest of a run goes by."""
STILL_PAUSING = "It is still pausing. Try again in some seconds."
ENDED = "This run has ended. Run it again to start a new one."
NOT_DONE = "Only the failed questions of a run that is done can be asked again."
NOTHING_TO_RETRY = "No question of this run failed."
ENGINE_CHANGED = "The engine was changed since this run began, so its figures would be mixed. Run it again instead."


class Runs:
    """The use cases on an org's runs, which people call evaluations. Each checks the person's permission first."""

    def __init__(
        self,
        *,
        access: Access,
        store: RunStore,
        questions: QuestionStore,
        engines: Engines,
        worker: RunWorker,
        spending: Spending,
        clock: Clock = now,
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

    def guess_labels(self, principal: Principal, org_id: str, preview: Preview) -> Preview:
        """The preview with guesses by meaning for labels of which nothing is known, made by the built-in engine."""
        self._access.require(principal, org_id, Permission.EVALUATE)
        if not any(value.how is How.UNKNOWN for value in preview.values):
            return preview
        engine = self._engines.engine_for(org_id, ModelSettings(engine=EngineKind.BUILT_IN))
        return replace(preview, values=by_meaning(preview.values, engine, self._questions.newest(org_id)))

    def start(
        self,
        principal: Principal,
        org_id: str,
        *,
        name: str,
        preview: Preview,
        revision: int,
        bypass_cache: bool = False,
        dataset: DatasetRef | None = None,
    ) -> Run:
        """Run the good rows of a preview in the background, against the revision that the preview was made for.

        ``bypass_cache`` takes no reply of an earlier call to a model server; ``dataset`` says where the rows came from.

        Raises InvalidInput without a usable row, FrontlineError when the table was changed since the preview,
        LimitReached when the org's month has no room for it.
        """
        self._access.require(principal, org_id, Permission.EVALUATE, fresh=True)
        if not preview.good:
            raise InvalidInput([Problem(row="The file", field="rows", reason="has no row that can be run.")])
        published = self._questions.newest(org_id)
        if published.revision != revision:
            raise FrontlineError(
                f"The questions and answers were changed meanwhile (revision {revision} → {published.revision}). "
                "Look at the new preview and start again."
            )
        run = Run(
            **self._begun_by(principal, org_id, published.policy),
            name=_run_name(name),
            revision=revision,
            total=len(preview.good),
            bypass_cache=bypass_cache,
            dataset_id=dataset.dataset_id if dataset else None,
            dataset_version=dataset.version if dataset else None,
        )
        with self._set_aside(run, [row.question for row in preview.good], run.total):
            self._store.create(run, preview.good)
        self._audit.record(principal, org_id, EventKind.RUN_STARTED, f"“{run.name}”, {counted(run.total, 'question')}")
        self._worker.start()
        return run

    def start_again(self, principal: Principal, org_id: str, run_id: str) -> Run:
        """Run the rows of an earlier run once more in a new run, on its revision and with its settings.

        No reply of an earlier call is taken: those would be the same.

        Raises NotFound, EngineUnavailable, LimitReached when the org's month has no room for it.
        """
        self._access.require(principal, org_id, Permission.EVALUATE, fresh=True)
        earlier = self._found(org_id, run_id)
        run = Run(
            **self._begun_by(principal, org_id, earlier.policy),
            name=earlier.name,
            revision=earlier.revision,
            total=earlier.total,
            bypass_cache=True,
            dataset_id=earlier.dataset_id,
            dataset_version=earlier.dataset_version,
        )
        sample = self._store.questions(org_id, run_id, SAMPLE_ROWS)
        with self._set_aside(run, sample, run.total):
            self._store.create_again(run, run_id)
        self._audit.record(
            principal, org_id, EventKind.RUN_STARTED, f"“{run.name}” again, {counted(run.total, 'question')}"
        )
        self._worker.start()
        return run

    def estimate(self, principal: Principal, org_id: str, *, preview: Preview) -> Estimate:
        """About what running the good rows of a preview will take: tokens, money, time.

        Raises EngineUnavailable when the org's engine cannot be had.
        """
        self._access.require(principal, org_id, Permission.EVALUATE)
        published = self._questions.newest(org_id)
        engine = self._engines.engine_for(org_id, published.policy.model)
        effort = _effort(engine, preview, published)
        return self._spending.estimate(engine.endpoint, effort, calls=len(preview.good))

    def pause(self, principal: Principal, org_id: str, run_id: str) -> None:
        """Let no new call of a run begin, until it is resumed; one that does not go on stays as it is."""
        self._access.require(principal, org_id, Permission.EVALUATE, fresh=True)
        self._found(org_id, run_id)
        if self._store.pause(org_id, run_id):
            self._record(principal, EventKind.RUN_PAUSED, self._found(org_id, run_id))

    def resume(self, principal: Principal, org_id: str, run_id: str) -> None:
        """Let a run that was paused, or stopped before its last row, go on; one that goes on stays as it is.

        Raises FrontlineError while it is still pausing or after its end, LimitReached when the org's month has no room
        for the rest.
        """
        self._access.require(principal, org_id, Permission.EVALUATE, fresh=True)
        run = self._found(org_id, run_id)
        if run.status in GOING_ON:
            return
        if run.status not in (Status.PAUSED, Status.STOPPED):
            raise FrontlineError(STILL_PAUSING if run.status is Status.PAUSING else ENDED)
        self._require_same_engine(run)
        sample = self._store.pending_questions(org_id, run_id, SAMPLE_ROWS)
        with self._set_aside(run, sample, run.total - run.finished):
            resumed = self._store.resume(org_id, run_id)
            if not resumed and self._found(org_id, run_id).status not in GOING_ON:
                raise FrontlineError(STILL_PAUSING)
        if resumed:
            self._record(principal, EventKind.RUN_RESUMED, run)
        self._worker.start()

    def retry_failed(self, principal: Principal, org_id: str, run_id: str) -> None:
        """Ask the questions of a run that is done once more whose calls failed; nothing else of it changes.

        Raises FrontlineError when it is not done, none failed or its engine was changed, LimitReached when the org's
        month has no room for them.
        """
        self._access.require(principal, org_id, Permission.EVALUATE, fresh=True)
        run = self._found(org_id, run_id)
        failed = summarise(self._store.counts(org_id, run_id)).count(Verdict.FAILED)
        if run.status is not Status.DONE or not failed:
            raise FrontlineError(NOTHING_TO_RETRY if run.status is Status.DONE else NOT_DONE)
        self._require_same_engine(run)
        with self._set_aside(run, self._store.failed(org_id, run_id, SAMPLE_ROWS), failed):
            retried = self._store.retry_failed(org_id, run_id)
        if retried:
            words = f"“{run.name}”, {retried:,} of {run.total:,} questions"
            self._audit.record(principal, org_id, EventKind.RUN_RETRIED, words)
        self._worker.start()

    def cancel(self, principal: Principal, org_id: str, run_id: str) -> None:
        """End a run before its last row; what is finished stays."""
        self._access.require(principal, org_id, Permission.EVALUATE, fresh=True)
        was_active = self._found(org_id, run_id).active
        self._store.cancel(org_id, run_id, self._clock())
        if was_active:
            self._record(principal, EventKind.RUN_CANCELLED, self._found(org_id, run_id))

    def run(self, principal: Principal, org_id: str, run_id: str) -> Run:
        """One run and how far it is."""
        self._access.require(principal, org_id, Permission.VIEW)
        return self._found(org_id, run_id)

    def listed(self, principal: Principal, org_id: str) -> list[Run]:
        """The newest runs of the org, newest first."""
        self._access.require(principal, org_id, Permission.VIEW)
        return self._store.runs(org_id, RUNS_LISTED)

    def summary(self, principal: Principal, org_id: str, run_id: str) -> Summary:
        """The counts and rates of what is finished."""
        self._access.require(principal, org_id, Permission.VIEW)
        return summarise(self._store.counts(org_id, run_id))

    def test_questions(self, principal: Principal, org_id: str, run_id: str) -> list[TestQuestion]:
        """What every row of a run says, as its file or its dataset gave it, in order."""
        self._access.require(principal, org_id, Permission.EVALUATE)
        self._found(org_id, run_id)
        return self._store.test_questions(org_id, run_id)

    def took(self, principal: Principal, org_id: str, run_id: str) -> RunUsage:
        """What a run took of a model server so far."""
        self._access.require(principal, org_id, Permission.VIEW)
        return self._store.took(org_id, run_id)

    def results(self, principal: Principal, org_id: str, run_id: str) -> Results:
        """Every row of a run beside the entries as they stood at its revision."""
        self._access.require(principal, org_id, Permission.VIEW)
        run = self._found(org_id, run_id)
        entries = self._questions.snapshot(org_id, run.revision).entries
        tested = self._store.dataset_name(org_id, run.dataset_id) if run.dataset_id else ""
        return Results(run=run, entries=entries, ledger=self._store.rows(org_id, run_id), tested=tested)

    def _begun_by(self, principal: Principal, org_id: str, policy: Policy) -> dict[str, Any]:
        """What a new run has of who begins it now, with these settings."""
        engine = self._engines.engine_for(org_id, policy.model)
        return {
            "org_id": org_id,
            "run_id": str(uuid.uuid4()),
            "policy": policy,
            "engine": engine.name,
            "engine_version": engine.version,
            "author_id": principal.user_id,
            "author": principal.name,
            "created_at": self._clock(),
        }

    @contextlib.contextmanager
    def _set_aside(self, run: Run, questions: Sequence[str], rows: int) -> Iterator[None]:
        """Set aside what so many rows like these questions may take, and give it back where the block fails."""
        engine = self._engines.engine_for(run.org_id, run.policy.model)
        if engine.endpoint is None:
            yield
            return
        published = replace(self._questions.published(run.org_id, run.revision), policy=run.policy)
        guess = shared_out(engine.expected(questions, published).usage, max(1, len(questions)))
        settings = self._questions.policy(run.org_id).model
        set_aside(self._spending, run, settings=settings, engine=engine, guess=guess, rows=rows)
        try:
            yield
        except Exception:
            self._spending.release(run.org_id, reservation_of(run.run_id))
            raise

    def _require_same_engine(self, run: Run) -> None:
        if run.finished and self._engines.engine_for(run.org_id, run.policy.model).version != run.engine_version:
            raise FrontlineError(ENGINE_CHANGED)

    def _record(self, principal: Principal, what: EventKind, run: Run) -> None:
        words = f"“{run.name}”, after {run.finished:,} of {run.total:,} questions"
        self._audit.record(principal, run.org_id, what, words)

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

"""What analysts do with test questions: read a file, check it, run it, watch it, see what came out."""

import uuid
from collections.abc import Callable
from datetime import datetime

from core.engines.protocol import Engine
from core.errors import FrontlineError, InvalidInput, NotFound, Problem
from core.evaluation.columns import Mapping
from core.evaluation.dataset import Preview, check
from core.evaluation.metrics import Summary, summarise
from core.files.reading import Table, read_table
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.questions.service import now
from core.questions.store import QuestionStore
from core.runs.ledger import Run, RunStore
from core.runs.results import Results
from core.runs.worker import RunWorker

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
        engine: Engine,
        worker: RunWorker,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._access = access
        self._store = store
        self._questions = questions
        self._engine = engine
        self._worker = worker
        self._clock = clock

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

    def start(self, principal: Principal, org_id: str, *, name: str, preview: Preview, revision: int) -> Run:
        """Run the good rows of a preview in the background, against the revision that the preview was made for.

        Raises InvalidInput without a usable row, FrontlineError when the table was changed since the preview.
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
        run = Run(
            org_id=org_id,
            run_id=str(uuid.uuid4()),
            name=_run_name(name),
            revision=revision,
            policy=published.policy,
            engine=self._engine.name,
            engine_version=self._engine.version,
            author_id=principal.user_id,
            author=principal.name,
            created_at=self._clock(),
            total=len(preview.good),
        )
        self._store.create(run, preview.good)
        self._worker.start()
        return run

    def cancel(self, principal: Principal, org_id: str, run_id: str) -> None:
        """End a run before its last row; what is finished stays."""
        self._access.require(principal, org_id, Permission.EVALUATE, fresh=True)
        self._found(org_id, run_id)
        self._store.cancel(org_id, run_id, self._clock())

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


def _run_name(name: str) -> str:
    text = "".join(c for c in " ".join(name.split()) if c.isprintable())
    return text[:NAME_LIMIT] or "Evaluation"

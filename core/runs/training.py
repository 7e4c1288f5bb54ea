"""Takes an org's table and the labelled questions of its runs as files to train a model with elsewhere."""

from collections.abc import Iterable

from core.datasets.dataset import TestQuestion
from core.errors import NotFound
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.prompts.finetune import FinetuneFiles, finetune_files
from core.questions.store import QuestionStore
from core.runs.ledger import Run, RunStore

RUNS_OFFERED = 100


class Training:
    """The use cases on training files, for those who may run evaluations: the files hold what these asked."""

    def __init__(self, *, access: Access, questions: QuestionStore, runs: RunStore) -> None:
        self._access = access
        self._questions = questions
        self._runs = runs

    def runs(self, principal: Principal, org_id: str) -> list[Run]:
        """The newest runs of the org that have ended, newest first: their questions may be taken along."""
        self._access.require(principal, org_id, Permission.EVALUATE)
        return [run for run in self._runs.runs(org_id, RUNS_OFFERED) if not run.active]

    def files(
        self, principal: Principal, org_id: str, *, run_ids: Iterable[str] = (), revision: int | None = None
    ) -> FinetuneFiles:
        """Training and validation file of the table at a revision, by default the newest, as visitors can get it.

        The labelled questions of the runs ``run_ids`` are added, each with the answer that its expected entry
        has at that revision; company, description and examples of questions for a person are the settings' of then.
        See ``finetune_files`` for what is left out.

        Raises NotFound for an evaluation that this org does not have or that has not ended, and for a revision that
        was never made; InvalidInput when too little is left to train with.
        """
        self._access.require(principal, org_id, Permission.EVALUATE)
        if revision is not None and not 0 <= revision <= self._questions.newest_revision(org_id):
            raise NotFound(f"There is no revision {revision} of this table: load the page again.")
        rows = [row for run_id in dict.fromkeys(run_ids) for row in self._rows(org_id, run_id)]
        questions = self._questions
        published = questions.newest(org_id) if revision is None else questions.published(org_id, revision)
        model = published.policy.model
        return finetune_files(
            published, rows=rows, company=model.company, description=model.description, negatives=model.negatives
        )

    def _rows(self, org_id: str, run_id: str) -> list[TestQuestion]:
        run = self._runs.run(org_id, run_id)
        if run is None or run.active:
            raise NotFound("There is no such finished evaluation in this organisation: load the page again.")
        return self._runs.test_questions(org_id, run_id)

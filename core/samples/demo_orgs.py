"""What the demo orgs hold after a first start: entries at once, then test questions and two evaluations of them."""

import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace

from core.audit.event import EventKind
from core.audit.recording import Recorder
from core.clock import Clock
from core.datasets.dataset import Dataset, DatasetRow, TestQuestion, Version
from core.datasets.difference import as_new
from core.datasets.formats.choice import recognise_format
from core.datasets.formats.known import known_headings
from core.datasets.preview import check
from core.datasets.store import DatasetStore, NameTaken
from core.engines.semantic.engine import SemanticEngine
from core.errors import FrontlineError, InvalidInput
from core.files.reading import ReadingChoices, read_table
from core.identity.demo import CLOTHING_ORG, OWNER, PHONE_ORG
from core.identity.principal import Principal
from core.plurals import counted
from core.publishing.store import PublishingStore
from core.questions.changes import Changes
from core.questions.policy import EngineKind
from core.questions.service import Questions
from core.runs.ledger import DatasetRef, Run, RunStore
from core.samples import demo_entries, sample_questions

log = logging.getLogger(__name__)

COMPANIES: Mapping[str, str] = {CLOTHING_ORG: "clothing", PHONE_ORG: "phone"}
"""The demo orgs and the names of their samples."""
NOTES = ("The questions and their answers", "Other ways to ask each question")
"""Of the first two revisions. An org whose history begins with them was filled here."""
TEST_QUESTIONS = "Example questions of visitors"
FRONTLINE = Principal(user_id="frontline", email="", name="Frontline")
"""Who the activity, the test questions and the evaluations name as the one who made them."""
EVALUATIONS = {1: "Example questions, before the phrasings", 2: "Example questions, with the phrasings"}
"""The evaluations' names by the revision that they ask."""


class DemoOrgs:
    """Fills demo orgs that nothing was ever saved in. What a process that ended left undone, the next one does.

    The ids of what it makes are the same in each process, so that nothing is made twice or comes back.
    """

    def __init__(
        self,
        *,
        questions: Questions,
        publishing: PublishingStore,
        datasets: DatasetStore,
        runs: RunStore,
        engine: SemanticEngine,
        clock: Clock,
        audit: Recorder,
    ) -> None:
        self._questions = questions
        self._publishing = publishing
        self._datasets = datasets
        self._runs = runs
        self._engine = engine
        self._clock = clock
        self._audit = audit
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def fill(self) -> None:
        """Save the entries, in two revisions, so that people can see what the phrasings change; each save is live."""
        for org_id, company in COMPANIES.items():
            entries = demo_entries(company)
            if self._newest(org_id) == 0:
                with self._publishing.editing(org_id) as edit:
                    edit.make_each_save_live(None, None)
                self._save(org_id, 0, Changes(added=[{**fields, "alternates": ()} for fields in entries]))
            if self._newest(org_id) == 1 and self._was_filled(org_id):
                phrasings = {number: {"alternates": one["alternates"]} for number, one in enumerate(entries, start=1)}
                self._save(org_id, 1, Changes(edited=phrasings))

    def begin_tests(self, then: Callable[[], object]) -> None:
        """Keep the test questions and begin their evaluations, in a thread, which calls ``then`` when they wait.

        With the built-in engine alone, whatever the orgs use, since that costs nothing. Where its model is missing
        there are no evaluations, until a start that finds it.
        """
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._make_tests, args=(then,), name="frontline-demo", daemon=True
                )
                self._thread.start()

    def close(self) -> None:
        """Let what was begun end; it takes less than a second."""
        with self._lock:
            if self._thread is not None:
                self._thread.join()

    def _make_tests(self, then: Callable[[], object]) -> None:
        try:
            for org_id, company in COMPANIES.items():
                if self._newest(org_id) > 1 and self._was_filled(org_id) and self._test(org_id, company):
                    then()
        except FrontlineError as error:  # also when this process ends meanwhile: no reason to alarm anybody
            log.warning("The demo's test questions could not be made (%s); the next start tries again", error)

    def _save(self, org_id: str, base: int, changes: Changes) -> None:
        try:
            self._questions.save(OWNER, org_id, base_revision=base, changes=changes, note=NOTES[base])
        except InvalidInput:
            if self._newest(org_id) == base:  # else another process made it in between
                raise

    def _newest(self, org_id: str) -> int:
        return self._questions.newest_revision(OWNER, org_id)

    def _was_filled(self, org_id: str) -> bool:
        first = self._questions.history(OWNER, org_id, before=len(NOTES) + 1)
        return all(one.note == NOTES[one.number - 1] for one in first)

    def _test(self, org_id: str, company: str) -> bool:
        """Make what is lacking of an org's tests; whether evaluations were begun."""
        lacking = [revision for revision, name in EVALUATIONS.items() if not self._has_run(org_id, name)]
        if not lacking:
            return False
        rows = self._test_questions(org_id, company)
        dataset = DatasetRef(self._kept(org_id, rows), 1)
        if not self._engine.is_there():
            return False
        for revision in lacking:
            self._evaluate(org_id, revision, dataset, rows)
        return True

    def _has_run(self, org_id: str, name: str) -> bool:
        return self._runs.run(org_id, _own_id(org_id, name)) is not None

    def _test_questions(self, org_id: str, company: str) -> tuple[TestQuestion, ...]:
        """Those of the sample, with their labels as of the second revision."""
        found = recognise_format(
            read_table(
                sample_questions(company), "sample.csv", org_id=org_id, choices=ReadingChoices(), known=known_headings()
            )
        )
        table = self._questions.table(OWNER, org_id, len(NOTES))
        return tuple(check(found.table, found.mapping, table.entries, table.policy.fallback).good)

    def _kept(self, org_id: str, rows: tuple[TestQuestion, ...]) -> str:
        """The id of the test questions, which are kept now unless they were before."""
        dataset_id = _own_id(org_id, TEST_QUESTIONS)
        if self._datasets.dataset(org_id, dataset_id) is None:
            try:
                words = f"“{TEST_QUESTIONS}”, {counted(len(rows), 'row')}"
                event = self._audit.event(FRONTLINE, org_id, EventKind.TESTS_SAVED, words)
                self._datasets.create(*self._as_dataset(org_id, dataset_id, rows), event)
            except NameTaken:
                if self._datasets.dataset(org_id, dataset_id) is None:  # else another process made it in between
                    raise
        return dataset_id

    def _as_dataset(
        self, org_id: str, dataset_id: str, rows: tuple[TestQuestion, ...]
    ) -> tuple[Dataset, Version, list[DatasetRow]]:
        dataset = Dataset(org_id=org_id, dataset_id=dataset_id, name=TEST_QUESTIONS, version=1, rows=len(rows))
        version = Version(
            number=1,
            at=self._clock(),
            author_id=FRONTLINE.user_id,
            author=FRONTLINE.name,
            note="comes with the demo",
            source=f"{TEST_QUESTIONS}.csv",
            rows=len(rows),
        )
        return dataset, version, as_new(rows)

    def _evaluate(self, org_id: str, revision: int, dataset: DatasetRef, rows: tuple[TestQuestion, ...]) -> None:
        policy = self._questions.table(OWNER, org_id, revision).policy
        run = Run(
            org_id=org_id,
            run_id=_own_id(org_id, EVALUATIONS[revision]),
            name=EVALUATIONS[revision],
            revision=revision,
            policy=replace(policy, model=replace(policy.model, engine=EngineKind.BUILT_IN)),
            engine=self._engine.name,
            engine_version=self._engine.version,
            author_id=OWNER.user_id,  # a run goes on only while its author may run evaluations
            author=FRONTLINE.name,
            created_at=self._clock(),
            total=len(rows),
            dataset_id=dataset.dataset_id,
            dataset_version=dataset.version,
        )
        self._runs.create(run, rows)
        kept = self._runs.run(org_id, run.run_id)
        if kept is not None and kept.created_at == run.created_at:  # else it is another process's, which says so itself
            words = f"“{run.name}”, {counted(run.total, 'question')}"
            self._audit.record(FRONTLINE, org_id, EventKind.RUN_STARTED, words)


def _own_id(org_id: str, name: str) -> str:
    """The same one for the same thing, in each process and at each start."""
    return str(uuid.uuid5(uuid.UUID(org_id), name))

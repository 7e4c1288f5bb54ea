"""From a wrong row of a run to what mends it: a phrasing for the table, or another label for the test question."""

from dataclasses import dataclass, replace
from datetime import datetime

from core.audit.event import EventKind
from core.audit.recording import NoAudit, Recorder
from core.clock import Clock, now
from core.datasets.dataset import Dataset, DatasetRow, PersonsLabel, Version
from core.datasets.expectations import FALLBACK_MARK
from core.datasets.labels import TO_FALLBACK, Label, LabelKind
from core.datasets.store import DatasetEdit, DatasetStore
from core.errors import NotFound
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.questions.entry import Entry
from core.questions.revisions import Revision
from core.questions.service import Questions
from core.questions.text import same_question_key, shortened
from core.runs.ledger import Run, RunStore

PHRASING_NOTE = "Phrasing of a test question added"


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where a row of a run came from. ``then`` is the row as it was run, ``now`` as it reads in the newest version.

    ``now`` is None when the newest version no longer has it.
    """

    dataset: Dataset
    then: DatasetRow
    now: DatasetRow | None


class Fixes:
    """The use cases on single rows of a run. Runs that are over do not change by them."""

    def __init__(
        self,
        *,
        access: Access,
        store: DatasetStore,
        runs: RunStore,
        questions: Questions,
        clock: Clock = now,
        audit: Recorder | None = None,
    ) -> None:
        self._access = access
        self._store = store
        self._runs = runs
        self._questions = questions
        self._clock = clock
        self._audit = audit or NoAudit()

    def source(self, principal: Principal, org_id: str, run_id: str, line: int) -> Source | None:
        """The dataset's row behind a line of a run; None for a run of a file that was not kept. Raises NotFound."""
        self._access.require(principal, org_id, Permission.VIEW)
        return self._source(self._run(org_id, run_id), line)

    def add_phrasing(
        self, principal: Principal, org_id: str, run_id: str, *, line: int, question: str, entry_id: int
    ) -> Revision | None:
        """Add the question of a row to an entry, as one more way to ask it; None when the entry has it already.

        It is a save of the table like any other, by its rules. From then on the question tests nothing, so every row of
        the dataset with this question is marked as no longer held out. Raises NotFound, and InvalidInput when another
        entry is asked so.
        """
        self._access.require(principal, org_id, Permission.EDIT, fresh=True)
        source = self._source(self._run(org_id, run_id), line)
        revision = self._questions.add_phrasing(
            principal, org_id, entry_id=entry_id, phrasing=question, note=PHRASING_NOTE
        )
        if source is not None:
            self._mark_known(principal, source, question)
        return revision

    def correct_label(
        self, principal: Principal, org_id: str, run_id: str, *, line: int, entry_id: int | None
    ) -> Version | None:
        """Say what is right for a row: an entry, or a person (None), as a new version of its dataset.

        Who said so and when stays with the row. Returns None when the row says so already. Raises NotFound when the
        entry cannot be given, or the newest version no longer has the row.
        """
        self._access.require(principal, org_id, Permission.EVALUATE, fresh=True)
        source = self._source(self._run(org_id, run_id), line)
        if source is None:
            raise NotFound("The test questions of this evaluation were not kept. Upload the file, corrected, again.")
        entry = None if entry_id is None else self._entry(principal, org_id, entry_id)
        with self._store.editing(org_id, source.dataset.dataset_id) as edit:
            row = next((row for row in edit.rows() if row.row == source.then.row), None)
            if row is None:
                raise NotFound(f"The newest version of “{source.dataset.name}” no longer has this question.")
            at = self._clock()
            by = PersonsLabel(user_id=principal.user_id, name=principal.name, at=at)
            corrected = relabelled(row, entry, by)
            if corrected.content.label == row.content.label:
                return None
            note = f"label of line {row.content.line} corrected"
            return self._write(edit, principal, note, [corrected], at)

    def _mark_known(self, principal: Principal, source: Source, question: str) -> None:
        phrasing = same_question_key(question)
        with self._store.editing(source.dataset.org_id, source.dataset.dataset_id) as edit:
            found = [r for r in edit.rows() if r.held_out and same_question_key(r.content.question) == phrasing]
            if found:
                note = f"phrasing of line {found[0].content.line} added to the table"
                self._write(edit, principal, note, [replace(row, held_out=False) for row in found], self._clock())

    def _write(
        self, edit: DatasetEdit, principal: Principal, note: str, rows: list[DatasetRow], at: datetime
    ) -> Version:
        dataset = edit.dataset
        version = Version(
            number=dataset.version + 1,
            at=at,
            author_id=principal.user_id,
            author=principal.name,
            note=note,
            source="",
            rows=dataset.rows,
        )
        words = f"“{shortened(dataset.name)}”, version {version.number}: {note}"
        event = self._audit.event(principal, dataset.org_id, EventKind.TESTS_CHANGED, words)
        edit.write(version, ended=[row.row for row in rows], written=rows, event=event)
        return version

    def _run(self, org_id: str, run_id: str) -> Run:
        run = self._runs.run(org_id, run_id)
        if run is None:
            raise NotFound("There is no such evaluation in this organisation.")
        return run

    def _source(self, run: Run, line: int) -> Source | None:
        if run.dataset_id is None or run.dataset_version is None:
            return None
        dataset = self._store.dataset(run.org_id, run.dataset_id)
        then = self._store.row_at(run.org_id, run.dataset_id, run.dataset_version, line)
        if dataset is None or then is None:
            return None
        return Source(dataset=dataset, then=then, now=self._store.newest(run.org_id, run.dataset_id, then.row))

    def _entry(self, principal: Principal, org_id: str, entry_id: int) -> Entry:
        entries = self._questions.table(principal, org_id).entries
        found = next((entry for entry in entries if entry.id == entry_id and entry.enabled), None)
        if found is None:
            raise NotFound(f"Entry No. {entry_id} is gone or switched off. Choose another.")
        return found


def relabelled(row: DatasetRow, entry: Entry | None, by: PersonsLabel) -> DatasetRow:
    """The row as it reads once a person has said that this entry is right, or with None that a person is."""
    label = Label(kind=LabelKind.ENTRY, entry_ids=(entry.id,)) if entry else TO_FALLBACK
    as_given = entry.question if entry else FALLBACK_MARK
    content = replace(row.content, label=label, meant=label.entry_ids, expected_as_given=as_given)
    return replace(row, content=content, labelled=by)

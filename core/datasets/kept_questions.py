"""From a question that somebody tried to a test question, or to one more phrasing of an entry."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.audit.event import EventKind
from core.audit.recording import NoAudit, Recorder
from core.clock import Clock, now
from core.datasets.dataset import Dataset, DatasetRow, PersonsLabel, TestQuestion, Version
from core.datasets.fixes import relabelled
from core.datasets.labels import UNLABELLED
from core.datasets.store import DatasetEdit, DatasetStore, NameTaken
from core.errors import InvalidInput, NotFound, Problem
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.questions.entry import Entry
from core.questions.revisions import Revision
from core.questions.service import Questions
from core.questions.text import ASKED_LIMIT, same_question_key, shortened, unusable

KEPT_FROM_ASK = "Kept from Ask"
"""The name of the dataset for those who choose none."""
PHRASING_NOTE = "Phrasing added from Ask"


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptQuestion:
    """Where a question stands now as a test question, and whether that is new: False when it said so already."""

    dataset: str
    is_new: bool


class KeptQuestions:
    """The use cases on a question that was asked and a person's word on what is right for it."""

    def __init__(
        self,
        *,
        access: Access,
        store: DatasetStore,
        questions: Questions,
        clock: Clock = now,
        audit: Recorder | None = None,
    ) -> None:
        self._access = access
        self._store = store
        self._questions = questions
        self._clock = clock
        self._audit = audit or NoAudit()

    def keep(
        self, principal: Principal, org_id: str, *, question: str, entry_id: int | None, dataset_id: str | None = None
    ) -> KeptQuestion:
        """Keep a question as a test question that expects an entry, or with None a person.

        It goes into a new version of the dataset; without one, into KEPT_FROM_ASK, made at the first. Where the
        dataset has the question already, its label is corrected. Who said so and when stays with the row. A question
        whose phrasing is in the table tests nothing, and is marked so.

        Raises NotFound when the dataset or the entry is not there, or the entry is off; InvalidInput for a question
        that cannot be stored.
        """
        self._access.require(principal, org_id, Permission.EVALUATE, fresh=True)
        question = question.strip()
        if reason := "is empty." if not question else unusable(question, ASKED_LIMIT):
            raise InvalidInput([Problem(row="The question", field="text", reason=reason)])
        entries = self._questions.table(principal, org_id).entries
        by = PersonsLabel(user_id=principal.user_id, name=principal.name, at=self._clock())
        row = relabelled(_unlabelled(question, entries), _enabled(entries, entry_id), by)
        named = None if dataset_id else self._store.named(org_id, KEPT_FROM_ASK)
        if dataset_id is None and named is None:
            try:
                return self._create(principal, org_id, row)
            except NameTaken:  # somebody else was faster by a moment
                named = self._store.named(org_id, KEPT_FROM_ASK)
        found = dataset_id or (named.dataset_id if named else "")
        with self._store.editing(org_id, found) as edit:
            if edit.dataset.archived:
                raise NotFound(f"“{shortened(edit.dataset.name)}” was taken off the list. Choose other test questions.")
            return KeptQuestion(dataset=edit.dataset.name, is_new=self._add(principal, edit, row))

    def add_phrasing(self, principal: Principal, org_id: str, *, question: str, entry_id: int) -> Revision | None:
        """Add a question to an entry, as one more way to ask it; None when the entry has it already.

        It is a save of the table like any other, by its rules. From then on the question tests nothing, so every row of
        the org's datasets with this question is marked as no longer held out. Raises as ``Questions.add_phrasing``.
        """
        self._access.require(principal, org_id, Permission.EDIT, fresh=True)
        revision = self._questions.add_phrasing(
            principal, org_id, entry_id=entry_id, phrasing=question, note=PHRASING_NOTE
        )
        for dataset in self._store.datasets(org_id):
            if _same(self._store.rows(org_id, dataset.dataset_id, dataset.version), question):
                self._mark_known(principal, dataset, question)
        return revision

    def _create(self, principal: Principal, org_id: str, row: DatasetRow) -> KeptQuestion:
        dataset = Dataset(org_id=org_id, dataset_id=str(uuid.uuid4()), name=KEPT_FROM_ASK, version=1, rows=1)
        version = self._version(principal, 1, "made from a question of Ask", 1)
        event = self._audit.event(principal, org_id, EventKind.TESTS_SAVED, f"“{KEPT_FROM_ASK}”, 1 row")
        self._store.create(dataset, version, [row], event)
        return KeptQuestion(dataset=KEPT_FROM_ASK, is_new=True)

    def _add(self, principal: Principal, edit: DatasetEdit, row: DatasetRow) -> bool:
        rows = edit.rows()
        key = same_question_key(row.content.question)
        old = next((one for one in rows if same_question_key(one.content.question) == key), None)
        if old is None:
            line = max((one.content.line for one in rows), default=1) + 1
            new = replace(row, row=edit.next_row, content=replace(row.content, line=line))
            self._write(principal, edit, f"a question of Ask added as line {line}", [new], len(rows) + 1)
            return True
        label = row.content.label
        if old.content.label == label:
            return False
        content = replace(
            old.content, label=label, meant=label.entry_ids, expected_as_given=row.content.expected_as_given
        )
        new = replace(old, content=content, labelled=row.labelled)
        self._write(principal, edit, f"label of line {old.content.line} corrected", [new], len(rows))
        return True

    def _mark_known(self, principal: Principal, dataset: Dataset, question: str) -> None:
        with self._store.editing(dataset.org_id, dataset.dataset_id) as edit:
            rows = edit.rows()
            if found := _same(rows, question):
                note = f"phrasing of line {found[0].content.line} added to the table"
                self._write(principal, edit, note, [replace(row, held_out=False) for row in found], len(rows))

    def _write(self, principal: Principal, edit: DatasetEdit, note: str, rows: list[DatasetRow], size: int) -> None:
        version = self._version(principal, edit.dataset.version + 1, note, size)
        words = f"“{shortened(edit.dataset.name)}”, version {version.number}: {note}"
        event = self._audit.event(principal, edit.dataset.org_id, EventKind.TESTS_CHANGED, words)
        edit.write(version, ended=[row.row for row in rows], written=rows, event=event)

    def _version(self, principal: Principal, number: int, note: str, rows: int) -> Version:
        return Version(
            number=number,
            at=self._clock(),
            author_id=principal.user_id,
            author=principal.name,
            note=note,
            source="",
            rows=rows,
        )


def _unlabelled(question: str, entries: Sequence[Entry]) -> DatasetRow:
    key = same_question_key(question)
    is_stored = any(same_question_key(text) == key for entry in entries for text in entry.phrasings)
    content = TestQuestion(line=2, question=question, expected_as_given="", label=UNLABELLED)
    return DatasetRow(row=0, content=content, held_out=not is_stored)


def _enabled(entries: Sequence[Entry], entry_id: int | None) -> Entry | None:
    if entry_id is None:
        return None
    found = next((entry for entry in entries if entry.id == entry_id and entry.enabled), None)
    if found is None:
        raise NotFound(f"Entry No. {entry_id} is gone or switched off. Choose another.")
    return found


def _same(rows: Sequence[DatasetRow], question: str) -> list[DatasetRow]:
    """The rows that ask this and are still held out."""
    key = same_question_key(question)
    return [row for row in rows if row.held_out and same_question_key(row.content.question) == key]

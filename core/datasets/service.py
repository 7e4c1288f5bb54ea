"""What analysts do with kept test questions: save, run again, rename, take away."""

import uuid
from dataclasses import dataclass

from core.audit.event import EventKind
from core.audit.recording import NoAudit, Recorder
from core.clock import Clock, now
from core.datasets.current_labels import resolved
from core.datasets.dataset import Dataset, DatasetRow, Version
from core.datasets.difference import as_new, difference
from core.datasets.exporting import dataset_as_file
from core.datasets.label_values import known_texts
from core.datasets.preview import Preview
from core.datasets.store import DatasetStore, NameTaken
from core.datasets.understanding import NOTHING_SAID, Understanding
from core.errors import InvalidInput, NotFound, Problem
from core.files.writing import to_csv
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.plurals import counted
from core.questions.store import QuestionStore
from core.questions.text import shortened
from core.runs.ledger import DatasetRef

NAME_LIMIT = 120


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A version of a dataset against the newest revision of the table.

    ``known`` counts the rows that are no longer held out, because their phrasing was put into the table.
    """

    preview: Preview
    revision: int
    known: int


class Datasets:
    """The use cases on an org's datasets. Each checks the person's permission first."""

    def __init__(
        self,
        *,
        access: Access,
        store: DatasetStore,
        questions: QuestionStore,
        clock: Clock = now,
        audit: Recorder | None = None,
    ) -> None:
        self._access = access
        self._store = store
        self._questions = questions
        self._clock = clock
        self._audit = audit or NoAudit()

    def listed(self, principal: Principal, org_id: str) -> list[Dataset]:
        """The datasets that are offered, the one with the newest version first."""
        self._access.require(principal, org_id, Permission.VIEW)
        return self._store.datasets(org_id)

    def find(self, principal: Principal, org_id: str, dataset_id: str) -> Dataset | None:
        """One dataset of the org, whether it is offered or not."""
        self._access.require(principal, org_id, Permission.VIEW)
        return self._store.dataset(org_id, dataset_id)

    def tested_entries(self, principal: Principal, org_id: str) -> frozenset[int]:
        """The ids of the entries that a question of an offered dataset expects, and of those with the same answer."""
        self._access.require(principal, org_id, Permission.VIEW)
        meant = {
            entry_id
            for dataset in self._store.datasets(org_id)
            for row in self._store.rows(org_id, dataset.dataset_id, dataset.version)
            for entry_id in (*row.content.meant, *row.content.label.entry_ids)
        }
        entries = self._questions.snapshot(org_id).entries
        answers = {entry.answer for entry in entries if entry.id in meant}
        return frozenset(meant.union(entry.id for entry in entries if entry.answer in answers))

    def versions(self, principal: Principal, org_id: str, dataset_id: str) -> list[Version]:
        """The versions of a dataset, newest first; none for a dataset that the org does not have."""
        self._access.require(principal, org_id, Permission.VIEW)
        return self._store.versions(org_id, dataset_id)

    def understood(self, principal: Principal, org_id: str, *names: str) -> Understanding:
        """How the file of the dataset of the first of these names that there is was read; nothing where none is."""
        self._access.require(principal, org_id, Permission.EVALUATE)
        found = (self._store.understood(org_id, " ".join(name.split())) for name in names)
        return next((understood for understood in found if understood is not None), NOTHING_SAID)

    def save(
        self,
        principal: Principal,
        org_id: str,
        *,
        name: str,
        preview: Preview,
        source: str,
        understood: Understanding = NOTHING_SAID,
    ) -> DatasetRef:
        """Keep the rows of a preview under a name, and say as which version of which dataset.

        They are the good ones, and those whose entry is only switched off or gone today: it may come back.
        A dataset of the name gets a new version, unless its newest one says the same already. ``source`` is the name of
        the file, ``understood`` how it was read, which counts for the next file of this name.

        Raises InvalidInput without a usable row or name.
        """
        self._access.require(principal, org_id, Permission.EVALUATE, fresh=True)
        name = checked_name(name)
        if not preview.kept:
            raise InvalidInput([Problem(row="The file", field="rows", reason="has no row that can be run.")])
        source = shortened(source)
        understood = understood.then(Understanding(known=known_texts(preview.values)))
        existing = self._store.named(org_id, name)
        if existing is None:
            try:
                new = Dataset(org_id=org_id, dataset_id=str(uuid.uuid4()), name=name, version=1, rows=len(preview.kept))
                return self._create(principal, new, preview, source, understood)
            except NameTaken:  # somebody else was faster by a moment
                existing = self._store.named(org_id, name)
                if existing is None:
                    raise
        return self._new_version(principal, existing, preview, source, understood)

    def check(
        self, principal: Principal, org_id: str, dataset_id: str, version: int, *, with_known: bool = False
    ) -> Checked:
        """Which rows of a version can be run against the newest revision of the table.

        Rows that are no longer held out are left out unless ``with_known``. Raises NotFound.
        """
        self._access.require(principal, org_id, Permission.EVALUATE)
        rows = self._rows(org_id, dataset_id, version)
        snapshot = self._questions.snapshot(org_id)
        return Checked(
            preview=resolved(rows, snapshot.entries, with_known=with_known),
            revision=snapshot.revision,
            known=sum(not row.held_out for row in rows),
        )

    def rename(self, principal: Principal, org_id: str, dataset_id: str, name: str) -> None:
        """Give a dataset another name. Raises NotFound, InvalidInput, or NameTaken."""
        self._access.require(principal, org_id, Permission.EVALUATE, fresh=True)
        name = checked_name(name)
        with self._store.editing(org_id, dataset_id) as edit:
            if edit.dataset.name != name:
                words = f"“{shortened(edit.dataset.name)}” renamed to “{shortened(name)}”"
                edit.rename(name, self._audit.event(principal, org_id, EventKind.TESTS_CHANGED, words))

    def archive(self, principal: Principal, org_id: str, dataset_id: str) -> None:
        """No longer offer a dataset. Runs that used it stay as they are. Raises NotFound."""
        self._access.require(principal, org_id, Permission.EVALUATE, fresh=True)
        with self._store.editing(org_id, dataset_id) as edit:
            if not edit.dataset.archived:
                words = f"“{shortened(edit.dataset.name)}” taken off the list"
                edit.archive(self._audit.event(principal, org_id, EventKind.TESTS_CHANGED, words))

    def export(self, principal: Principal, org_id: str, dataset_id: str, version: int) -> bytes:
        """A version as CSV in our own columns; uploading it gives the same rows again. Raises NotFound."""
        self._access.require(principal, org_id, Permission.EVALUATE)
        rows = self._rows(org_id, dataset_id, version)
        return to_csv(dataset_as_file(rows, self._questions.snapshot(org_id).entries))

    def _rows(self, org_id: str, dataset_id: str, version: int) -> list[DatasetRow]:
        dataset = self._store.dataset(org_id, dataset_id)
        if dataset is None or not 1 <= version <= dataset.version:
            raise NotFound("There are no such test questions in this organisation.")
        return self._store.rows(org_id, dataset_id, version)

    def _create(
        self, principal: Principal, dataset: Dataset, preview: Preview, source: str, understood: Understanding
    ) -> DatasetRef:
        rows = as_new(preview.kept)
        version = self._version(principal, 1, f"uploaded from {source}", source, len(rows))
        words = f"“{shortened(dataset.name)}”, {counted(len(rows), 'row')}"
        event = self._audit.event(principal, dataset.org_id, EventKind.TESTS_SAVED, words)
        self._store.create(dataset, version, rows, event, understood)
        return DatasetRef(dataset.dataset_id, 1)

    def _new_version(
        self, principal: Principal, existing: Dataset, preview: Preview, source: str, understood: Understanding
    ) -> DatasetRef:
        org_id, dataset_id = existing.org_id, existing.dataset_id
        with self._store.editing(org_id, dataset_id) as edit:
            before = edit.understood()
            if (both := before.then(understood).without([v.key for v in preview.values if v.open])) != before:
                edit.understand(both)
            found = difference(edit.rows(), preview.kept, edit.next_row)
            if not found:
                return DatasetRef(dataset_id, edit.dataset.version)
            note = f"uploaded from {source}"
            if found.overruled:
                note += f"; replaced {found.overruled:,} corrected label{'s' if found.overruled > 1 else ''}"
            number = edit.dataset.version + 1
            version = self._version(principal, number, note, source, len(preview.kept))
            words = f"“{shortened(edit.dataset.name)}”, version {number}, {counted(len(preview.kept), 'row')}"
            event = self._audit.event(principal, org_id, EventKind.TESTS_SAVED, words)
            edit.write(version, ended=found.ended, written=found.written, event=event)
            return DatasetRef(dataset_id, number)

    def _version(self, principal: Principal, number: int, note: str, source: str, rows: int) -> Version:
        return Version(
            number=number,
            at=self._clock(),
            author_id=principal.user_id,
            author=principal.name,
            note=note,
            source=source,
            rows=rows,
        )


def checked_name(name: str) -> str:
    """The name on one line. Raises InvalidInput for one that is empty or too long."""
    text = "".join(c for c in " ".join(name.split()) if c.isprintable())
    reason = "is empty: write one." if not text else f"has {len(text):,} characters; {NAME_LIMIT} is the limit."
    if not text or len(text) > NAME_LIMIT:
        raise InvalidInput([Problem(row="The test questions", field="Name", reason=reason)])
    return text

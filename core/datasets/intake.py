"""The one way from a file of test questions to a run, for pages, the HTTP API and the command line."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath

from core.datasets.columns import ExpectedKind
from core.datasets.current_labels import resolved
from core.datasets.dataset import DatasetRow
from core.datasets.formats.choice import recognise_format, understood
from core.datasets.formats.known import known_headings
from core.datasets.formats.recognised import RecognisedFile
from core.datasets.preview import Preview, check
from core.datasets.service import Datasets
from core.datasets.understanding import NOTHING_SAID, Understanding
from core.errors import NotFound
from core.files.reading import ReadingChoices, read_table
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.questions.store import QuestionStore
from core.runs.ledger import DatasetRef, Run
from core.runs.service import Runs

_ALL_AS_FOUND = ReadingChoices()


@dataclass(frozen=True, kw_only=True)
class RunInput:
    """Test questions checked against a revision, wherever they come from: a file, or what was kept of one.

    ``name`` is what a run of them is called, ``source`` the name of the file; ``dataset`` says which kept version they
    are, None for a file that is not kept yet. ``understood`` is what somebody said of how the file is read; ``known``
    counts the rows of kept ones that are no longer held out.
    """

    name: str
    source: str
    preview: Preview
    revision: int
    dataset: DatasetRef | None = None
    understood: Understanding = NOTHING_SAID
    known: int = 0


class Intake:
    """The steps from a file to a run, in their order. Each checks the person's permission first."""

    def __init__(self, *, access: Access, questions: QuestionStore, datasets: Datasets, runs: Runs) -> None:
        self._access = access
        self._questions = questions
        self._datasets = datasets
        self._runs = runs

    def read(
        self, principal: Principal, org_id: str, data: bytes, name: str, *, choices: ReadingChoices = _ALL_AS_FOUND
    ) -> RecognisedFile:
        """An uploaded file, read as ``choices`` say, and what its columns seem to mean.

        Raises FileRejected when it cannot be read, TooBusy when too many are read at this moment.
        """
        self._access.require(principal, org_id, Permission.EVALUATE)
        return recognise_format(read_table(data, name, org_id=org_id, choices=choices, known=known_headings()))

    def read_unasked(
        self,
        principal: Principal,
        org_id: str,
        data: bytes,
        file_name: str,
        *,
        name: str,
        choices: ReadingChoices,
        columns: Mapping[str, str | None],
        expected_kind: ExpectedKind | None,
    ) -> tuple[RecognisedFile, Understanding]:
        """As ``read``, where nobody is there to ask; and how earlier files of the name were understood.

        Columns are read as ``columns`` (by role) and ``expected_kind`` say; where they say nothing, as those of an
        earlier file. Raises FileRejected also where nobody can know which row holds the headings.
        """
        self._access.require(principal, org_id, Permission.EVALUATE)
        named = [heading for heading in columns.values() if heading]
        table = read_table(data, file_name, org_id=org_id, choices=choices, known=known_headings(named))
        found = understood(table, columns, expected_kind)
        before = self._datasets.understood(principal, org_id, name, PurePath(name).stem)
        if not named and expected_kind is None:
            found = replace(found, mapping=before.mapping_of(found.table, found.mapping))
        return found, before

    def check(
        self,
        principal: Principal,
        org_id: str,
        found: RecognisedFile,
        said: Understanding = NOTHING_SAID,
        *,
        name: str = "",
    ) -> RunInput:
        """Which rows of a file can be run against the newest revision, as a run of this name, by default the file's.

        ``said`` is what somebody said that labels mean, or what is kept of earlier files of this name.
        """
        self._access.require(principal, org_id, Permission.EVALUATE)
        snapshot = self._questions.snapshot(org_id)
        preview = check(
            found.table,
            found.mapping,
            snapshot.entries,
            snapshot.policy.fallback,
            said=said,
            last_id=self._questions.last_entry_id(org_id),
        )
        file = found.table.name
        return RunInput(name=name or file, source=file, preview=preview, revision=snapshot.revision, understood=said)

    def kept(
        self,
        principal: Principal,
        org_id: str,
        dataset_id: str,
        version: int | None = None,
        *,
        with_known: bool = False,
    ) -> RunInput:
        """A version of kept test questions, by default the newest; see ``Datasets.check``. Raises NotFound."""
        dataset = self._datasets.find(principal, org_id, dataset_id)
        if dataset is None:
            raise NotFound("There are no such test questions in this organisation.")
        ref = DatasetRef(dataset_id, dataset.version if version is None else version)
        checked = self._datasets.check(principal, org_id, dataset_id, ref.version, with_known=with_known)
        return RunInput(
            name=f"{dataset.name}, version {ref.version}",
            source=dataset.name,
            preview=checked.preview,
            revision=checked.revision,
            dataset=ref,
            known=checked.known,
        )

    def of_run(self, principal: Principal, org_id: str, run_id: str) -> RunInput:
        """The test questions of an earlier run, to run on the newest revision: where they are kept, the newest version
        of them, else the run's own rows. Raises NotFound."""
        self._access.require(principal, org_id, Permission.EVALUATE)
        run = self._runs.run(principal, org_id, run_id)
        if run.dataset_id is not None:
            return self.kept(principal, org_id, run.dataset_id)
        rows = enumerate(self._runs.test_questions(principal, org_id, run_id))
        snapshot = self._questions.snapshot(org_id)
        return RunInput(
            name=run.name,
            source=run.name,
            preview=resolved((DatasetRow(row=at, content=one) for at, one in rows), snapshot.entries),
            revision=snapshot.revision,
        )

    def keep(self, principal: Principal, org_id: str, ready: RunInput, name: str) -> DatasetRef:
        """Keep the rows under a name; see ``Datasets.save``."""
        return self._datasets.save(
            principal, org_id, name=name, preview=ready.preview, source=ready.source, understood=ready.understood
        )

    def start(
        self,
        principal: Principal,
        org_id: str,
        ready: RunInput,
        *,
        keep_as: str | None = None,
        bypass_cache: bool = False,
    ) -> Run:
        """Keep the rows under a name, by default the run's, unless they are kept already, and run them.

        Raises as ``Datasets.save`` and ``Runs.start`` do.
        """
        name = ready.name if keep_as is None else keep_as
        return self._runs.start(
            principal,
            org_id,
            name=ready.name,
            preview=ready.preview,
            revision=ready.revision,
            bypass_cache=bypass_cache,
            dataset=ready.dataset or self.keep(principal, org_id, ready, name),
        )

"""What people do with whole files of answers: see what one would change, import it as one save, take the table away."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from core.errors import InvalidInput, Problem
from core.files.escaping import MARKER
from core.files.reading import ReadingChoices
from core.files.writing import to_csv
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.plurals import counted
from core.questions.revisions import Revision
from core.questions.service import NOTE_LIMIT, Questions
from core.transfer.exporting import ExportFormat
from core.transfer.options import Options
from core.transfer.plan import Outcome, Plan, plan
from core.transfer.reading import ReadFile, Upload, read_files

TAB = "import"
"""Stands for the tab of an import, which has no draft: those of the person's tabs stay."""
_ALL_AS_FOUND = ReadingChoices()


@dataclass(frozen=True, kw_only=True)
class ExportedTable:
    """A table as a file, of how many entries. ``losses`` are sentences on what it does not hold."""

    data: bytes
    revision: int
    entries: int
    losses: tuple[str, ...]


class Transfer:
    """Import and export of an org's table. Each checks the person's permission first."""

    def __init__(self, *, access: Access, questions: Questions) -> None:
        self._access = access
        self._questions = questions

    def read(
        self,
        principal: Principal,
        org_id: str,
        uploads: Sequence[Upload],
        *,
        choices: ReadingChoices = _ALL_AS_FOUND,
    ) -> ReadFile:
        """What was uploaded, and what its columns seem to mean. Raises FileRejected, TooBusy."""
        self._access.require(principal, org_id, Permission.EDIT)
        return read_files(uploads, org_id=org_id, choices=choices)

    def plan(self, principal: Principal, org_id: str, found: ReadFile, options: Options) -> Plan:
        """What importing a file would do to the newest table. Nothing is changed.

        Raises InvalidInput where columns have to be chosen, FileRejected where a part of the file is missing.
        """
        self._access.require(principal, org_id, Permission.EDIT)
        table = self._questions.table(principal, org_id)
        return plan(found.items(), table.entries, table.revision, options)

    def apply(self, principal: Principal, org_id: str, made: Plan, *, note: str = "") -> Revision | None:
        """Import what a plan says, as one save or not at all; None when the table is the same already.

        Raises as ``Questions.save`` does: EditConflict where somebody changed the same entries after the plan was made.
        What the person has not saved yet stays.
        """
        if made.problems:
            raise InvalidInput(made.problems)
        return self._questions.save(
            principal, org_id, base_revision=made.base_revision, changes=made.changes, note=note, tab=TAB
        )

    def export(
        self, principal: Principal, org_id: str, format_: ExportFormat, *, revision: int | None = None
    ) -> ExportedTable:
        """The table at a revision, by default the newest, as a file. Note it in the org's log when it is handed out."""
        self._access.require(principal, org_id, Permission.VIEW)
        table = self._questions.table(principal, org_id, revision)
        return ExportedTable(
            data=format_.file(table.entries),
            revision=table.revision,
            entries=len(format_.held(table.entries)),
            losses=tuple(format_.losses(table.entries)),
        )


def note_of(file_name: str) -> str:
    """What the history says of an import by default."""
    return f"Imported from {file_name}"[:NOTE_LIMIT]


def counts_told(made: Plan) -> str:
    """How many items have which outcome, in words: "3 new, 1 changed, 296 same"."""
    told = [f"{number:,} {outcome.label.lower()}" for outcome, number in made.counts.items() if number]
    return ", ".join(told) or "no rows"


def rejected_rows(made: Plan) -> bytes:
    """The rows that cannot be used as CSV: where, why, and what stands there, to mend and to upload again."""
    rows = [(row, source) for row in made.of(Outcome.INVALID) for source in row.sources]
    columns = dict.fromkeys(name for _, source in rows for name, _ in source.cells if name != MARKER)
    cells = [dict(source.cells) for _, source in rows]
    frame = pd.DataFrame({name: [one.get(name, "") for one in cells] for name in columns}, dtype=str)
    frame.insert(0, "_where", [source.place for _, source in rows])
    frame.insert(1, "_why", [row.reason for row, _ in rows])
    names = {"_where": _free("Where in the file", columns), "_why": _free("Why not imported", columns)}
    return to_csv(frame.rename(columns=names))


def _free(name: str, taken: dict[str, None]) -> str:
    while name in taken:
        name += " (Frontline)"
    return name


def taken(format_: ExportFormat) -> str:
    """What the org's log says of an export."""
    return f"questions and answers as {format_.label}"


def require_all(made: Plan) -> None:
    """Raise InvalidInput with every row that cannot be used, for whoever wants all of a file or nothing."""
    problems = [Problem(row=row.place, field="Row", reason=row.reason) for row in made.of(Outcome.INVALID)]
    if problems or made.problems:
        raise InvalidInput([*made.problems, *problems])


def done(made: Plan) -> str:
    """What an import is called: "Import 287 entries"."""
    return f"Import {counted(len(made.changes), 'entry', 'entries')}"

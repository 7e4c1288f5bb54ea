"""What goes over the wire about imports and exports of whole tables."""

from pydantic import BaseModel, Field

from core.questions.entry import Entry
from core.transfer.exporting import ExportFormat
from core.transfer.plan import Outcome, Plan, PlannedRow
from core.transfer.reading import ReadFile

ROWS_TOLD = 1_000


class ImportedRow(BaseModel):
    """What becomes of one row of the file, or of several that are one entry."""

    where: str = Field(description="Where it begins in the file, such as “line 3”")
    outcome: Outcome
    entry_id: int | None = Field(description="The entry that it was found to be; null for a new one")
    question: str = Field(description="As the entry would read; empty where the row cannot be used")
    reason: str = Field(description="Why the row changes nothing, for people")

    @classmethod
    def of(cls, row: PlannedRow) -> "ImportedRow":
        """The row for the wire."""
        return cls(
            where=row.place,
            outcome=row.outcome,
            entry_id=row.before.id if row.before else None,
            question=row.after.question if row.after else "",
            reason=row.reason,
        )


class ImportCounts(BaseModel):
    """How many rows have each outcome."""

    new: int
    changed: int
    same: int = Field(description="The entry reads so already")
    kept: int = Field(description="The entry reads otherwise, and stays as it is")
    duplicate: int = Field(description="An earlier row of the file says the same")
    invalid: int = Field(description="The row cannot be used")


class TableImported(BaseModel):
    """What an import did, or with ``preview`` would do."""

    preview: bool
    revision: int = Field(description="The revision of the table now; with preview the one it was compared with")
    read_as: str = Field(description="What the file was taken for")
    matched_by: str = Field(description="How rows found their entries: number or question")
    counts: ImportCounts
    rows: list[ImportedRow] = Field(description=f"The first {ROWS_TOLD:,} that change something or cannot be used")
    notes: list[str] = Field(description="How the file was understood, in sentences")

    @classmethod
    def of(cls, found: ReadFile, made: Plan, *, preview: bool, revision: int) -> "TableImported":
        """The import for the wire."""
        sheets = [f"{words} Name one as “sheet” to import it." for words in (found.unread_sheets,) if words]
        told = [row for row in made.rows if row.outcome is not Outcome.SAME][:ROWS_TOLD]
        return cls(
            preview=preview,
            revision=revision,
            read_as=found.format.words,
            matched_by=made.matched_by.value,
            counts=ImportCounts(**{outcome.value: number for outcome, number in made.counts.items()}),
            rows=[ImportedRow.of(row) for row in told],
            notes=[*sheets, *made.notes, *made.warnings],
        )


class ExportFormatShown(BaseModel):
    """A format that the table can be exported to."""

    format: str
    label: str
    suffix: str
    media_type: str
    losses: list[str] = Field(description="What of the newest table it cannot hold, in sentences; empty: nothing")

    @classmethod
    def of(cls, format_: ExportFormat, entries: tuple[Entry, ...]) -> "ExportFormatShown":
        """The format for the wire."""
        return cls(
            format=format_.key,
            label=format_.label,
            suffix=format_.suffix,
            media_type=format_.mime,
            losses=format_.losses(entries),
        )


class ExportFormats(BaseModel):
    """Every format, and what of a revision of the table it cannot hold."""

    revision: int
    formats: list[ExportFormatShown]

"""From uploaded files to the items in them: one file, a ZIP archive, or the two files of Rasa."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.errors import FileRejected
from core.files.archives import is_archive, unpacked
from core.files.messages import how_read, quoted_cells
from core.files.rasa import KEY, RESPONSES, RULES
from core.files.reading import ReadingChoices, read_table
from core.files.table import NO_HEADINGS, Table
from core.transfer.columns import TableColumns, recognise
from core.transfer.formats.choice import RASA, FileFormat, format_of
from core.transfer.headings import known_headings
from core.transfer.item import Items

Upload = tuple[str, bytes]
"""The name of a file and what it holds."""
KINDS = ("xlsx", "xlsm", "csv", "tsv", "txt", "json", "jsonl", "yml", "yaml", "zip")
"""The endings of files that can be imported."""
_ALL_AS_FOUND = ReadingChoices()
_SHEETS = 20
_SHEETS_TOLD = 6
_NO_HEADINGS = "No heading is known in the first row, so it is read as a question with its answer."
_SEVERAL = "These files do not belong together. Upload one file, or for Rasa nlu.yml and domain.yml together."


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadFile:
    """What was uploaded, as tables, and what it is. ``columns`` are those that were recognised or chosen,
    ``chosen_sheet`` says whether somebody named the sheet of a workbook.
    """

    name: str
    format: FileFormat
    tables: tuple[Table, ...]
    columns: TableColumns
    notes: tuple[str, ...] = ()
    chosen_sheet: bool = False

    @property
    def table(self) -> Table:
        """The table that people choose columns in."""
        return self.tables[0]

    @property
    def has_columns(self) -> bool:
        """Whether somebody may choose its columns; other formats fix them."""
        return self.format.read is None

    @property
    def is_clear(self) -> bool:
        """Whether it is known where the questions and the answers stand."""
        return not self.has_columns or bool(self.columns.question and self.columns.answer)

    @property
    def may_join(self) -> bool:
        """Whether only the answers can tell which of its rows belong together."""
        return self.has_columns and not self.columns.alternates and not self.columns.number

    @property
    def how(self) -> str:
        """How it was read, in a few words."""
        return how_read(self.table)

    @property
    def unread_sheets(self) -> str:
        """Which sheets of a workbook were not read, in a sentence; "" for none, or where the notes say so already."""
        first = self.table
        told_already = not self.chosen_sheet and first.sheets[:1] != (first.sheet,)
        read = {table.sheet for table in self.tables}
        others = [f"“{sheet}”" for sheet in first.sheets if sheet not in read]
        if not others or told_already:
            return ""
        more = f" and {len(others) - _SHEETS_TOLD:,} more" if len(others) > _SHEETS_TOLD else ""
        return f"Not read: the {'sheet' if len(others) == 1 else 'sheets'} {', '.join(others[:_SHEETS_TOLD])}{more}."

    def with_columns(self, columns: TableColumns) -> "ReadFile":
        """The same with columns that somebody chose."""
        return replace(self, columns=columns)

    def items(self) -> Items:
        """The items of it. Raises InvalidInput where columns are missing, FileRejected where a part is."""
        found = self.format.items(self.tables, self.columns)
        told = [note for table in self.tables for note in table.notes]
        return replace(found, notes=tuple(dict.fromkeys((*self.notes, *told, *found.notes))))


def read_files(uploads: Sequence[Upload], *, org_id: str = "", choices: ReadingChoices = _ALL_AS_FOUND) -> ReadFile:
    """Read what was uploaded. Raises FileRejected when it cannot be read or does not belong together, TooBusy.

    Of an archive of other tables the one with questions and answers is taken. Of a file of two columns without any
    heading that is known the first row is a question, unless ``choices`` say otherwise.
    """
    files = [one for name, data in uploads for one in (unpacked(data) if is_archive(data, name) else [(name, data)])]
    name = uploads[0][0]
    if len(files) == 1:
        return _read_one(files[0], name, org_id, choices)
    tables = [table for file in files for table in _tables(file, org_id, _ALL_AS_FOUND)]
    parts = tuple(table for table in tables if RASA.fits(table))
    if parts:
        return ReadFile(name=name, format=RASA, tables=parts, columns=TableColumns())
    if len(uploads) > 1:
        raise FileRejected(_SEVERAL)
    return _likeliest(files, tables, name, org_id, choices)


def _read_one(file: Upload, name: str, org_id: str, choices: ReadingChoices) -> ReadFile:
    tables = tuple(_tables(file, org_id, choices))
    found = format_of(tables[0])
    if found.whole_workbook and choices.sheet is None:
        tables += tuple(_other_sheets(file, tables[0], found, org_id))
    guessed = choices.headings is None and tables[0].headings.line == NO_HEADINGS
    notes = (_NO_HEADINGS,) if guessed and found.read is None else ()
    return ReadFile(
        name=name,
        format=found,
        tables=tables,
        columns=recognise(tables[0]),
        notes=notes,
        chosen_sheet=choices.sheet is not None,
    )


def _tables(file: Upload, org_id: str, choices: ReadingChoices) -> Iterator[Table]:
    """The table of a file; of files of Rasa every part."""
    name, data = file

    def read(said: ReadingChoices) -> Table:
        return read_table(data, name, org_id=org_id, choices=said, known=known_headings())

    table = _with_short_names(read(choices))
    if choices.headings is None and _is_pair_without_headings(table):
        table = read(replace(choices, headings=NO_HEADINGS))
    yield table
    if table.key in (KEY, RESPONSES, RULES) and choices.key is None:
        yield from (read(ReadingChoices(key=key)) for key in table.keys if key != table.key)


def _with_short_names(table: Table) -> Table:
    """The table with its headings as known where they are "q" and "a", which could be cells as well elsewhere."""
    found = recognise(table)
    if table.headings.known or not (found.question and found.answer):
        return table
    return replace(table, headings=replace(table.headings, known=True))


def _other_sheets(file: Upload, first: Table, known: FileFormat, org_id: str) -> Iterator[Table]:
    for sheet in first.sheets[:_SHEETS]:
        if sheet == first.sheet:
            continue
        try:
            table = read_table(
                file[1], file[0], org_id=org_id, choices=ReadingChoices(sheet=sheet), known=known_headings()
            )
        except FileRejected:
            continue  # an empty sheet, or one that is no table
        if known.fits(table):
            yield table


def _is_pair_without_headings(table: Table) -> bool:
    """Whether a table has two columns and no heading that is known: a row too many shows, one that is lost does not."""
    return not table.headings.known and len(table.columns) == 2


def _likeliest(
    files: Sequence[Upload], tables: Sequence[Table], name: str, org_id: str, choices: ReadingChoices
) -> ReadFile:
    """Of the files of an archive that with the most roles, and which were not read."""
    by_name = {table.name: table for table in reversed(tables)}
    best = max(files, key=lambda file: _roles(by_name[file[0]]))
    others = ", ".join(f"“{file}”" for file, _ in files if file != best[0])
    note = f"The file “{best[0]}” of the archive was read. Not read: {others}."
    return replace(_read_one(best, name, org_id, choices), notes=(note,))


def _roles(table: Table) -> tuple[bool, int]:
    roles = {role for role, _ in recognise(table).used()}
    return {"question", "answer"} <= roles, len(roles)


def unsure(found: ReadFile) -> str | None:
    """Why nobody can know which row holds the headings, where that is so and nobody is there to ask."""
    table = found.table
    if table.headings.known or found.is_clear:
        return None
    first = "; ".join(f"line {row.line}: {quoted_cells(row.cells)}" for row in table.headings.top[:3])
    return (
        "No row at the top of the file has headings that are known here. Say in which line the headings stand "
        f"(“headings”; {NO_HEADINGS} when the first row is a question), and name the columns. It begins with {first}."
    )

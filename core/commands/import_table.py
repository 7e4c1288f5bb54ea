"""``python -m core import``: a file of questions and answers becomes one save of a table, or nothing."""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from core.bootstrap import Frontline, frontline
from core.commands.evaluate.person import acting
from core.commands.exits import Ending, Exit
from core.commands.who_arguments import add_org, add_person
from core.errors import FileRejected, FrontlineError, InvalidInput, NotFound
from core.files.table import NO_HEADINGS, ReadingChoices
from core.identity.principal import Principal
from core.plurals import counted
from core.questions.text import shortened
from core.transfer.columns import ROLES
from core.transfer.options import MatchBy, OnMatch, Options
from core.transfer.plan import Outcome, Plan
from core.transfer.reading import ReadFile, unsure
from core.transfer.service import counts_told, note_of, rejected_rows

BAD_ROWS_TOLD = 20
_EPILOG = """\
files: XLSX, CSV, TSV, JSON, YAML, ZIP; also those of QnA Maker, Azure question answering, QnABot, Chatwoot, Dialogflow
and Rasa (nlu.yml and domain.yml together).

exit status: 0 imported, or nothing to import; 2 the command or the file is wrong, or rows cannot be used; 3 the
sign-in, the permission or the database does not allow it. Unless it is 0, nothing was imported.

example:
  python -m core import --org "Northwind Clothing" --file faq.xlsx --preview
"""
_Member = TypeVar("_Member", bound=StrEnum)


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportArguments:
    """What was asked for."""

    org: str
    files: tuple[Path, ...]
    reading: ReadingChoices
    columns: dict[str, str]
    options: Options
    note: str
    preview: bool
    skip_bad_rows: bool
    rejected: Path | None
    person: str | None


def main(given: Sequence[str] | None = None) -> Exit:
    """Run the command, and say with which status it ends."""
    asked = import_arguments(given)
    try:
        return _carried_out(asked)
    except Ending as ending:
        _say(str(ending))
        return ending.status
    except (InvalidInput, FileRejected, NotFound) as error:
        problems = getattr(error, "problems", ())
        _say("\n  ".join(["Nothing was imported:", *(map(str, problems) if problems else [str(error)])]))
        return Exit.WRONG_USE
    except FrontlineError as error:
        _say(f"Nothing was imported. {error}")
        return Exit.CANNOT_RUN


def import_arguments(given: Sequence[str] | None = None) -> ImportArguments:
    """What the command line asks for. Ends the process with status 2 and words where it cannot be understood."""
    read = _parser().parse_args(given)
    return ImportArguments(
        org=read.org,
        files=tuple(read.file),
        reading=ReadingChoices(sheet=read.sheet, key=read.key, headings=read.headings),
        columns=dict(read.column or ()),
        options=Options(
            match_by=read.match_by,
            on_match=read.on_match,
            join_answers=read.join_answers,
            plain_text=read.plain_text,
        ),
        note=read.note,
        preview=read.preview,
        skip_bad_rows=read.skip_bad_rows,
        rejected=read.rejected,
        person=read.person,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m core import",
        description="Imports a file of questions and answers into an organisation's table, as one save.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add_org(add)
    add("--file", required=True, type=Path, nargs="+", metavar="FILE", help="what to import")
    add("--preview", action="store_true", help="only show what each row would do")
    add("--on-match", type=_one_of(OnMatch), default=OnMatch.OVERWRITE, metavar="WHAT", help=_kinds(OnMatch))
    add("--match-by", type=_one_of(MatchBy), default=MatchBy.AUTO, metavar="HOW", help=_kinds(MatchBy))
    add("--join-answers", action="store_true", help="rows with the same answer are one entry with several phrasings")
    add("--plain-text", action="store_true", help="HTML becomes the text that it shows")
    add("--note", default="", help="why, for the history; by default the file's name")
    add("--skip-bad-rows", action="store_true", help="import the others when rows cannot be used")
    add("--rejected", type=Path, metavar="FILE", help="write the rows that cannot be used, with why, as CSV")
    add("--sheet", help="the sheet of a workbook")
    add("--key", help="the list of a JSON or YAML file that holds the rows")
    add("--headings", type=_line, metavar="LINE", help="the line with the headings, or “none”")
    roles = ", ".join(ROLES)
    add("--column", type=_column, nargs="+", action="extend", metavar="ROLE=HEADING", help=f"roles: {roles}")
    add_person(add)
    return parser


def _carried_out(asked: ImportArguments) -> Exit:
    parts = frontline()
    try:
        principal, membership = acting(parts, asked.org, asked.person)
        found = _read(parts, principal, membership.org_id, asked)
        made = parts.transfer.plan(principal, membership.org_id, found, asked.options)
        _tell(asked, found, made)
        if asked.rejected is not None:
            _write(asked.rejected, rejected_rows(made))
        if made.problems:
            raise InvalidInput(made.problems)
        if made.of(Outcome.INVALID) and not asked.skip_bad_rows:
            raise Ending(
                Exit.WRONG_USE, "Nothing was imported. Mend these rows, or leave them out with --skip-bad-rows."
            )
        if asked.preview:
            return Exit.OK
        note = asked.note or note_of(found.name)
        revision = parts.transfer.apply(principal, membership.org_id, made, note=note)
        size = counted(len(made.changes), "entry", "entries")
        _say(f"Imported as revision {revision.number}: {size}." if revision else "The table is the same already.")
        return Exit.OK
    finally:
        parts.stop()


def _read(parts: Frontline, principal: Principal, org_id: str, asked: ImportArguments) -> ReadFile:
    try:
        uploads = [(path.name, path.read_bytes()) for path in asked.files]
    except OSError as error:
        raise Ending(Exit.WRONG_USE, f"{error.filename} cannot be read: {error.strerror}.") from None
    found = parts.transfer.read(principal, org_id, uploads, choices=asked.reading)
    if asked.columns:
        named = {role: column for role, column in asked.columns.items() if role != "alternates"}
        alternates = (asked.columns["alternates"],) if "alternates" in asked.columns else found.columns.alternates
        found = found.with_columns(replace(found.columns, alternates=alternates, **named))
    if words := unsure(found):
        raise FileRejected(words)
    return found


def _tell(asked: ImportArguments, found: ReadFile, made: Plan) -> None:
    """How the file was understood, and with ``--preview`` what each row would do."""
    sheets = [f"{words} Name one with --sheet to import it." for words in (found.unread_sheets,) if words]
    read = f"Read {found.name} as {found.format.words} ({found.how})."
    _say("\n  ".join([read, *sheets, *made.notes, *made.warnings]))
    if asked.preview:
        for row in made.rows:
            entry = row.after or row.before
            number = f" No. {row.before.id}" if row.before else ""
            _print(f"{row.place}: {row.outcome.label}{number}  {shortened(entry.question) if entry else ''}".rstrip())
    _print(counts_told(made))
    invalid = made.of(Outcome.INVALID)
    lines = [f"{row.place}: {row.reason}" for row in invalid[:BAD_ROWS_TOLD]]
    if len(invalid) > BAD_ROWS_TOLD:
        lines.append(f"and {len(invalid) - BAD_ROWS_TOLD:,} more")
    if lines:
        _say("\n  ".join(["These cannot be used:", *lines]))


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise Ending(Exit.CANNOT_RUN, f"{path} cannot be written: {error.strerror}.") from None


def _one_of(kind: type[_Member]) -> Callable[[str], _Member]:
    def member(text: str) -> _Member:
        for one in kind:
            if one.value == text:
                return one
        raise argparse.ArgumentTypeError(f"“{text}” is none of {', '.join(kind)}.")

    return member


def _kinds(kind: type[OnMatch] | type[MatchBy]) -> str:
    what = "of an entry that is there already" if kind is OnMatch else "how a row finds its entry"
    return f"{what}: {', '.join(one.value for one in kind)}"


def _line(text: str) -> int:
    if text.casefold() == "none":
        return NO_HEADINGS
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"“{text}” is no number of a line. Where there are no headings, write none.")
    return int(text)


def _column(text: str) -> tuple[str, str]:
    role, separator, heading = text.partition("=")
    if not separator or not heading or role not in ROLES:
        raise argparse.ArgumentTypeError(f"“{text}”: write ROLE=HEADING, where the role is one of {', '.join(ROLES)}.")
    return role, heading


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)  # noqa: T201 - a command line speaks this way


def _print(words: str) -> None:
    print(words, flush=True)  # noqa: T201 - what the command is for

"""``python -m core export``: an organisation's table as a file of any format that can be imported again."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.bootstrap import frontline
from core.commands.evaluate.person import acting
from core.commands.exits import Ending, Exit
from core.commands.who_arguments import add_org, add_person
from core.errors import FrontlineError, NotFound
from core.plurals import counted
from core.transfer.exporting import FORMATS, format_named
from core.transfer.service import taken

_FORMATS = "\n".join(f"  {key:<16} {one.label}" for key, one in FORMATS.items())
_EPILOG = f"""\
formats:
{_FORMATS}
What a format cannot hold is said on the standard error, beside the file.

exit status: 0 written; 2 the command is wrong; 3 the sign-in, the permission, the database or the
folder does not allow it.

example:
  python -m core export --org "Northwind Clothing" --output faq.xlsx
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportArguments:
    """What was asked for; ``format`` is a key of FORMATS."""

    org: str
    output: Path
    format: str
    revision: int | None
    person: str | None


def main(given: Sequence[str] | None = None) -> Exit:
    """Run the command, and say with which status it ends."""
    asked = export_arguments(given)
    try:
        return _carried_out(asked)
    except Ending as ending:
        _say(str(ending))
        return ending.status
    except NotFound as error:
        _say(str(error))
        return Exit.WRONG_USE
    except FrontlineError as error:
        _say(str(error))
        return Exit.CANNOT_RUN


def export_arguments(given: Sequence[str] | None = None) -> ExportArguments:
    """What the command line asks for. Ends the process with status 2 and words where it cannot be understood."""
    parser = argparse.ArgumentParser(
        prog="python -m core export",
        description="Writes an organisation's questions and answers to a file.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add_org(add)
    add("--output", required=True, type=Path, metavar="FILE", help="the file to write")
    add("--format", choices=FORMATS, metavar="FORMAT", help="one of those below; by default by the file's ending")
    add("--revision", type=int, metavar="NUMBER", help="the revision to write; by default the newest")
    add_person(add)
    read = parser.parse_args(given)
    format_ = read.format or read.output.suffix.lower().removeprefix(".")
    if format_ not in FORMATS:
        parser.error(f"--format is needed, as the ending of {read.output.name} names none.")
    return ExportArguments(org=read.org, output=read.output, format=format_, revision=read.revision, person=read.person)


def _carried_out(asked: ExportArguments) -> Exit:
    parts = frontline()
    try:
        principal, membership = acting(parts, asked.org, asked.person)
        org_id, format_ = membership.org_id, format_named(asked.format)
        newest = parts.questions.newest_revision(principal, org_id)
        if asked.revision is not None and not 1 <= asked.revision <= newest:
            raise NotFound(f"There is no revision {asked.revision} of this table; the newest is {newest}.")
        made = parts.transfer.export(principal, org_id, format_, revision=asked.revision)
        parts.audit.exported(principal, org_id, f"{taken(format_)}, on the command line")
        try:
            asked.output.write_bytes(made.data)
        except OSError as error:
            raise Ending(Exit.CANNOT_RUN, f"{asked.output} cannot be written: {error.strerror}.") from None
        size = counted(made.entries, "entry", "entries")
        _say("\n  ".join([f"Wrote {size} of revision {made.revision} to {asked.output}.", *made.losses]))
        return Exit.OK
    finally:
        parts.stop()


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)  # noqa: T201 - a command line speaks this way

"""The command line: what may be asked for, and the words of ``--help``."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.commands.evaluate.bounds import Bound, bound
from core.commands.evaluate.labels import label_said
from core.commands.who_arguments import add_org, add_person
from core.datasets.columns import ROLES, ExpectedKind
from core.datasets.labels import Label
from core.files.table import NO_HEADINGS, ReadingChoices
from core.report.figures import NAMES, RATES

LAST = "last"
FILES = ("csv", "xlsx", "junit", "html", "json")
_SHARES = "\n".join(
    f"  {name:<22} {verdict.label}, of the {verdict.counting.of.words}" for name, verdict in RATES.items()
)
_EPILOG = f"""\
figures, from 0 to 1:
{_SHARES}
  {", ".join(name for name in NAMES if name not in RATES)}.
A bound is on the figure itself; write accuracy.low for the low end of its 95 % interval, failed.high for a high end.

exit status: 0 all questions were run and every bound is kept; 1 a bound is missed, or the run ended early; 2 the
command or the file is wrong; 3 it cannot be run (sign-in, permission, engine, database, spending limit).

who acts: with PropelAuth whoever FRONTLINE_TOKEN (an API key or an access token) belongs to; with the demo sign-in a
demo person, by default an owner of the organisation. Their permission to run evaluations is needed.
The settings are the server's own: the same environment variables, the same database.

example:
  python -m core evaluate --org "Northwind Clothing" --dataset faq.csv --baseline last \\
      --fail-under accuracy=0.9 --fail-over wrong_answers=0.02 --junit results.xml --html report.html
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Arguments:
    """What was asked for. ``outputs`` are the files to write, by kind."""

    org: str
    dataset: Path
    reading: ReadingChoices
    columns: dict[str, str]
    expected_kind: ExpectedKind | None
    labels: dict[str, Label]
    name: str
    bypass_cache: bool
    skip_bad_rows: bool
    baseline: str | None
    fail_if_worse: bool
    bounds: tuple[Bound, ...]
    outputs: dict[str, Path]
    timeout: float | None
    person: str | None


def arguments(given: Sequence[str] | None = None) -> Arguments:
    """What the command line asks for. Ends the process with status 2 and words where it cannot be understood."""
    parser = _parser()
    read = parser.parse_args(given)
    if read.fail_if_worse and not read.baseline:
        parser.error("--fail-if-worse needs --baseline: the run to compare with.")
    outputs = {kind: path for kind in FILES if (path := getattr(read, kind)) is not None}
    for kind, path in outputs.items():
        if not path.absolute().parent.is_dir():
            parser.error(f"--{kind}: there is no folder {path.absolute().parent}.")
    return Arguments(
        org=read.org,
        dataset=read.dataset,
        reading=ReadingChoices(sheet=read.sheet, key=read.key, headings=read.headings),
        columns=dict(read.column or ()),
        expected_kind=read.expected_kind,
        labels=dict(read.label or ()),
        name=read.name or read.dataset.name,
        bypass_cache=read.bypass_cache,
        skip_bad_rows=read.skip_bad_rows,
        baseline=read.baseline,
        fail_if_worse=read.fail_if_worse,
        bounds=(*(read.fail_under or ()), *(read.fail_over or ())),
        outputs=outputs,
        timeout=read.timeout,
        person=read.person,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m core evaluate",
        description="Runs the test questions of a file against an organisation's answers, and says how good they are.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add_org(add)
    add("--dataset", required=True, type=Path, metavar="FILE", help="test questions: CSV, XLSX, JSON, YAML")
    add("--sheet", help="the sheet of a workbook; by default the first with known headings, else with a table")
    add("--key", help="the list of a JSON or YAML file, such as tests or assets.utterances; by default the likeliest")
    add("--headings", type=_line, metavar="LINE", help="the line with the headings, or “none”; by default it is found")
    roles, kinds = ", ".join(ROLES), ", ".join(ExpectedKind)
    add("--column", type=_column, nargs="+", action="extend", metavar="ROLE=HEADING", help=f"roles: {roles}")
    add("--expected-kind", type=_kind, metavar="KIND", help=f"what the column expected holds: {kinds}")
    means = "what a label means that is no stored text: the number of an entry, person, or none"
    add("--label", type=_label, nargs="+", action="extend", metavar="LABEL=MEANING", help=means)
    add("--name", default="", help="of the evaluation; by default the file's")
    add("--bypass-cache", "--anew", action="store_true", help="take no kept replies of a model server")
    add("--skip-bad-rows", action="store_true", help="go on without the rows that cannot be run")
    add("--baseline", metavar="RUN", help=f"compare with this evaluation: its id, or “{LAST}” of the same name")
    add("--fail-if-worse", action="store_true", help="status 1 when it is worse than the baseline beyond chance")
    add("--fail-under", type=_least, nargs="+", action="extend", metavar="FIGURE=RATE", help="such as accuracy=0.9")
    add("--fail-over", type=_most, nargs="+", action="extend", metavar="FIGURE=RATE", help="such as failed=0.01")
    for kind in FILES:
        add(f"--{kind}", type=Path, metavar="FILE", help=f"write {_WRITES[kind]} to this file")
    add("--timeout", type=_seconds, metavar="SECONDS", help="cancel the run after this time")
    add_person(add)
    return parser


_WRITES = {
    "csv": "every row",
    "xlsx": "rows, metrics and settings",
    "junit": "JUnit XML, for build servers,",
    "html": "a report in plain words",
    "json": "the figures",
}


def _column(text: str) -> tuple[str, str]:
    role, separator, heading = text.partition("=")
    if not separator or not heading or role not in ROLES:
        raise argparse.ArgumentTypeError(f"“{text}”: write ROLE=HEADING, where the role is one of {', '.join(ROLES)}.")
    return role, heading


def _line(text: str) -> int:
    if text.casefold() == "none":
        return NO_HEADINGS
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"“{text}” is no number of a line. Where there are no headings, write none.")
    return int(text)


def _label(text: str) -> tuple[str, Label]:
    try:
        return label_said(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _kind(text: str) -> ExpectedKind:
    for kind in ExpectedKind:
        if kind.value == text:
            return kind
    raise argparse.ArgumentTypeError(f"“{text}” is none of {', '.join(ExpectedKind)}.")


def _least(text: str) -> Bound:
    return _bound(text, least=True)


def _most(text: str) -> Bound:
    return _bound(text, least=False)


def _bound(text: str, *, least: bool) -> Bound:
    try:
        return bound(text, least=least)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"“{text}” is no number of seconds.")
    return seconds

"""The command line: what may be asked for, and the words of ``--help``."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.commands.who_arguments import add_org, add_person

STANDARD_OUTPUT = "-"

_EPILOG = """\
what is looked for:
  collisions       phrasings that another entry would win if they were not stored, entries easily taken for each other
  same             the same question twice
  texts            dates in the past, instructions to a model, links of http or to nowhere, in the entries that are on
  single           entries with a single phrasing
What people chose to ignore on the page Health counts nowhere.

exit status: 0 nothing is found that was asked to fail on; 1 something is; 2 the command is wrong; 3 it cannot be run
(sign-in, permission, database; or the built-in engine's model is missing and a bound needs it).

example:
  python -m core check --org "Northwind Clothing" --fail-on collisions same --max-wrong 0.05 --json health.json
"""


class FindingKind(StrEnum):
    """What ``--fail-on`` may name."""

    COLLISIONS = "collisions"
    SAME = "same"
    TEXTS = "texts"
    SINGLE = "single"


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckArguments:
    """What was asked for. ``max_wrong`` and ``max_to_person`` are shares, ``json`` a file or STANDARD_OUTPUT."""

    org: str
    person: str | None
    fail_on: frozenset[FindingKind]
    max_wrong: float | None
    max_to_person: float | None
    json: Path | None
    whole: bool

    @property
    def needs_the_engine(self) -> bool:
        """Whether a bound cannot be judged without it."""
        return FindingKind.COLLISIONS in self.fail_on or self.max_wrong is not None or self.max_to_person is not None


def arguments(given: Sequence[str] | None = None) -> CheckArguments:
    """What the command line asks for. Ends the process with status 2 and words where it cannot be understood."""
    parser = argparse.ArgumentParser(
        prog="python -m core check",
        description="Says what is doubtful about an organisation's questions and answers, without test questions.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add_org(add)
    kinds = [kind.value for kind in FindingKind]
    add("--fail-on", nargs="+", action="extend", choices=kinds, default=[], metavar="KIND", help=", ".join(kinds))
    left_out = "of the known phrasings, each left out in turn, at most this share may"
    add("--max-wrong", type=_share, metavar="SHARE", help=f"{left_out} get another entry's answer, such as 0.05")
    add("--max-to-person", type=_share, metavar="SHARE", help=f"{left_out} go to a person")
    add("--json", type=Path, metavar="FILE", help="write all findings to this file; - for the standard output")
    add("--all", action="store_true", help="tell every finding, not the worst 20 of each kind")
    add_person(add)
    read = parser.parse_args(given)
    if read.json is not None and str(read.json) != STANDARD_OUTPUT and not read.json.absolute().parent.is_dir():
        parser.error(f"--json: there is no folder {read.json.absolute().parent}.")
    return CheckArguments(
        org=read.org,
        person=read.person,
        fail_on=frozenset(map(FindingKind, read.fail_on)),
        max_wrong=read.max_wrong,
        max_to_person=read.max_to_person,
        json=read.json,
        whole=read.all,
    )


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"“{text}” is no share: write a number from 0 to 1, such as 0.05.")
    return share

"""Runs the command, and ends with the statuses of ``core.commands.exits.Exit``."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from core.bootstrap import frontline
from core.commands.check.arguments import STANDARD_OUTPUT, CheckArguments, FindingKind, arguments
from core.commands.check.outputs import as_json, summary
from core.commands.evaluate.person import acting
from core.commands.exits import Ending, Exit
from core.engines.semantic.left_out import Stage
from core.errors import EngineUnavailable, FrontlineError
from core.health.findings import HealthReport

TELL_EVERY_SECONDS = 5.0


def main(given: Sequence[str] | None = None) -> Exit:
    """Run the command, and say with which status it ends."""
    asked = arguments(given)
    try:
        return _carried_out(asked)
    except Ending as ending:
        _say(str(ending))
        return ending.status
    except FrontlineError as error:
        _say(str(error))
        return Exit.CANNOT_RUN
    except KeyboardInterrupt:
        _say("Interrupted.")
        return Exit.BELOW


def _carried_out(asked: CheckArguments) -> Exit:
    parts = frontline()
    try:
        principal, membership = acting(parts, asked.org, asked.person)
        health, org_id = parts.table_health, membership.org_id
        revision = parts.questions.newest_revision(principal, org_id)
        try:
            report = health.report(principal, org_id, _progress())
        except EngineUnavailable as error:
            _say(f"Only texts were looked at. {error}")
            report = health.texts(principal, org_id)
        _tell(asked, report, revision)
        if report.found is None and asked.needs_the_engine:
            return Exit.CANNOT_RUN
        missed = list(_missed(asked, report))
        for words in missed:
            _say(f"MISSED {words}")
        return Exit.BELOW if missed else Exit.OK
    finally:
        parts.stop()


def _tell(asked: CheckArguments, report: HealthReport, revision: int) -> None:
    content = json.dumps(as_json(report, revision), ensure_ascii=False, indent=2)
    if asked.json == Path(STANDARD_OUTPUT):
        print(content, flush=True)  # noqa: T201 - what the command is for
        return
    print(summary(report, whole=asked.whole), flush=True)  # noqa: T201 - what the command is for
    if asked.json is not None:
        try:
            asked.json.write_text(content + "\n", encoding="utf-8")
        except OSError as error:
            raise Ending(Exit.CANNOT_RUN, f"{asked.json} cannot be written: {error.strerror}.") from None


def _missed(asked: CheckArguments, report: HealthReport) -> Iterator[str]:
    """The bounds that are missed, in words."""
    counts = {
        FindingKind.COLLISIONS: report.collisions,
        FindingKind.SAME: len(report.texts.same),
        FindingKind.TEXTS: len(report.texts.doubtful),
        FindingKind.SINGLE: len(report.texts.single),
    }
    for kind in FindingKind:
        if kind in asked.fail_on and counts[kind]:
            yield f"--fail-on {kind.value}: {counts[kind]:,} found"
    if report.found is not None and (of := report.found.left_out.asked):
        left_out = report.found.left_out
        for name, most, count in (
            ("--max-wrong", asked.max_wrong, left_out.wrong),
            ("--max-to-person", asked.max_to_person, left_out.to_a_person),
        ):
            if most is not None and count / of > most:
                yield f"{name}: {count / of:.4f} ({count:,} of {of:,}), at most {most:g} wanted"


def _progress() -> Callable[[Stage, int, int], None]:
    told = time.monotonic()

    def progress(stage: Stage, done: int, of: int) -> None:
        nonlocal told
        if time.monotonic() - told >= TELL_EVERY_SECONDS:
            told = time.monotonic()
            _say(f"{stage.value}: {done:,} of {of:,}")

    return progress


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)  # noqa: T201 - a command line speaks this way

"""Runs the command, and ends with the statuses of ``core.commands.exits.Exit``."""

import signal
from collections.abc import Sequence
from types import FrameType

from core.bootstrap import frontline
from core.commands.evaluate.arguments import Arguments, arguments
from core.commands.evaluate.bounds import checked
from core.commands.evaluate.job import Job, refused, say
from core.commands.evaluate.outputs import report_of, summary, write
from core.commands.evaluate.person import acting
from core.commands.exits import Ending, Exit
from core.errors import FileRejected, FrontlineError, InvalidInput, NotFound
from core.plurals import counted
from core.report.figures import figures
from core.report.report import Report
from core.runs.ledger import Run, Status
from core.statistics.conclusion import Conclusion


def main(given: Sequence[str] | None = None) -> Exit:
    """Run the command, and say with which status it ends."""
    asked = arguments(given)
    signal.signal(signal.SIGTERM, _interrupted)
    try:
        return _carried_out(asked)
    except Ending as ending:
        say(str(ending))
        return ending.status
    except (InvalidInput, FileRejected, NotFound) as error:
        say(refused(error))
        return Exit.WRONG_USE
    except FrontlineError as error:
        say(refused(error))
        return Exit.CANNOT_RUN
    except KeyboardInterrupt:
        say("Interrupted.")
        return Exit.BELOW


def _carried_out(asked: Arguments) -> Exit:
    parts = frontline()
    try:
        principal, membership = acting(parts, asked.org, asked.person)
        job = Job(parts=parts, asked=asked, principal=principal, membership=membership)
        baseline = job.baseline()  # before the run: the last one of this name is not this one
        run = job.start()
        say(f"Running {counted(run.total, 'question')} of {membership.org_name}: evaluation {run.run_id}")
        run = job.wait(run)
        if run.status is not Status.DONE:
            say(f"It ended after {run.finished:,} of {run.total:,} questions. {run.reason}".rstrip())
        return _judged(job, run, baseline) if run.finished else _nothing_ran(run)
    finally:
        parts.stop()


def _judged(job: Job, run: Run, baseline: Run | None) -> Exit:
    """Files, summary, and whether all is as it was asked for."""
    report = report_of(job, run, baseline)
    found = figures(report.analysis)
    bounds = checked(job.asked.bounds, found)
    print(summary(report, found, bounds), flush=True)  # noqa: T201 - what the command is for
    if job.asked.baseline and baseline is None:
        say(f"There is no earlier evaluation named {job.asked.name}, so it was compared with nothing.")
    write(job, report)
    kept = all(one for _, _, one in bounds) and not (job.asked.fail_if_worse and _is_worse(report))
    return Exit.OK if kept and run.status is Status.DONE else Exit.BELOW


def _is_worse(report: Report) -> bool:
    return report.against is not None and report.against.comparison.ruling is Conclusion.WORSE


def _nothing_ran(run: Run) -> Exit:
    """A run that Frontline stopped at its first question could not be run at all: no engine, no permission."""
    return Exit.CANNOT_RUN if run.status is Status.STOPPED else Exit.BELOW


def _interrupted(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt

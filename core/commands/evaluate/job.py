"""The run itself: read the file, start, wait for the end, cancel when nobody waits any more."""

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType

from core.bootstrap import Frontline
from core.commands.evaluate.arguments import LAST, Arguments
from core.commands.evaluate.labels import nothing_labelled, open_labels
from core.commands.exits import Ending, Exit
from core.datasets.columns import ROLES
from core.datasets.formats.recognised import RecognisedFile
from core.datasets.preview import Preview
from core.datasets.understanding import Understanding
from core.errors import FrontlineError
from core.files.messages import how_read
from core.identity.principal import Membership, Principal
from core.plurals import counted
from core.runs.ledger import Run

LOOK_EVERY_SECONDS = 0.5
TELL_EVERY_SECONDS = 10.0
CANCEL_PATIENCE_SECONDS = 30.0
BAD_ROWS_TOLD = 50


@dataclass(frozen=True, kw_only=True)
class Job:
    """One call of the command: what was asked for, by whom, of which org."""

    parts: Frontline
    asked: Arguments
    principal: Principal
    membership: Membership

    @property
    def org_id(self) -> str:
        """The org that is worked on."""
        return self.membership.org_id

    def baseline(self) -> Run | None:
        """The run to compare with; None where none is asked for, or there is no earlier one of this name.

        Raises NotFound for an id that the org does not have, Ending for a run that has not ended.
        """
        wanted, runs = self.asked.baseline, self.parts.runs
        if wanted is None:
            return None
        if wanted == LAST:
            earlier = runs.listed(self.principal, self.org_id)
            fitting = (run for run in earlier if run.name == self.asked.name and not run.active and run.finished)
            return next(fitting, None)
        run = runs.run(self.principal, self.org_id, wanted)
        if run.active or not run.finished:
            raise Ending(Exit.WRONG_USE, f"The evaluation {wanted} has not ended, so nothing can be compared with it.")
        return run

    def start(self) -> Run:
        """Begin the run. Raises Ending for a file with rows that cannot be run, FrontlineError for one without any."""
        intake, asked = self.parts.intake, self.asked
        try:
            data = asked.dataset.read_bytes()
        except OSError as error:
            raise Ending(Exit.WRONG_USE, f"{asked.dataset} cannot be read: {error.strerror}.") from None
        found, before = intake.read_unasked(
            self.principal,
            self.org_id,
            data,
            asked.dataset.name,
            name=asked.name,
            choices=asked.reading,
            columns=asked.columns,
            expected_kind=asked.expected_kind,
        )
        say(_how_understood(found))
        said = before.then(Understanding(labels=asked.labels))
        ready = intake.check(self.principal, self.org_id, found, said, name=asked.name)
        self._tell_bad_rows(ready.preview)
        return intake.start(self.principal, self.org_id, ready, bypass_cache=asked.bypass_cache)

    def wait(self, run: Run) -> Run:
        """The run when it has ended. It is cancelled when the time is over, or the command is interrupted."""
        with _interruptions() as interrupted:
            self.parts.start()
            began = told = time.monotonic()
            while (run := self._now(run)).active:
                moment = time.monotonic()
                if self.asked.timeout is not None and moment - began > self.asked.timeout:
                    say(f"Not finished after {self.asked.timeout:g} seconds: cancelled.")
                    break
                if moment - told >= TELL_EVERY_SECONDS:
                    told = moment
                    say(f"{run.finished:,} of {run.total:,} questions")
                if interrupted.wait(LOOK_EVERY_SECONDS):
                    say("Interrupted: the run is cancelled.")
                    break
        return self._cancelled(run) if run.active else run

    def _now(self, run: Run) -> Run:
        return self.parts.runs.run(self.principal, self.org_id, run.run_id)

    def _cancelled(self, run: Run) -> Run:
        self.parts.runs.cancel(self.principal, self.org_id, run.run_id)
        until = time.monotonic() + CANCEL_PATIENCE_SECONDS
        while (run := self._now(run)).active and time.monotonic() < until:
            time.sleep(LOOK_EVERY_SECONDS)
        return run

    def _tell_bad_rows(self, preview: Preview) -> None:
        if preview.good and (words := nothing_labelled(preview)):
            say(words)
        if not preview.bad:
            return
        guessed = self.parts.runs.guess_labels(self.principal, self.org_id, preview)
        lines = [f"line {row.line}: {row.reason}" for row in guessed.left_out[:BAD_ROWS_TOLD]]
        if len(preview.bad) > BAD_ROWS_TOLD:
            lines.append(f"and {len(preview.bad) - BAD_ROWS_TOLD:,} more")
        told = f"{len(preview.bad):,} of {len(preview.bad) + len(preview.good):,} rows cannot be run:"
        words = "\n".join(["\n  ".join([told, *lines]), *open_labels(guessed)])
        if not self.asked.skip_bad_rows:
            raise Ending(Exit.WRONG_USE, f"{words}\nFix them, or leave them out with --skip-bad-rows.")
        say(f"{words}\nThey are left out.")


@contextlib.contextmanager
def _interruptions() -> Iterator[threading.Event]:
    """An event that is set when somebody wants this process to end, once; the second time it ends as it did before.

    An exception, raised wherever the process is at that moment, can get lost: some libraries catch all while they put
    a connection back.
    """
    event = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def put_back() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        event.set()
        put_back()

    for number in before:
        signal.signal(number, interrupt)
    try:
        yield event
    finally:
        put_back()


def say(words: str) -> None:
    """A word on how it goes: beside the results, which go to the standard output."""
    print(words, file=sys.stderr, flush=True)  # noqa: T201 - a command line speaks this way


def _how_understood(found: RecognisedFile) -> str:
    """What was taken for what, a line each: format, sheet, headings, columns, and what there is to know of it."""
    mapping = found.mapping
    columns = [f"{ROLES[role].lower()}: “{column}”" for role, column in mapping.columns().items()]
    if mapping.expected:
        columns.append(f"expected is {mapping.expected_kind.label.lower()}")
    rows = counted(len(found.table.rows) + len(found.table.problems), "row")
    read = f"Read {found.table.name} as {found.words}: {rows} ({how_read(found.table)})."
    notes = [*found.table.notes, *found.remarks]
    return "\n  ".join([read, f"Columns: {', '.join(columns) or 'none recognised'}", *notes])


def refused(error: FrontlineError) -> str:
    """The error's words, each problem on a line of its own."""
    problems = getattr(error, "problems", ())
    return "\n  ".join(["This cannot be run:", *map(str, problems)]) if problems else str(error)

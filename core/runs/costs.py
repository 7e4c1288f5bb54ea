"""What a run takes of its org's month: set aside before, booked as its rows finish, given back at the end."""

import time
from collections.abc import Sequence
from dataclasses import replace

from core.engines.protocol import Engine
from core.questions.entry import Published
from core.questions.policy import ModelSettings
from core.questions.store import QuestionStore
from core.runs.ledger import FinishedRow, Run, reservation_of
from core.spending.service import Spending
from core.usage import NOTHING, Usage

LIMITS_EVERY_SECONDS = 30.0
OVER_LIMIT = (
    "The organisation’s spending limit of this month is reached. What is finished is kept; an owner can raise the "
    "limit in Settings."
)


class RunCosts:
    """The books of one run that a worker has in hand."""

    def __init__(self, run: Run, *, spending: Spending, questions: QuestionStore, engine: Engine) -> None:
        self._run = run
        self._spending = spending
        self._questions = questions
        self._engine = engine
        self._guess = NOTHING
        self._limits_read = -LIMITS_EVERY_SECONDS
        self._settings = run.policy.model

    def begin(self, sample: Sequence[str], published: Published) -> None:
        """Set aside anew what the rows that are left may take, going by a sample of their questions.

        Raises LimitReached when the month has no room for them.
        """
        if self._engine.endpoint is None or not sample:
            return
        self._guess = shared_out(self._engine.expected(sample, published).usage, len(sample))
        left = self._run.total - self._run.finished
        set_aside(self._spending, self._run, settings=self._limits(), engine=self._engine, guess=self._guess, rows=left)

    def priced(self, row: FinishedRow) -> FinishedRow:
        """The row with what it cost; nothing is said of one that asked no server, or took a kept reply."""
        endpoint = self._engine.endpoint
        if endpoint is None or row.reused or row.usage == NOTHING:
            return row
        cost = self._spending.cost(endpoint, row.usage, mode=row.mode)
        return row if cost is None else replace(row, nano_usd=cost)

    def book(self, rows: Sequence[FinishedRow]) -> bool:
        """Book what these rows took, and say whether the month has no room for more.

        Before they are written: what is asked twice after a crash is paid twice too.
        """
        over = False
        for mode in {row.mode for row in rows if _was_paid(row)}:
            usages = [row.usage for row in rows if row.mode == mode and _was_paid(row)]
            settled = self._spending.settle(
                self._run.org_id,
                self._limits(),
                reservation_of(self._run.run_id),
                self._engine.endpoint,
                usages,
                calls=len(usages),
                guess=self._guess,
                mode=mode,
            )
            over = over or settled.over
        return over

    def _limits(self) -> ModelSettings:
        """The newest settings: an owner may have changed the limit while the run goes on."""
        if time.monotonic() - self._limits_read > LIMITS_EVERY_SECONDS:
            self._settings = self._questions.policy(self._run.org_id).model
            self._limits_read = time.monotonic()
        return self._settings


def set_aside(
    spending: Spending, run: Run, *, settings: ModelSettings, engine: Engine, guess: Usage, rows: int
) -> None:
    """Set aside what so many rows of a run may take, ``guess`` each, in place of what the run had.

    Raises LimitReached when the month has no room for them.
    """
    whole = Usage(sent=(guess.sent or 0) * rows, received=(guess.received or 0) * rows)
    spending.reserve(
        run.org_id,
        settings,
        engine.endpoint,
        whole,
        reservation_id=reservation_of(run.run_id),
        lasts=None,
        calls=max(1, rows),
    )


def shared_out(whole: Usage, calls: int) -> Usage:
    """What one of many calls takes, rounded up.

    >>> shared_out(Usage(sent=10, received=3), 3)
    Usage(sent=4, received=1, cached=None, cache_written=None)
    """
    return Usage(sent=-(-(whole.sent or 0) // calls), received=-(-(whole.received or 0) // calls))


def _was_paid(row: FinishedRow) -> bool:
    """Whether a server may have counted the row: not a kept reply, nor a call that failed before it was answered."""
    return not row.reused and (row.mode is not None or row.usage != NOTHING)

"""The words of the ledger: a run, its rows, and what is asked of the storage that keeps them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import pandas as pd

from core.evaluation.dataset import Label, TestRow
from core.evaluation.outcomes import Verdict
from core.questions.policy import Policy
from core.runs.took import Took
from core.usage import NOTHING, Usage


class Status(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    """Waits for a worker."""
    RUNNING = "running"
    """A worker answers its rows."""
    CANCELLING = "cancelling"
    """Somebody cancelled it; its worker has not noticed yet."""
    CANCELLED = "cancelled"
    """Ended by a person before its last row."""
    DONE = "done"
    """Every row is finished."""
    STOPPED = "stopped"
    """Ended by Frontline before its last row; the run's reason says why."""


ACTIVE = (Status.QUEUED, Status.RUNNING, Status.CANCELLING)


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One batch of test questions against one revision. ``finished`` of ``total`` rows have their verdict.

    ``anew`` says that no reply of an earlier call is taken.
    """

    org_id: str
    run_id: str
    name: str
    revision: int
    policy: Policy
    engine: str
    engine_version: str
    author_id: str
    author: str
    created_at: datetime
    total: int
    anew: bool = False
    finished: int = 0
    status: Status = Status.QUEUED
    reason: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def active(self) -> bool:
        """Whether rows may still be finished."""
        return self.status in ACTIVE


@dataclass(frozen=True, kw_only=True, slots=True)
class PendingRow:
    """A row that waits for its verdict; ``row`` counts from 0 in the order of the file."""

    row: int
    question: str
    label: Label


@dataclass(frozen=True, kw_only=True, slots=True)
class FinishedRow:
    """The verdict on one row and why: the entry given, the nearest entry with its phrasing, the engine's figures.

    ``usage`` is what the server counted, ``way`` how it was asked, None where it was not, and ``nano_usd`` what that
    cost, None when nobody knows; nothing was spent when the reply was ``reused``. ``offered`` says whether a shortlist
    held an expected entry, None where there was none.
    """

    row: int
    verdict: Verdict
    given_id: int | None
    best_id: int | None
    phrasing: str | None
    score: float | None
    confidence: float | None
    seconds: float
    reason: str | None
    usage: Usage = NOTHING
    way: str | None = None
    nano_usd: int | None = None
    reused: bool = False
    offered: bool | None = None


class RunStore(Protocol):
    """The ledger of all orgs' runs."""

    def create(self, run: Run, rows: Sequence[TestRow]) -> None:
        """Keep a new run with all its rows, or nothing of it."""

    def run(self, org_id: str, run_id: str) -> Run | None:
        """One run of this org."""

    def runs(self, org_id: str, limit: int) -> list[Run]:
        """The newest runs of this org, newest first."""

    def cancel(self, org_id: str, run_id: str, at: datetime) -> None:
        """Ask for the end of an active run; an ended one stays as it is."""

    def claim(self, worker: str, at: datetime, silent_since: datetime) -> Run | None:
        """Take one run that waits, or whose worker was silent since then; exactly one worker gets it."""

    def pending(self, run: Run, after_row: int, limit: int) -> list[PendingRow]:
        """Rows without a verdict, in order."""

    def finish_rows(self, run: Run, worker: str, rows: Iterable[FinishedRow], at: datetime) -> Status | None:
        """Keep verdicts and give a sign of life; the run's status now, None when another worker has it."""

    def end(self, run: Run, worker: str, status: Status, at: datetime, reason: str = "") -> None:
        """End a run that this worker has."""

    def release(self, run: Run, worker: str) -> None:
        """Give a run back unfinished, so that another worker takes it at once."""

    def counts(self, org_id: str, run_id: str) -> dict[tuple[str, Verdict], int]:
        """How many finished rows have each (label kind, verdict)."""

    def took(self, org_id: str, run_id: str) -> Took:
        """What the finished rows took of a model server."""

    def rows(self, org_id: str, run_id: str) -> pd.DataFrame:
        """Every row of a run, finished or not, in the order of the file; columns as in the ledger."""

"""The words of the ledger: a run, its rows, and what is asked of the storage that keeps them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import pandas as pd

from core.datasets.dataset import TestQuestion
from core.questions.policy import Policy
from core.runs.run_usage import RunUsage
from core.statistics.verdict import Verdict
from core.usage import NOTHING, Usage


class Status(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    """Waits for a process that answers its rows, or for the end of an earlier run of its org."""
    RUNNING = "running"
    """Its rows are answered."""
    PAUSING = "pausing"
    """Somebody paused it; calls in flight still end."""
    PAUSED = "paused"
    """Waits until somebody resumes it."""
    CANCELLING = "cancelling"
    """Somebody cancelled it; calls in flight still end."""
    CANCELLED = "cancelled"
    """Ended by a person before its last row."""
    DONE = "done"
    """Every row is finished."""
    STOPPED = "stopped"
    """Ended by Frontline before its last row; the run's reason says why."""


@dataclass(frozen=True, slots=True)
class DatasetRef:
    """A version of a kept dataset."""

    dataset_id: str
    version: int


GOING_ON = (Status.QUEUED, Status.RUNNING)
"""New calls may start."""
DRAINING = (Status.PAUSING, Status.CANCELLING)
"""Calls in flight end, and none starts."""
ACTIVE = (*GOING_ON, *DRAINING, Status.PAUSED)
"""Not ended."""
CHUNK_ROWS = 100
MOST_CHUNKS = 200
"""Processes take pending rows from the queue in chunks of 100, and of more where it would hold more chunks than this:
each one costs the queue as much as it costs the built-in engine to answer ten rows."""


def chunk_rows(total: int, pending: int) -> int:
    """How many rows of a run's file one chunk spans, when so many of them are pending.

    >>> chunk_rows(700, 700), chunk_rows(700, 7), chunk_rows(100_000, 100_000), chunk_rows(100_000, 40_000)
    (100, 10000, 500, 500)
    """
    return max(CHUNK_ROWS, -(-pending // MOST_CHUNKS)) * total // max(1, pending)


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One batch of test questions against one revision. ``finished`` of ``total`` rows have their verdict.

    ``bypass_cache`` says that no reply of an earlier call is taken. ``dataset_id`` and ``dataset_version`` name the
    kept dataset that its rows came from, None for those of a file. ``attempt`` counts how often it began to go on: at
    its start, after each pause, for its failed rows. Since ``going_since`` it goes on without a break;
    ``finished_before`` of its rows were finished then.
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
    bypass_cache: bool = False
    finished: int = 0
    status: Status = Status.QUEUED
    reason: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    dataset_id: str | None = None
    dataset_version: int | None = None
    attempt: int = 1
    going_since: datetime | None = None
    finished_before: int = 0

    @property
    def active(self) -> bool:
        """Whether rows may still be finished."""
        return self.status in ACTIVE


@dataclass(frozen=True, slots=True)
class Measured:
    """The ended runs of one engine, newest first, how many of their rows are finished, and when the last one ended."""

    run_ids: tuple[str, ...]
    finished: int
    ended_at: datetime | None


def reservation_of(run_id: str) -> str:
    """The name of what is set aside for a run."""
    return f"run {run_id}"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of one attempt of a run, which are taken from the queue together: ``number`` counts from 0."""

    org_id: str
    run_id: str
    attempt: int
    number: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is now."""

    status: Status
    attempt: int
    finished: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PendingRow:
    """A row that waits for its verdict; ``row`` counts from 0 in the order of the file."""

    row: int
    content: TestQuestion


@dataclass(frozen=True, kw_only=True, slots=True)
class FinishedRow:
    """The verdict on one row and why: the entry given, the nearest entry with its phrasing, the engine's figures.

    ``usage`` is what the server counted, ``mode`` how it was asked, None where it was not, and ``nano_usd`` what that
    cost, None when nobody knows; nothing was spent when the reply was ``reused``. ``offered`` says whether a shortlist
    held an expected entry, None where there was none; ``doubtful`` whether a model had to be asked, None where none
    decides only doubtful questions.
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
    mode: str | None = None
    nano_usd: int | None = None
    reused: bool = False
    offered: bool | None = None
    doubtful: bool | None = None


class RunStore(Protocol):
    """The runs of all orgs as people see and steer them."""

    def create(self, run: Run, rows: Sequence[TestQuestion]) -> None:
        """Keep a new run with all its rows, or nothing of it; nothing also where the org has a run of this id."""

    def create_again(self, run: Run, of_run: str) -> None:
        """Keep a new run with the rows of another one of its org, none of them finished."""

    def run(self, org_id: str, run_id: str) -> Run | None:
        """One run of this org."""

    def runs(self, org_id: str, limit: int) -> list[Run]:
        """The newest runs of this org, newest first."""

    def pause(self, org_id: str, run_id: str) -> bool:
        """Let no new call of a run that goes on begin; False for one that does not."""

    def resume(self, org_id: str, run_id: str) -> bool:
        """Let a paused or stopped run go on; False for any other, and while calls of it are still in flight."""

    def retry_failed(self, org_id: str, run_id: str) -> int:
        """Take the verdicts of the failed rows of a run that is done away, and let it go on; how many rows."""

    def cancel(self, org_id: str, run_id: str, at: datetime) -> None:
        """Ask for the end of an active run; one of which no call is in flight ends at once, an ended one stays so."""

    def pending_questions(self, org_id: str, run_id: str, limit: int) -> list[str]:
        """The questions of the first rows without a verdict, in order."""

    def questions(self, org_id: str, run_id: str, limit: int) -> list[str]:
        """The first questions of a run, in order."""

    def failed(self, org_id: str, run_id: str, limit: int) -> list[str]:
        """The questions of the first rows whose call failed."""

    def counts(self, org_id: str, run_id: str) -> dict[tuple[str, Verdict], int]:
        """How many finished rows have each (label kind, verdict)."""

    def took(self, org_id: str, run_id: str) -> RunUsage:
        """What the finished rows took of a model server."""

    def dataset_name(self, org_id: str, dataset_id: str) -> str:
        """What the kept test questions of a run are called now; "" for none of this org."""

    def measured(self, org_id: str, engine_version: str) -> Measured:
        """Which runs of this org say something of this engine's confidence."""

    def confidences(self, org_id: str, run_id: str, limit: int) -> list[tuple[str, float, bool]]:
        """The first questions of a run with a label and a confidence: the question, the confidence (0 to 1) of the
        nearest entry, and whether that one is right."""

    def test_questions(self, org_id: str, run_id: str) -> list[TestQuestion]:
        """What every row of a run says, as its file or its dataset gave it, in order."""

    def rows(self, org_id: str, run_id: str) -> pd.DataFrame:
        """Every row of a run, finished or not, in the order of the file; columns as in the ledger."""


class WorkStore(Protocol):
    """The runs of all orgs as the processes see them that answer their rows; each has an executor id of its own."""

    def has_work(self) -> bool:
        """Whether any run goes on or drains."""

    def not_enqueued(self) -> list[Run]:
        """Runs that should go on, whose chunks are not on the queue yet, the oldest first."""

    def on_queue(self) -> Mapping[str, int]:
        """How many runs of each org should go on and are on the queue."""

    def chunks(self, run: Run) -> list[Chunk]:
        """The chunks of the run's attempt that have pending rows: the same rows in each, whenever this is asked."""

    def enqueued(self, run: Run) -> None:
        """Note that the chunks of the run's attempt are on the queue."""

    def enqueue_again(self) -> None:
        """Forget for all runs that go on that their chunks are on the queue."""

    def without_calls(self) -> list[Run]:
        """Runs that should go on and are on the queue, of which no executor has calls in flight."""

    def restart(self, run: Run) -> bool:
        """Begin another attempt of such a run with its pending rows; False when it is no longer as it was."""

    def rows_of(self, chunk: Chunk) -> list[PendingRow]:
        """The pending rows of a chunk, in order."""

    def join(self, chunk: Chunk, executor_id: str, at: datetime) -> Run | None:
        """Note that this executor has calls of the run in flight; None when the attempt is no longer to go on."""

    def pending_questions(self, org_id: str, run_id: str, limit: int) -> list[str]:
        """The questions of the first rows without a verdict, in order."""

    def finish_rows(self, run: Run, rows: Iterable[FinishedRow], at: datetime) -> Progress:
        """Keep the verdicts of rows that have none yet. Whoever keeps the last one ends the run with it."""

    def progress(self, run: Run) -> Progress:
        """How far the run is."""

    def stop(self, run: Run, reason: str, at: datetime) -> None:
        """End a run that is active, for a reason that people can read."""

    def leave(self, run: Run, executor_id: str, at: datetime) -> Status:
        """Note that this executor has no call in flight any more; the last one settles what drains."""

    def forget(self, executor_ids: Sequence[str] | None, at: datetime) -> None:
        """Note that these executors (None: all) are gone, and settle what they were draining."""

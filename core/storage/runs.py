"""The ledger of evaluation runs in SQL: a run and its rows exist together, and one worker at a time has a run."""

import functools
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.evaluation.dataset import Label, LabelKind, TestRow
from core.evaluation.outcomes import Verdict
from core.questions.policy import Policy
from core.runs.ledger import ACTIVE, FinishedRow, PendingRow, Run, Status
from core.runs.took import Took
from core.storage.database import Database
from core.storage.tables import run_rows, runs

_RUN_COLUMNS = (
    *("org_id", "run_id", "name", "revision", "engine", "engine_version", "author_id", "author", "created_at"),
    *("total", "anew", "finished", "reason", "started_at", "ended_at"),
)
_ROWS_AN_INSERT = 5_000
_VERDICTS = {verdict.value: verdict for verdict in Verdict}


class SqlRunStore:
    """Runs and their rows; every method but ``claim`` works on one org."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, run: Run, rows: Sequence[TestRow]) -> None:
        """Keep a new run with all its rows, or nothing of it."""
        values = {name: getattr(run, name) for name in _RUN_COLUMNS}
        with self._database.write(run.org_id) as connection:
            connection.execute(
                sa.insert(runs).values(**values, status=run.status.value, policy=run.policy.as_json(), worker=None)
            )
            for start in range(0, len(rows), _ROWS_AN_INSERT):
                batch = rows[start : start + _ROWS_AN_INSERT]
                connection.execute(sa.insert(run_rows), [_row_values(run, start + i, r) for i, r in enumerate(batch)])

    def run(self, org_id: str, run_id: str) -> Run | None:
        """One run of this org."""
        query = sa.select(runs).where(runs.c.org_id == org_id, runs.c.run_id == run_id)
        with self._database.read(org_id) as connection:
            row = connection.execute(query).one_or_none()
        return _run(row) if row else None

    def runs(self, org_id: str, limit: int) -> list[Run]:
        """The newest runs of this org, newest first."""
        query = sa.select(runs).where(runs.c.org_id == org_id).order_by(runs.c.created_at.desc()).limit(limit)
        with self._database.read(org_id) as connection:
            return [_run(row) for row in connection.execute(query)]

    def cancel(self, org_id: str, run_id: str, at: datetime) -> None:
        """Ask for the end of an active run; one that no worker has yet ends at once, an ended one stays as it is."""
        this = sa.and_(runs.c.org_id == org_id, runs.c.run_id == run_id)
        with self._database.write(org_id) as connection:
            connection.execute(
                sa.update(runs)
                .where(this, runs.c.status == Status.QUEUED.value)
                .values(status=Status.CANCELLED.value, ended_at=at)
            )
            connection.execute(
                sa.update(runs)
                .where(this, runs.c.status == Status.RUNNING.value)
                .values(status=Status.CANCELLING.value)
            )

    def claim(self, worker: str, at: datetime, silent_since: datetime) -> Run | None:
        """Take one run that waits, or whose worker was silent since then; exactly one worker gets it."""
        free = sa.or_(runs.c.worker.is_(None), runs.c.heartbeat_at < silent_since)
        waiting = (
            sa.select(runs)
            .where(runs.c.status.in_([status.value for status in ACTIVE]), free)
            .order_by(runs.c.created_at)
            .limit(1)
        )
        with self._database.read(every_org=True) as connection:
            if connection.execute(waiting).one_or_none() is None:
                return None  # the usual case, without asking for the write lock
        with self._database.write(every_org=True) as connection:
            row = connection.execute(waiting.with_for_update(skip_locked=True)).one_or_none()
            if row is None:
                return None
            status = Status.RUNNING if row.status == Status.QUEUED.value else Status(row.status)
            connection.execute(
                sa.update(runs)
                .where(runs.c.org_id == row.org_id, runs.c.run_id == row.run_id)
                .values(worker=worker, heartbeat_at=at, status=status.value, started_at=row.started_at or at)
            )
            taken = sa.select(runs).where(runs.c.org_id == row.org_id, runs.c.run_id == row.run_id)
            return _run(connection.execute(taken).one())

    def pending(self, run: Run, after_row: int, limit: int) -> list[PendingRow]:
        """Rows without a verdict, in order."""
        rows = run_rows.c
        query = (
            sa.select(rows.row, rows.question, rows.label, rows.label_ids)
            .where(rows.org_id == run.org_id, rows.run_id == run.run_id, rows.row > after_row, rows.verdict.is_(None))
            .order_by(rows.row)
            .limit(limit)
        )
        with self._database.read(run.org_id) as connection:
            found = connection.execute(query).all()
        return [
            PendingRow(row=number, question=question, label=Label(kind=LabelKind(kind), entry_ids=tuple(entry_ids)))
            for number, question, kind, entry_ids in found
        ]

    def finish_rows(self, run: Run, worker: str, rows: Iterable[FinishedRow], at: datetime) -> Status | None:
        """Keep verdicts and give a sign of life; the run's status now, None when another worker has it."""
        values = [_finished_values(run, row) for row in rows]
        with self._database.write(run.org_id) as connection:
            done = connection.execute(
                sa.update(runs)
                .where(_held_by(run, worker))
                .values(heartbeat_at=at, finished=runs.c.finished + len(values))
            )
            if not done.rowcount:
                return None
            if values:
                connection.execute(_FINISH, values)
            query = sa.select(runs.c.status).where(runs.c.org_id == run.org_id, runs.c.run_id == run.run_id)
            return Status(connection.execute(query).scalar_one())

    def end(self, run: Run, worker: str, status: Status, at: datetime, reason: str = "") -> None:
        """End a run that this worker has."""
        with self._database.write(run.org_id) as connection:
            connection.execute(
                sa.update(runs)
                .where(_held_by(run, worker))
                .values(status=status.value, reason=reason, ended_at=at, worker=None)
            )

    def release(self, run: Run, worker: str) -> None:
        """Give a run back unfinished, so that another worker takes it at once."""
        with self._database.write(run.org_id) as connection:
            connection.execute(sa.update(runs).where(_held_by(run, worker)).values(worker=None))

    def counts(self, org_id: str, run_id: str) -> dict[tuple[str, Verdict], int]:
        """How many finished rows have each (label kind, verdict)."""
        rows = run_rows.c
        query = (
            sa.select(rows.label, rows.verdict, sa.func.count())
            .where(rows.org_id == org_id, rows.run_id == run_id, rows.verdict.is_not(None))
            .group_by(rows.label, rows.verdict)
        )
        with self._database.read(org_id) as connection:
            return {(label, _VERDICTS[verdict]): count for label, verdict, count in connection.execute(query)}

    def took(self, org_id: str, run_id: str) -> Took:
        """What the finished rows took of a model server."""
        rows = run_rows.c
        asked = sa.and_(rows.reused.is_(False), rows.sent.is_not(None))
        sums: dict[str, sa.ColumnElement[Any]] = {
            "asked": sa.func.count().filter(asked),
            "reused": sa.func.count().filter(rows.reused.is_(True)),
            "unpriced": sa.func.count().filter(asked, rows.nano_usd.is_(None)),
            "shortlisted": sa.func.count(rows.offered),
            "offered": sa.func.count().filter(rows.offered.is_(True)),
            **{name: sa.func.sum(rows[name]).filter(asked) for name in ("sent", "received", "cached", "nano_usd")},
        }
        query = sa.select(*(column.label(name) for name, column in sums.items())).where(
            rows.org_id == org_id, rows.run_id == run_id, rows.verdict.is_not(None)
        )
        with self._database.read(org_id) as connection:
            found = connection.execute(query).one()
        return Took(**{name: int(getattr(found, name) or 0) for name in sums})

    def rows(self, org_id: str, run_id: str) -> pd.DataFrame:
        """Every row of a run, finished or not, in the order of the file; columns as in the ledger.

        Rows with the same labels share one list: change none of them.
        """
        columns = [column for column in run_rows.c if column.name not in ("org_id", "run_id")]
        # A few different texts for many rows: each is decoded once, which halves the time.
        shown = [
            sa.cast(column, sa.Text).label(column.name) if column.name in _IN_JSON else column for column in columns
        ]
        query = (
            sa.select(*shown).where(run_rows.c.org_id == org_id, run_rows.c.run_id == run_id).order_by(run_rows.c.row)
        )
        with self._database.read(org_id) as connection:
            found = pd.DataFrame([tuple(row) for row in connection.execute(query)], columns=[c.name for c in columns])
        decoded = functools.cache(json.loads)
        for name in _IN_JSON:
            found[name] = found[name].map(decoded).astype(object)
        return found


_IN_JSON = ("label_ids", "extra")
_FINISHED = (
    *("verdict", "given_id", "best_id", "phrasing", "score", "confidence", "seconds", "reason"),
    *("sent", "received", "cached", "nano_usd", "reused", "offered"),
)
_COUNTED = ("sent", "received", "cached")
_FINISH = (
    sa.update(run_rows)
    .where(
        run_rows.c.org_id == sa.bindparam("of_org"),
        run_rows.c.run_id == sa.bindparam("of_run"),
        run_rows.c.row == sa.bindparam("of_row"),
    )
    .values({name: sa.bindparam(f"new_{name}") for name in _FINISHED})
)


def _finished_values(run: Run, row: FinishedRow) -> dict[str, Any]:
    values = {f"new_{name}": getattr(row.usage if name in _COUNTED else row, name) for name in _FINISHED}
    return {**values, "new_verdict": row.verdict.value, "of_org": run.org_id, "of_run": run.run_id, "of_row": row.row}


def _held_by(run: Run, worker: str) -> sa.ColumnElement[bool]:
    return sa.and_(runs.c.org_id == run.org_id, runs.c.run_id == run.run_id, runs.c.worker == worker)


def _row_values(run: Run, number: int, row: TestRow) -> dict[str, Any]:
    return {
        "org_id": run.org_id,
        "run_id": run.run_id,
        "row": number,
        "line": row.line,
        "question": row.question,
        "expected": row.expected_as_given,
        "label": row.label.kind.value,
        "label_ids": list(row.label.entry_ids),
        "extra": {"tags": list(row.tags), "split": row.split, "note": row.note, "group": row.group},
    }


def _run(row: sa.Row[Any]) -> Run:
    values = {name: getattr(row, name) for name in _RUN_COLUMNS}
    return Run(**values, status=Status(row.status), policy=Policy.from_json(row.policy))

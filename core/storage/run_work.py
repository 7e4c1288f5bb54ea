"""The ledger of evaluation runs in SQL, as the processes see it that answer their rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from core.runs.ledger import (
    ACTIVE,
    DRAINING,
    GOING_ON,
    Chunk,
    FinishedRow,
    PendingRow,
    Progress,
    Run,
    Status,
    WorkStore,
)
from core.storage.database import SqlStore, insert_into
from core.storage.question_columns import questions
from core.storage.run_columns import finishing, release, rows_to_ask, run_of, this_run
from core.storage.run_steering import begin_attempt, is_held, set_status, settle
from core.storage.tables import run_executors, run_rows, runs

_GOING_ON = tuple(status.value for status in GOING_ON)
_AT_WORK = (*_GOING_ON, *(status.value for status in DRAINING))


class SqlRunWork(SqlStore, WorkStore):
    """What the processes that answer rows read and write."""

    def has_work(self) -> bool:
        query = sa.select(sa.exists().where(runs.c.status.in_(_AT_WORK)))
        with self._database.read(every_org=True) as connection:
            return bool(connection.execute(query).scalar_one())

    def not_enqueued(self) -> list[Run]:
        query = sa.select(runs).where(runs.c.status.in_(_GOING_ON), runs.c.enqueued < runs.c.attempt)
        with self._database.read(every_org=True) as connection:
            return [run_of(row) for row in connection.execute(query.order_by(runs.c.created_at))]

    def on_queue(self) -> Mapping[str, int]:
        query = sa.select(runs.c.org_id, sa.func.count().label("runs")).where(
            runs.c.status.in_(_GOING_ON), runs.c.enqueued >= runs.c.attempt
        )
        with self._database.read(every_org=True) as connection:
            return {row.org_id: row.runs for row in connection.execute(query.group_by(runs.c.org_id))}

    def chunks(self, run: Run) -> list[Chunk]:
        pending = sa.and_(
            run_rows.c.org_id == run.org_id, run_rows.c.run_id == run.run_id, run_rows.c.verdict.is_(None)
        )
        with self._database.read(run.org_id) as connection:
            width = connection.execute(
                sa.select(runs.c.chunk_rows).where(this_run(run.org_id, run.run_id))
            ).scalar_one()
            numbers = sa.select(run_rows.c.row // width).where(pending).distinct()
            return [
                Chunk(run.org_id, run.run_id, run.attempt, number)
                for number in sorted(connection.execute(numbers).scalars())
            ]

    def enqueued(self, run: Run) -> None:
        this = sa.and_(this_run(run.org_id, run.run_id), runs.c.attempt == run.attempt)
        with self._database.write(run.org_id) as connection:
            connection.execute(sa.update(runs).where(this).values(enqueued=run.attempt))

    def enqueue_again(self) -> None:
        with self._database.write(every_org=True) as connection:
            connection.execute(sa.update(runs).where(runs.c.status.in_(_GOING_ON)).values(enqueued=0))

    def without_calls(self) -> list[Run]:
        held = sa.exists().where(run_executors.c.org_id == runs.c.org_id, run_executors.c.run_id == runs.c.run_id)
        query = sa.select(runs).where(runs.c.status.in_(_GOING_ON), runs.c.enqueued >= runs.c.attempt, ~held)
        with self._database.read(every_org=True) as connection:
            return [run_of(row) for row in connection.execute(query)]

    def restart(self, run: Run) -> bool:
        this = this_run(run.org_id, run.run_id)
        with self._database.write(run.org_id) as connection:
            found = connection.execute(sa.select(runs).where(this).with_for_update()).one_or_none()
            if found is None or found.status not in _GOING_ON or found.attempt != run.attempt:
                return False
            if is_held(connection, run.org_id, run.run_id):
                return False
            begin_attempt(connection, run.org_id, run.run_id)
            return True

    def rows_of(self, chunk: Chunk) -> list[PendingRow]:
        with self._database.read(chunk.org_id) as connection:
            query = sa.select(runs.c.chunk_rows).where(this_run(chunk.org_id, chunk.run_id))
            width = connection.execute(query).scalar_one_or_none()
            if width is None:
                return []
            first = chunk.number * width
            in_chunk = sa.and_(run_rows.c.row.between(first, first + width - 1), run_rows.c.verdict.is_(None))
            rows = connection.execute(rows_to_ask(chunk.org_id, chunk.run_id).where(in_chunk))
            return [PendingRow(row=row.row, content=question) for row, question in questions(rows)]

    def pending_questions(self, org_id: str, run_id: str, limit: int) -> list[str]:
        return self._questions(org_id, run_id, limit, run_rows.c.verdict.is_(None))

    def _questions(self, org_id: str, run_id: str, limit: int, which: sa.ColumnElement[bool]) -> list[str]:
        query = rows_to_ask(org_id, run_id).with_only_columns(run_rows.c.question).where(which).limit(limit)
        with self._database.read(org_id) as connection:
            return list(connection.execute(query).scalars())

    def join(self, chunk: Chunk, executor_id: str, at: datetime) -> Run | None:
        this = this_run(chunk.org_id, chunk.run_id)
        with self._database.write(chunk.org_id) as connection:
            found = connection.execute(sa.select(runs).where(this).with_for_update()).one_or_none()
            if found is None or found.status not in _GOING_ON or found.attempt != chunk.attempt:
                return None
            values = {"status": Status.RUNNING.value, "started_at": found.started_at or at}
            if not is_held(connection, chunk.org_id, chunk.run_id):
                values |= {"going_since": at, "finished_before": found.finished}
            insert = insert_into(run_executors, connection.dialect)
            key = {"org_id": chunk.org_id, "run_id": chunk.run_id, "executor_id": executor_id}
            connection.execute(insert.values(key).on_conflict_do_nothing())
            connection.execute(sa.update(runs).where(this).values(values))
            return run_of(connection.execute(sa.select(runs).where(this)).one())

    def finish_rows(self, run: Run, rows: Iterable[FinishedRow], at: datetime) -> Progress:
        # In one order everywhere, so that two processes that write the same rows never wait for each other.
        finish, values = finishing(run, sorted(rows, key=lambda row: row.row))
        with self._database.write(run.org_id) as connection:
            kept = connection.execute(finish, values).rowcount if values else 0
            if kept:
                this = this_run(run.org_id, run.run_id)
                connection.execute(sa.update(runs).where(this).values(finished=runs.c.finished + kept))
            progress, total = self._progress(connection, run)
            if progress.finished < total or progress.status not in ACTIVE:
                return progress
            set_status(connection, run.org_id, run.run_id, Status.DONE, ended_at=at)
            release(connection, run.org_id, run.run_id)
            return Progress(Status.DONE, progress.attempt, progress.finished)

    def progress(self, run: Run) -> Progress:
        with self._database.read(run.org_id) as connection:
            return self._progress(connection, run)[0]

    def stop(self, run: Run, reason: str, at: datetime) -> None:
        active = [status.value for status in ACTIVE]
        this = sa.and_(this_run(run.org_id, run.run_id), runs.c.status.in_(active))
        values = {"status": Status.STOPPED.value, "reason": reason, "ended_at": at}
        with self._database.write(run.org_id) as connection:
            if connection.execute(sa.update(runs).where(this).values(values)).rowcount:
                release(connection, run.org_id, run.run_id)

    def leave(self, run: Run, executor_id: str, at: datetime) -> Status:
        mine = sa.and_(
            run_executors.c.org_id == run.org_id,
            run_executors.c.run_id == run.run_id,
            run_executors.c.executor_id == executor_id,
        )
        with self._database.write(run.org_id) as connection:
            # The run first, as ``join`` and those who steer it do: else two who leave at once both see the other.
            connection.execute(sa.select(runs.c.status).where(this_run(run.org_id, run.run_id)).with_for_update())
            connection.execute(sa.delete(run_executors).where(mine))
            settle(connection, [(run.org_id, run.run_id)], at)
            return self._progress(connection, run)[0].status

    def forget(self, executor_ids: Sequence[str] | None, at: datetime) -> None:
        gone = sa.true() if executor_ids is None else run_executors.c.executor_id.in_(executor_ids)
        draining = sa.select(runs.c.org_id, runs.c.run_id).where(
            runs.c.status.in_([status.value for status in DRAINING])
        )
        with self._database.write(every_org=True) as connection:
            connection.execute(sa.delete(run_executors).where(gone))
            settle(connection, [(org_id, run_id) for org_id, run_id in connection.execute(draining)], at)

    def _progress(self, connection: sa.Connection, run: Run) -> tuple[Progress, int]:
        columns = (runs.c.status, runs.c.attempt, runs.c.finished, runs.c.total)
        query = sa.select(*columns).where(this_run(run.org_id, run.run_id))
        status, attempt, finished, total = connection.execute(query).one()
        return Progress(Status(status), attempt, finished), total

"""What people do to a run that exists: pause it, let it go on, ask its failed rows again, end it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.runs.ledger import ACTIVE, GOING_ON, Status, chunk_rows
from core.statistics.verdict import Verdict
from core.storage.database import SqlStore
from core.storage.run_columns import FINISHED_COLUMNS, release, this_run
from core.storage.tables import run_executors, run_rows, runs


class SqlRunSteering(SqlStore):
    """What ``RunStore`` promises of runs that exist. A run of which calls are in flight drains before it rests."""

    def pause(self, org_id: str, run_id: str) -> bool:
        with self._database.write(org_id) as connection:
            if _status(connection, org_id, run_id) not in GOING_ON:
                return False
            _rest(connection, org_id, run_id, Status.PAUSING, Status.PAUSED)
            return True

    def cancel(self, org_id: str, run_id: str, at: datetime) -> None:
        with self._database.write(org_id) as connection:
            if _status(connection, org_id, run_id) in ACTIVE:
                _rest(connection, org_id, run_id, Status.CANCELLING, Status.CANCELLED, ended_at=at)

    def resume(self, org_id: str, run_id: str) -> bool:
        with self._database.write(org_id) as connection:
            if _status(connection, org_id, run_id) not in (Status.PAUSED, Status.STOPPED):
                return False
            if is_held(connection, org_id, run_id):  # their rows have no verdict yet, and would be asked twice
                return False
            begin_attempt(connection, org_id, run_id)
            return True

    def retry_failed(self, org_id: str, run_id: str) -> int:
        rows = run_rows.c
        failed = sa.and_(rows.org_id == org_id, rows.run_id == run_id, rows.verdict == Verdict.FAILED.value)
        emptied = sa.update(run_rows).where(failed).values(dict.fromkeys(FINISHED_COLUMNS))
        with self._database.write(org_id) as connection:
            if _status(connection, org_id, run_id) is not Status.DONE:
                return 0
            count = connection.execute(emptied).rowcount
            if count:
                this = this_run(org_id, run_id)
                connection.execute(sa.update(runs).where(this).values(finished=runs.c.finished - count))
                begin_attempt(connection, org_id, run_id)
            return count


def _rest(
    connection: sa.Connection, org_id: str, run_id: str, draining: Status, rest: Status, **values: datetime
) -> None:
    """Let no new call begin; the run rests at once where none is in flight."""
    if is_held(connection, org_id, run_id):
        set_status(connection, org_id, run_id, draining)
    else:
        set_status(connection, org_id, run_id, rest, **values)
        release(connection, org_id, run_id)


def is_held(connection: sa.Connection, org_id: str, run_id: str) -> bool:
    """Whether any process may have calls of the run in flight."""
    held = sa.exists().where(run_executors.c.org_id == org_id, run_executors.c.run_id == run_id)
    return bool(connection.execute(sa.select(held)).scalar_one())


def settle(connection: sa.Connection, which: Iterable[tuple[str, str]], at: datetime) -> None:
    """End the draining of those runs (org and run id) of which no call is in flight any more."""
    for org_id, run_id in which:
        status = _status(connection, org_id, run_id)
        if status in GOING_ON or is_held(connection, org_id, run_id):
            continue
        if status is Status.PAUSING:
            set_status(connection, org_id, run_id, Status.PAUSED)
        elif status is Status.CANCELLING:
            set_status(connection, org_id, run_id, Status.CANCELLED, ended_at=at)
        release(connection, org_id, run_id)


def set_status(connection: sa.Connection, org_id: str, run_id: str, status: Status, **values: Any) -> None:  # noqa: ANN401 - of columns
    """Write where a run stands."""
    connection.execute(sa.update(runs).where(this_run(org_id, run_id)).values(status=status.value, **values))


def _status(connection: sa.Connection, org_id: str, run_id: str) -> Status | None:
    """Where a run stands, which nobody else changes until this transaction ends."""
    query = sa.select(runs.c.status).where(this_run(org_id, run_id)).with_for_update()
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else Status(found)


def begin_attempt(connection: sa.Connection, org_id: str, run_id: str) -> None:
    """Let a run go on with the rows that are pending, in chunks that hold about equally many of them."""
    this = this_run(org_id, run_id)
    total, finished = connection.execute(sa.select(runs.c.total, runs.c.finished).where(this)).one()
    values = {"attempt": runs.c.attempt + 1, "chunk_rows": chunk_rows(total, total - finished)}
    set_status(connection, org_id, run_id, Status.QUEUED, reason="", ended_at=None, going_since=None, **values)

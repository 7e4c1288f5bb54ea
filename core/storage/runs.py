"""The ledger of evaluation runs in SQL, as people see and steer it: a run and its rows exist together."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.datasets.dataset import TestQuestion
from core.datasets.labels import LabelKind
from core.runs.ledger import ACTIVE, Measured, Run, RunStore, chunk_rows
from core.runs.run_usage import RunUsage
from core.statistics.verdict import Verdict
from core.storage.database import insert_into
from core.storage.question_columns import questions
from core.storage.run_columns import (
    RUN_COLUMNS,
    copied_rows,
    new_row_values,
    rows_to_ask,
    run_of,
    this_run,
)
from core.storage.run_frame import frame
from core.storage.run_steering import SqlRunSteering
from core.storage.run_work import SqlRunWork
from core.storage.tables import datasets, run_rows, runs

_ROWS_AN_INSERT = 5_000
_VERDICTS = {verdict.value: verdict for verdict in Verdict}


class SqlRunStore(SqlRunWork, SqlRunSteering, RunStore):
    """Runs and their rows; every method here works on one org."""

    def create(self, run: Run, rows: Sequence[TestQuestion]) -> None:
        with self._database.write(run.org_id) as connection:
            new = insert_into(runs, connection.dialect).values(_values(run)).on_conflict_do_nothing()
            if connection.execute(new.returning(runs.c.run_id)).first() is None:
                return
            for start in range(0, len(rows), _ROWS_AN_INSERT):
                batch = rows[start : start + _ROWS_AN_INSERT]
                connection.execute(
                    sa.insert(run_rows), [new_row_values(run, start + i, r) for i, r in enumerate(batch)]
                )

    def create_again(self, run: Run, of_run: str) -> None:
        with self._database.write(run.org_id) as connection:
            connection.execute(sa.insert(runs).values(_values(run)))
            connection.execute(copied_rows(run, of_run))

    def run(self, org_id: str, run_id: str) -> Run | None:
        query = sa.select(runs).where(this_run(org_id, run_id))
        with self._database.read(org_id) as connection:
            row = connection.execute(query).one_or_none()
        return run_of(row) if row else None

    def runs(self, org_id: str, limit: int) -> list[Run]:
        query = sa.select(runs).where(runs.c.org_id == org_id).order_by(runs.c.created_at.desc()).limit(limit)
        with self._database.read(org_id) as connection:
            return [run_of(row) for row in connection.execute(query)]

    def questions(self, org_id: str, run_id: str, limit: int) -> list[str]:
        return self._questions(org_id, run_id, limit, sa.true())

    def failed(self, org_id: str, run_id: str, limit: int) -> list[str]:
        return self._questions(org_id, run_id, limit, run_rows.c.verdict == Verdict.FAILED.value)

    def dataset_name(self, org_id: str, dataset_id: str) -> str:
        query = sa.select(datasets.c.name).where(datasets.c.org_id == org_id, datasets.c.dataset_id == dataset_id)
        with self._database.read(org_id) as connection:
            return connection.execute(query).scalar_one_or_none() or ""

    def counts(self, org_id: str, run_id: str) -> dict[tuple[str, Verdict], int]:
        rows = run_rows.c
        query = (
            sa.select(rows.label, rows.verdict, sa.func.count())
            .where(rows.org_id == org_id, rows.run_id == run_id, rows.verdict.is_not(None))
            .group_by(rows.label, rows.verdict)
        )
        with self._database.read(org_id) as connection:
            return {(label, _VERDICTS[verdict]): count for label, verdict, count in connection.execute(query)}

    def took(self, org_id: str, run_id: str) -> RunUsage:
        rows = run_rows.c
        asked = sa.and_(rows.reused.is_(False), rows.sent.is_not(None))
        sums: dict[str, sa.ColumnElement[Any]] = {
            "asked": sa.func.count().filter(asked),
            "reused": sa.func.count().filter(rows.reused.is_(True)),
            "unpriced": sa.func.count().filter(asked, rows.nano_usd.is_(None)),
            "shortlisted": sa.func.count(rows.offered),
            "offered": sa.func.count().filter(rows.offered.is_(True)),
            "doubtful": sa.func.count().filter(rows.doubtful.is_(True)),
            "sure": sa.func.count().filter(rows.doubtful.is_(False)),
            **{name: sa.func.sum(rows[name]).filter(asked) for name in ("sent", "received", "cached", "nano_usd")},
        }
        query = sa.select(*(column.label(name) for name, column in sums.items())).where(
            rows.org_id == org_id, rows.run_id == run_id, rows.verdict.is_not(None)
        )
        with self._database.read(org_id) as connection:
            found = connection.execute(query).one()
        return RunUsage(**{name: int(getattr(found, name) or 0) for name in sums})

    def measured(self, org_id: str, engine_version: str) -> Measured:
        query = (
            sa.select(runs.c.run_id, runs.c.finished, runs.c.ended_at)
            .where(runs.c.org_id == org_id, runs.c.engine_version == engine_version, runs.c.finished > 0)
            .where(runs.c.status.not_in([status.value for status in ACTIVE]))
            .order_by(runs.c.created_at.desc())
        )
        with self._database.read(org_id) as connection:
            found = connection.execute(query).all()
        ends = [row.ended_at for row in found if row.ended_at is not None]
        return Measured(
            run_ids=tuple(row.run_id for row in found),
            finished=sum(row.finished for row in found),
            ended_at=max(ends, default=None),
        )

    def confidences(self, org_id: str, run_id: str, limit: int) -> list[tuple[str, float, bool]]:
        rows = run_rows.c
        query = (
            sa.select(rows.question, rows.confidence, rows.best_id, rows.label_ids)
            .where(rows.org_id == org_id, rows.run_id == run_id, rows.label != LabelKind.NONE.value)
            .where(rows.confidence.is_not(None), rows.verdict != Verdict.FAILED.value)
            .order_by(rows.row)
            .limit(limit)
        )
        with self._database.read(org_id) as connection:
            found = connection.execute(query).all()
        return [(row.question, row.confidence, row.best_id in row.label_ids) for row in found]

    def test_questions(self, org_id: str, run_id: str) -> list[TestQuestion]:
        with self._database.read(org_id) as connection:
            return [question for _, question in questions(connection.execute(rows_to_ask(org_id, run_id)))]

    def rows(self, org_id: str, run_id: str) -> pd.DataFrame:
        with self._database.read(org_id) as connection:
            return frame(connection, org_id, run_id)


def _values(run: Run) -> dict[str, Any]:
    values = {name: getattr(run, name) for name in RUN_COLUMNS}
    chunks = {"chunk_rows": chunk_rows(run.total, run.total)}
    return {**values, **chunks, "status": run.status.value, "policy": run.policy.as_json()}

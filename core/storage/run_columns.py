"""How a run and its rows stand in their tables."""

import functools
import itertools
import operator
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from core.datasets.dataset import TestQuestion
from core.questions.policy import Policy
from core.runs.ledger import FinishedRow, Run, Status, reservation_of
from core.storage.question_columns import question_columns, question_values
from core.storage.tables import reservations, run_rows, runs

RUN_COLUMNS = (
    *("org_id", "run_id", "name", "revision", "engine", "engine_version", "author_id", "author", "created_at"),
    *("total", "bypass_cache", "finished", "reason", "started_at", "ended_at", "dataset_id", "dataset_version"),
    *("attempt", "going_since", "finished_before"),
)
FINISHED_COLUMNS = (
    *("verdict", "given_id", "best_id", "phrasing", "score", "confidence", "seconds", "reason"),
    *("sent", "received", "cached", "nano_usd", "reused", "offered", "doubtful"),
)
_PATHS = {"verdict": "verdict.value", "sent": "usage.sent", "received": "usage.received", "cached": "usage.cached"}
"""Where a ``FinishedRow`` has what is not named as its column."""
_told = operator.attrgetter(*(_PATHS.get(name, name) for name in FINISHED_COLUMNS))
_FILE_COLUMNS = ("row", "line", "question", "expected", "label", "label_ids", "extra")


def this_run(org_id: str, run_id: str) -> sa.ColumnElement[bool]:
    """The condition that finds one run."""
    return sa.and_(runs.c.org_id == org_id, runs.c.run_id == run_id)


def finishing(run: Run, rows: Iterable[FinishedRow]) -> tuple[sa.Update, list[dict[str, Any]]]:
    """The statement that keeps verdicts of rows that have none yet, and what it needs for each of these.

    It leaves out the columns that none of them fills, which are NULL before: often a third of its time.
    """
    known = list(rows)
    told = [_told(row) for row in known]
    filled = [any(value is not None for value in column) for column in zip(*told, strict=True)]
    columns = tuple(itertools.compress(FINISHED_COLUMNS, filled))
    names = [_new(column) for column in columns]
    values = [
        dict(zip(names, itertools.compress(one, filled), strict=True), of_org=run.org_id, of_run=run.run_id, of_row=at)
        for at, one in zip((row.row for row in known), told, strict=True)
    ]
    return _finish(columns), values


def _new(column: str) -> str:
    return f"new_{column}"


@functools.cache
def _finish(columns: tuple[str, ...]) -> sa.Update:
    return (
        sa.update(run_rows)
        .where(
            run_rows.c.org_id == sa.bindparam("of_org"),
            run_rows.c.run_id == sa.bindparam("of_run"),
            run_rows.c.row == sa.bindparam("of_row"),
            run_rows.c.verdict.is_(None),  # so that no row counts twice, whoever else has answered it
        )
        .values({column: sa.bindparam(_new(column)) for column in columns})
    )


def new_row_values(run: Run, number: int, question: TestQuestion) -> dict[str, Any]:
    """A row as it stands before it is answered."""
    return {
        "org_id": run.org_id,
        "run_id": run.run_id,
        "row": number,
        "label_ids": list(question.label.entry_ids),
        **question_values(question),
    }


def copied_rows(run: Run, of_run: str) -> sa.Insert:
    """Gives a run the rows of another one of its org, as they stood before they were answered."""
    columns = [run_rows.c[name] for name in _FILE_COLUMNS]
    rows = sa.select(run_rows.c.org_id, sa.literal(run.run_id), *columns).where(
        run_rows.c.org_id == run.org_id, run_rows.c.run_id == of_run
    )
    return sa.insert(run_rows).from_select(["org_id", "run_id", *_FILE_COLUMNS], rows)


def rows_to_ask(org_id: str, run_id: str) -> sa.Select[Any]:
    """Finds the rows of a run as they stood before they were answered, in order, for ``questions`` to read."""
    return (
        sa.select(run_rows.c.row, *question_columns(run_rows, "label_ids"))
        .where(run_rows.c.org_id == org_id, run_rows.c.run_id == run_id)
        .order_by(run_rows.c.row)
    )


def run_of(row: sa.Row[Any]) -> Run:
    """A run from its row."""
    values = {name: getattr(row, name) for name in RUN_COLUMNS}
    return Run(**values, status=Status(row.status), policy=Policy.from_json(row.policy))


def release(connection: sa.Connection, org_id: str, run_id: str) -> None:
    """Give back what was set aside for a run, in the transaction that ends or pauses it: a crash between the two
    would keep it set aside for ever."""
    connection.execute(
        sa.delete(reservations).where(
            reservations.c.org_id == org_id, reservations.c.reservation_id == reservation_of(run_id)
        )
    )

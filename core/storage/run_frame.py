"""All rows of a run as one frame, fast enough for a page that shows 100,000 of them."""

import functools
import json
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.storage.tables import run_rows

_COLUMNS = [column for column in run_rows.c if column.name not in ("org_id", "run_id")]
_IN_JSON = ("label_ids", "extra")
_OFTEN_EMPTY = ("reason", "sent", "received", "cached", "nano_usd", "offered", "doubtful")
"""What no row has of a run that never failed, or that asked no model server."""
_ROWS_A_PART = 200


def frame(connection: sa.Connection, org_id: str, run_id: str) -> pd.DataFrame:
    """Every row of a run, finished or not, in the order of the file; columns as in the ledger.

    Rows with the same labels share one list: change none of them.
    """
    of_run = sa.and_(run_rows.c.org_id == org_id, run_rows.c.run_id == run_id)
    # Columns that no row fills are not fetched: with the built-in engine they are more than a quarter of all.
    counts = connection.execute(sa.select(*(sa.func.count(run_rows.c[name]) for name in _OFTEN_EMPTY)).where(of_run))
    empty = {name for name, count in zip(_OFTEN_EMPTY, counts.one(), strict=True) if not count}
    fetched = [column for column in _COLUMNS if column.name not in empty]
    values: dict[str, list[Any]] = {column.name: [] for column in fetched}
    rows = connection.execute(sa.select(*map(_as_read, fetched)).where(of_run).order_by(run_rows.c.row))
    for part in rows.partitions(_ROWS_A_PART):  # few rows at a time: the garbage collector walks through all at once
        for kept, more in zip(values.values(), zip(*part, strict=True), strict=True):
            kept.extend(more)
    decoded = functools.cache(json.loads)  # a few different texts for many rows
    for name in _IN_JSON:
        values[name] = [decoded(text) for text in values[name]]
    nothing: list[Any] = [None] * len(values["row"])
    return pd.DataFrame({c.name: _series(c, values.get(c.name, nothing)) for c in _COLUMNS})


def _as_read(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(column, sa.Text).label(column.name) if column.name in _IN_JSON else column


def _series(column: sa.Column[Any], values: list[Any]) -> "pd.Series[Any]":
    return pd.Series(values, dtype=object if column.name in _IN_JSON else None)

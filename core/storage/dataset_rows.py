"""The rows of datasets to and from SQL."""

import functools
import json
from typing import Any

import sqlalchemy as sa

from core.datasets.dataset import Content, DatasetRow, PersonsLabel
from core.datasets.labels import LabelKind
from core.storage.tables import dataset_rows

_IN_JSON = ("meant", "extra")


def in_version(version: int) -> sa.ColumnElement[bool]:
    """The condition that a row stands so in this version of its dataset."""
    columns = dataset_rows.c
    return sa.and_(
        columns.since_version <= version,
        sa.or_(columns.until_version.is_(None), columns.until_version > version),
    )


def read_rows(
    connection: sa.Connection, org_id: str, dataset_id: str, where: sa.ColumnElement[bool]
) -> list[DatasetRow]:
    """The rows of a dataset that meet a condition, by line."""
    columns = dataset_rows.c
    # Few different texts for many rows: each is decoded once.
    shown = [sa.cast(c, sa.Text).label(c.name) if c.name in _IN_JSON else c for c in columns]
    query = (
        sa.select(*shown)
        .where(columns.org_id == org_id, columns.dataset_id == dataset_id, where)
        .order_by(columns.line, columns.row)
    )
    meant = functools.cache(_meant)
    extra = functools.cache(_extra)
    return [_row(row, meant(row.meant), extra(row.extra)) for row in connection.execute(query)]


def row_values(row: DatasetRow) -> dict[str, Any]:
    """The columns of a row but those of its dataset and version."""
    content, labelled = row.content, row.labelled
    return {
        "row": row.row,
        "line": row.line,
        "question": content.question,
        "expected": row.expected_as_given,
        "label": content.kind.value,
        "meant": list(content.meant),
        "extra": {
            "tags": list(content.tags),
            "split": content.split,
            "note": content.note,
            "group": content.group,
            **({"others": dict(content.others)} if content.others else {}),
        },
        "held_out": row.held_out,
        "labelled_by_id": labelled.user_id if labelled else None,
        "labelled_by": labelled.name if labelled else None,
        "labelled_at": labelled.at if labelled else None,
    }


def _meant(text: str) -> tuple[int, ...]:
    return tuple(json.loads(text))


def _extra(text: str) -> dict[str, Any]:
    found = json.loads(text)
    return {**found, "tags": tuple(found["tags"]), "others": tuple(found.get("others", {}).items())}


def _row(row: sa.Row[Any], meant: tuple[int, ...], extra: dict[str, Any]) -> DatasetRow:
    labelled = None
    if row.labelled_by_id is not None:
        labelled = PersonsLabel(user_id=row.labelled_by_id, name=row.labelled_by, at=row.labelled_at)
    return DatasetRow(
        row=row.row,
        line=row.line,
        content=Content(question=row.question, kind=LabelKind(row.label), meant=meant, **extra),
        expected_as_given=row.expected,
        held_out=row.held_out,
        labelled=labelled,
    )

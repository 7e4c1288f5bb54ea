"""The rows of datasets to and from SQL."""

from typing import Any

import sqlalchemy as sa

from core.datasets.dataset import DatasetRow, PersonsLabel
from core.storage.question_columns import question_columns, question_values, questions
from core.storage.tables import dataset_rows


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
    further = (columns[name] for name in ("row", "held_out", "labelled_by_id", "labelled_by", "labelled_at"))
    query = (
        sa.select(*question_columns(dataset_rows, "meant"), *further)
        .where(columns.org_id == org_id, columns.dataset_id == dataset_id, where)
        .order_by(columns.line, columns.row)
    )
    return [
        DatasetRow(row=row.row, content=question, held_out=row.held_out, labelled=_labelled(row))
        for row, question in questions(connection.execute(query))
    ]


def row_values(row: DatasetRow) -> dict[str, Any]:
    """The columns of a row but those of its dataset and version."""
    labelled = row.labelled
    return {
        **question_values(row.content),
        "row": row.row,
        "meant": list(row.content.meant),
        "held_out": row.held_out,
        "labelled_by_id": labelled.user_id if labelled else None,
        "labelled_by": labelled.name if labelled else None,
        "labelled_at": labelled.at if labelled else None,
    }


def _labelled(row: sa.Row[Any]) -> PersonsLabel | None:
    if row.labelled_by_id is None:
        return None
    return PersonsLabel(user_id=row.labelled_by_id, name=row.labelled_by, at=row.labelled_at)

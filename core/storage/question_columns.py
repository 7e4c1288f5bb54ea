"""Test questions to and from SQL: rows of datasets and of runs hold them in the same columns."""

import functools
import json
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from core.datasets.dataset import TestQuestion
from core.datasets.labels import Label, LabelKind


def question_values(question: TestQuestion) -> dict[str, Any]:
    """The columns of a test question but that of its entries, which each table names in its own way."""
    extra: dict[str, Any] = {
        "tags": list(question.tags),
        "split": question.split,
        "note": question.note,
        "group": question.group,
    }
    if question.meant and question.meant != question.label.entry_ids:
        extra["meant"] = list(question.meant)
    if question.others:
        extra["others"] = dict(question.others)
    return {
        "line": question.line,
        "question": question.question,
        "expected": question.expected_as_given,
        "label": question.label.kind.value,
        "extra": extra,
    }


def question_columns(table: sa.Table, entry_ids: str) -> list[sa.ColumnElement[Any]]:
    """What ``questions`` needs of a table's rows; ``entry_ids`` is its column with the entries of the label."""
    columns = table.c
    return [
        *(columns[name] for name in ("line", "question", "expected", "label")),
        sa.cast(columns[entry_ids], sa.Text).label("entry_ids"),
        sa.cast(columns.extra, sa.Text).label("extra"),
    ]


def questions(rows: Iterable[sa.Row[Any]]) -> Iterator[tuple[sa.Row[Any], TestQuestion]]:
    """Each row beside its test question."""
    label_of, extra_of = functools.cache(_label), functools.cache(_extra)  # a few different texts for many rows
    for row in rows:
        label = label_of(row.label, row.entry_ids)
        extra = {"meant": label.entry_ids, **extra_of(row.extra)}
        yield (
            row,
            TestQuestion(line=row.line, question=row.question, expected_as_given=row.expected, label=label, **extra),
        )


def _label(kind: str, entry_ids: str) -> Label:
    return Label(kind=LabelKind(kind), entry_ids=tuple(json.loads(entry_ids)))


def _extra(text: str) -> dict[str, Any]:
    found = json.loads(text)
    lists = {name: tuple(found[name]) for name in ("tags", "meant") if name in found}
    return {**found, **lists, "others": tuple(found.get("others", {}).items())}

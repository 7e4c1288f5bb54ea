"""The rows of a run as one frame, on real databases: all columns are there, whether any row fills them or none."""

from dataclasses import replace
from typing import Any

import pytest

from core.datasets.dataset import TestQuestion
from core.datasets.labels import UNLABELLED, Label, LabelKind
from core.runs.ledger import PendingRow
from core.statistics.verdict import Verdict
from core.storage.database import Database
from core.storage.run_frame import _OFTEN_EMPTY, _ROWS_A_PART
from core.storage.runs import SqlRunStore
from core.storage.tables import run_rows
from core.usage import Usage
from tests.integration.test_took import AT, begun, row

FULL: dict[str, Any] = {
    "given_id": 3,
    "best_id": 3,
    "phrasing": "open?",
    "score": 0.25,
    "confidence": 0.75,
    "usage": Usage(sent=1_200, received=7, cached=1_024, cache_written=0),
    "nano_usd": 12_000_000_000,
    "reused": False,
    "offered": True,
}


@pytest.fixture
def store(database: Database) -> SqlRunStore:
    return SqlRunStore(database)


def test_columns_that_no_row_fills_are_there_and_empty(store: SqlRunStore) -> None:
    run = begun(store, rows=3)
    store.finish_rows(run, [row(0, given_id=3, score=0.25)], AT)
    frame = store.rows(run.org_id, run.run_id)
    assert list(frame.columns) == [c.name for c in run_rows.c if c.name not in ("org_id", "run_id")]
    assert frame[list(_OFTEN_EMPTY)].isna().to_numpy().all()
    assert frame["verdict"].tolist()[0] == "right"
    assert frame["verdict"].isna().tolist() == [False, True, True]
    assert frame["given_id"].tolist()[0] == 3
    assert frame["score"].tolist()[0] == 0.25


def test_a_column_that_a_single_late_row_fills_is_read(store: SqlRunStore) -> None:
    rows = 2 * _ROWS_A_PART + 1
    run = begun(store, rows=rows)
    store.finish_rows(run, [row(n) for n in range(rows - 2)], AT)
    store.finish_rows(run, [row(rows - 2, verdict=Verdict.FAILED, reason="No reply.")], AT)
    store.finish_rows(run, [row(rows - 1, **FULL)], AT)
    frame = store.rows(run.org_id, run.run_id)
    assert frame["row"].tolist() == list(range(rows))
    assert frame["question"].tolist() == [f"q{n}" for n in range(rows)]
    assert frame["reason"].notna().tolist() == [n == rows - 2 for n in range(rows)]
    last = frame.iloc[-1]
    assert (last["sent"], last["received"], last["cached"], last["nano_usd"]) == (1_200, 7, 1_024, 12_000_000_000)
    assert frame["reused"].tolist() == [False] * rows
    assert bool(last["offered"]) is True
    assert frame["offered"].notna().sum() == 1
    assert frame["given_id"].notna().sum() == 1


def test_labels_and_what_goes_with_a_row_are_read_as_they_were_kept(store: SqlRunStore) -> None:
    label = Label(kind=LabelKind.ENTRY, entry_ids=(2, 5))
    run = begun(store, rows=1)
    questions = [
        TestQuestion(line=2, question="ça va? 👋", expected_as_given="x, y", label=label, tags=("a", "ü"), note="n"),
        TestQuestion(line=4, question="b", expected_as_given="", label=Label(kind=LabelKind.NONE)),
    ]
    other = replace(run, run_id="other", total=2)
    store.create(other, questions)
    frame = store.rows(other.org_id, "other")
    assert frame["label_ids"].tolist() == [[2, 5], []]
    assert frame["label"].tolist() == ["entry", "none"]
    assert frame["extra"].tolist()[0] == {"tags": ["a", "ü"], "split": "", "note": "n", "group": ""}
    assert frame["question"].tolist() == ["ça va? 👋", "b"]
    assert frame["line"].tolist() == [2, 4]


def test_a_row_that_waits_for_its_verdict_says_all_that_its_file_said(store: SqlRunStore) -> None:
    full = TestQuestion(
        line=7,
        question="ça va? 👋",
        expected_as_given="x | y",
        label=Label(kind=LabelKind.ENTRY, entry_ids=(2, 5, 8)),
        meant=(8, 2),
        tags=("a", "ü"),
        split="test",
        note="n",
        group="g",
        others=(("City", "Bonn"), ("Age", "7")),
    )
    bare = TestQuestion(line=9, question="b", expected_as_given="", label=UNLABELLED)
    run = replace(begun(store, rows=1), run_id="other", total=2)
    store.create(run, [full, bare])
    (chunk,) = store.chunks(run)
    assert store.rows_of(chunk) == [PendingRow(row=0, content=full), PendingRow(row=1, content=bare)]
    assert store.test_questions(run.org_id, run.run_id) == [full, bare]
    store.finish_rows(run, [row(0)], AT)
    assert store.rows_of(chunk) == [PendingRow(row=1, content=bare)]
    assert store.test_questions(run.org_id, run.run_id) == [full, bare]


def test_a_run_that_is_not_there_or_of_another_org_has_no_rows(store: SqlRunStore) -> None:
    run = begun(store, rows=2)
    for org_id, run_id in ((run.org_id, "none"), ("other", run.run_id)):
        found = store.rows(org_id, run_id)
        assert len(found) == 0
        assert "verdict" in found.columns

"""A database of every earlier version is brought up to date with all that people had in it."""

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.runs.ledger import Status
from core.storage.audit import SqlAuditStore
from core.storage.database import Database
from core.storage.datasets import SqlDatasetStore
from core.storage.migrate import migrate
from core.storage.questions import SqlQuestionStore
from core.storage.runs import SqlRunStore
from core.storage.tables import metadata
from tests.sample_databases import (
    BEGAN,
    DATASET,
    EDITED,
    FOLDER,
    ORGS,
    POLICY,
    QUESTION,
    RUN,
    fill,
    kept,
    revisions,
    sample,
)

REVISIONS = revisions()
FIRST = tuple(f"{number:04}" for number in range(1, 16))
WITH_POLICIES, WITH_DATASETS = REVISIONS.index("0002"), REVISIONS.index("0009")


def old(folder: Path, revision: str) -> Path:
    path = folder / "old.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(sample(revision))
    connection.close()
    return path


def rows(path: Path) -> dict[str, int]:
    """How many rows each table has."""
    with sqlite3.connect(path) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}
    connection.close()
    return found


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_database_of_this_schema_keeps_all_it_has(tmp_path: Path, revision: str) -> None:
    path = old(tmp_path, revision)
    before = rows(path)
    database = Database(f"sqlite:///{path}")

    migrate(database)

    questions, place = SqlQuestionStore(database), REVISIONS.index(revision)
    for org_id in ORGS:
        newest = questions.newest(org_id)
        assert [(entry.id, entry.question, entry.answer) for entry in newest.entries] == [
            (1, QUESTION, EDITED),
            (2, "Are you hiring?", "Yes"),
        ]
        assert newest.entries[0].alternates == ("opening hours",)
        assert (newest.policy == POLICY) == (place >= WITH_POLICIES)
        assert questions.published(org_id, 1).entries[0].answer == "9 to 5"
        assert [(one.number, one.note) for one in questions.revisions(org_id)] == [(2, "second"), (1, "first")]
        store = SqlRunStore(database)
        run = store.run(org_id, RUN)
        assert run is not None
        assert (run.status, run.finished, run.total, run.created_at.date()) == (Status.PAUSED, 1, 2, BEGAN.date())
        assert store.pending_questions(org_id, RUN, 10) == ["a joke?"]
        assert [one.question for one in store.test_questions(org_id, RUN)] == ["when open", "a joke?"]
        if place >= WITH_DATASETS:
            datasets = SqlDatasetStore(database)
            assert [(one.name, one.version) for one in datasets.datasets(org_id)] == [("FAQ", 1)]
            assert len(datasets.rows(org_id, DATASET, 1)) == 2
        SqlAuditStore(database).events(org_id, before=None, limit=10)
    database.close()
    after = rows(path)
    assert min(before.values()) > 0
    assert {name: after.get(name) for name in before} == before


def test_the_upgraded_tables_are_those_of_a_new_installation(tmp_path: Path) -> None:
    path = old(tmp_path, "0001")
    database = Database(f"sqlite:///{path}")
    migrate(database)

    with database.read() as connection:
        looked_at = sa.inspect(connection)
        found = {name: {c["name"] for c in looked_at.get_columns(name)} for name in looked_at.get_table_names()}
    database.close()

    assert found.pop("alembic_version")
    assert found == {table.name: {column.name for column in table.columns} for table in metadata.sorted_tables}


def test_samples_of_what_people_had_are_kept() -> None:
    assert [revision for revision in FIRST if not kept(revision).exists()] == []
    assert [path.name for path in FOLDER.iterdir() if path.stem not in REVISIONS] == []


def test_a_database_of_now_can_be_filled_too(database: Database) -> None:
    with database.write(every_org=True) as connection:
        fill(connection)
        counts = {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }

    assert min(counts.values()) > 0

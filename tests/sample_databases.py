"""Databases as each earlier version left them, with rows in every table of their time: SQL in ``tests/data/schemas``.

``python -m tests.sample_databases`` adds those that are lacking. Kept ones are never made anew: what they hold is what
an installation of that day has.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from core.identity.demo import ADMIN, CLOTHING_ORG, PHONE_ORG
from core.questions.policy import Policy
from core.storage.database import Database
from core.storage.migrate import alembic_config

FOLDER = Path(__file__).parent / "data" / "schemas"
ORGS = (CLOTHING_ORG, PHONE_ORG)
RUN, DATASET = "5b3f0c1e-7c3d-4d0e-9a51-0d6b1f1c0a01", "5b3f0c1e-7c3d-4d0e-9a51-0d6b1f1c0a02"
BEGAN = datetime(2026, 3, 1, 9, 30, 15, 250_000, tzinfo=UTC)
QUESTION, EDITED = "What are your hours? 🕘 «Öffnungszeiten»", "9 to 5\nand, on “Sundays”, 10 to 4 | ### \\N"
POLICY = Policy(fallback="A human will be in touch shortly", strictness=0.05)


def revisions() -> list[str]:
    """Every migration's, the first one first."""
    found = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    return [one.revision for one in reversed(list(found))]


def kept(revision: str) -> Path:
    """The file of a schema."""
    return FOLDER / f"{revision}.sql"


def sample(revision: str) -> str:
    """The statements that make a database of this schema with its rows: kept ones, else made now."""
    return kept(revision).read_text("utf-8") if kept(revision).exists() else made(revision)


def made(revision: str) -> str:
    """A database of this schema, filled, as SQL."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.db"
        database = Database(f"sqlite:///{path}")
        with database.write(every_org=True) as connection:
            config = alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            fill(connection)
        database.close()
        with sqlite3.connect(path) as plain:
            text = "\n".join(plain.iterdump()) + "\n"
        plain.close()
        return text


def fill(connection: sa.Connection) -> None:
    """Put rows of two orgs into every table, whatever tables and columns there are."""
    found = sa.MetaData()
    found.reflect(connection)
    for table in found.sorted_tables:
        if table.name != "alembic_version":
            for number, row in enumerate(_rows(table)):
                connection.execute(sa.insert(table).values(_whole(table, row, number)))


def _rows(table: sa.Table) -> Iterator[dict[str, Any]]:
    """What has a meaning of its own; everything else is filled up by kind."""
    if table.name == "installation":
        yield {"name": "sign_in", "value": "demo"}
        return
    if "org_id" not in table.columns or table.name == "last_orgs":
        yield from ({"user_id": ADMIN.user_id}, {"user_id": "another"})
        return
    for org_id in ORGS:
        for row in _KNOWN.get(table.name, ({},)):
            yield {"org_id": org_id, **row}


_REVISIONS = (
    {"number": 1, "note": "first", "added": 2, "edited": 0, "deleted": 0},
    {"number": 2, "note": "second", "added": 0, "edited": 1, "deleted": 0},
)
_VERSIONS: tuple[dict[str, Any], ...] = (
    {"entry_id": 1, "since_revision": 1, "until_revision": 2, "question": QUESTION, "answer": "9 to 5"},
    {"entry_id": 1, "since_revision": 2, "until_revision": None, "question": QUESTION, "answer": EDITED},
    {"entry_id": 2, "since_revision": 1, "until_revision": None, "question": "Are you hiring?", "answer": "Yes"},
)
_ENTRY: dict[str, Any] = {"label": "entry", "label_ids": [1], "meant": [1], "verdict": "right", "given_id": 1}
_PERSON: dict[str, Any] = {"label": "fallback", "label_ids": [], "meant": [], "verdict": None, "given_id": None}
_TEST_QUESTIONS: tuple[dict[str, Any], ...] = (
    {"row": 0, "line": 2, "question": "when open", "expected": QUESTION, **_ENTRY},
    {"row": 1, "line": 3, "question": "a joke?", "expected": "__fallback__", **_PERSON},
)
_KNOWN: dict[str, tuple[dict[str, Any], ...]] = {
    "revisions": _REVISIONS,
    "entry_versions": _VERSIONS,
    "runs": ({"run_id": RUN, "status": "paused", "name": "faq.csv", "total": 2, "finished": 1},),
    "run_rows": _TEST_QUESTIONS,
    "datasets": ({"dataset_id": DATASET, "name": "FAQ", "name_key": "faq", "version": 1, "next_row": 2},),
    "dataset_versions": ({"number": 1, "rows": 2},),
    "dataset_rows": _TEST_QUESTIONS,
}
_VALUES: dict[str, Any] = {
    "run_id": RUN,
    "dataset_id": DATASET,
    "user_id": ADMIN.user_id,
    "author_id": ADMIN.user_id,
    "author": ADMIN.name,
    "revision": 2,
    "live_revision": 2,
    "base_revision": 2,
    "since_version": 1,
    "until_version": None,
    "dataset_version": 1,
    "next_entry_id": 3,
    "enabled": True,
    "policy": POLICY.as_json(),
    "publishing_rules": None,
    "understood": None,
    "alternates": ["opening hours"],
    "tags": ["Ünïcode", "hours"],
    "extra": {"tags": ["x"], "note": "a note"},
    "changes": {},
    "name": "a name",
    "month": "2026-03",
    "day": "2026-03-01",
    "what": "saved the table",
}


def _whole(table: sa.Table, row: dict[str, Any], number: int) -> dict[str, Any]:
    return {column.name: _value(table, column, row, number) for column in table.columns}


def _value(table: sa.Table, column: sa.Column[Any], row: dict[str, Any], number: int) -> Any:
    if column.name in row:
        value = row[column.name]
    elif column.name in _VALUES and (column.name != "revision" or not column.primary_key):
        value = _VALUES[column.name]
    else:
        value = _by_kind(table, column, number)
    return sa.null() if value is None else value


def _by_kind(table: sa.Table, column: sa.Column[Any], number: int) -> Any:
    if isinstance(column.type, sa.JSON):
        return {"made": "up"}
    if isinstance(column.type, sa.DateTime):
        return BEGAN + timedelta(minutes=number)
    if isinstance(column.type, sa.Boolean):
        return bool(number % 2)
    if isinstance(column.type, sa.Float):
        return 0.1 + number
    if isinstance(column.type, sa.Integer):
        return 2_000_000_000_000 + number if isinstance(column.type, sa.BigInteger) else number + 1
    return f"{table.name} {column.name} {number}"


def main() -> None:
    """Add the files that are lacking, for every schema but the newest."""
    FOLDER.mkdir(exist_ok=True)
    for revision in revisions()[:-1]:
        if not kept(revision).exists():
            kept(revision).write_text(made(revision), "utf-8")
            print(kept(revision))


if __name__ == "__main__":
    main()

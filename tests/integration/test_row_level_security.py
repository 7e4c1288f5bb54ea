"""PostgreSQL keeps the orgs apart by itself, also from a query that forgot to name its org."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.bootstrap import PASSES_THE_WALL, build
from core.settings import Settings
from core.storage.database import Database
from core.storage.migrate import migrate
from core.storage.row_level_security import protect, unprotect
from core.storage.tables import metadata

pytestmark = pytest.mark.postgresql

OF_ORGS = [table for table in metadata.sorted_tables if "org_id" in table.c]
LOG = "audit_events"
ONLY_ADDED = (LOG, "publications")
A, B = "org a", "org b"


@pytest.fixture
def database(migrated_postgresql_url: str) -> Iterator[Database]:
    """A migrated database of an ordinary role, with a row of each org in every table."""
    database = Database(migrated_postgresql_url)
    with database.write(every_org=True) as connection:
        for org_id in (A, B):
            for table in OF_ORGS:
                connection.execute(sa.insert(table).values(row(table, org_id)))
    yield database
    database.close()


def row(table: sa.Table, org_id: str, text: str = "x") -> dict[str, Any]:
    """Some value for each column that needs one; keys of users and the like tell the orgs apart."""
    examples = {
        sa.Text: f"{text} of {org_id}",
        sa.Integer: 1,
        sa.BigInteger: 1,
        sa.Boolean: False,
        sa.JSON: [],
        sa.Float: 0.5,
    }
    values = {
        column.key: examples.get(type(column.type), datetime(2026, 5, 4, tzinfo=UTC))
        for column in table.c
        if not column.nullable
    }
    return values | {"org_id": org_id}


def refused(connection: sa.Connection, statement: sa.Executable) -> bool:
    """Whether the wall stops this statement; the transaction goes on as if it had not been tried."""
    try:
        with connection.begin_nested():
            connection.execute(statement)
    except sa.exc.ProgrammingError as error:
        return "row-level security" in str(error.orig)
    return False


def test_every_table_with_an_org_has_the_wall_also_for_its_owner(database: Database) -> None:
    query = "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
    with database.read() as connection:
        walled = set(connection.execute(sa.text(query)).scalars())

    assert walled == {table.name for table in OF_ORGS}
    assert not database.ignores_row_level_security()


@pytest.mark.parametrize("table", OF_ORGS, ids=lambda table: table.name)
def test_without_an_org_nothing_is_seen_and_nothing_written(database: Database, table: sa.Table) -> None:
    with database.write() as connection:
        seen = connection.execute(sa.select(table)).all()
        changed = connection.execute(sa.update(table).values(org_id=table.c.org_id)).rowcount
        deleted = connection.execute(sa.delete(table)).rowcount
        added = not refused(connection, sa.insert(table).values(row(table, "org c")))

    assert (seen, changed, deleted, added) == ([], 0, 0, False)


@pytest.mark.parametrize("table", OF_ORGS, ids=lambda table: table.name)
def test_an_org_neither_sees_nor_changes_nor_makes_rows_of_another(database: Database, table: sa.Table) -> None:
    of_b = table.c.org_id == B
    with database.write(A) as connection:
        seen = connection.execute(sa.select(table.c.org_id)).scalars().all()
        changed = connection.execute(sa.update(table).where(of_b).values(org_id=B)).rowcount
        deleted = connection.execute(sa.delete(table).where(of_b)).rowcount
        added = not refused(connection, sa.insert(table).values(row(table, B, "new")))
        given_away = not refused(connection, sa.update(table).values(org_id=B)) and table.name not in ONLY_ADDED

    assert (seen, changed, deleted, added, given_away) == ([A], 0, 0, False, False)
    with database.read(B) as connection:
        assert connection.execute(sa.select(table.c.org_id)).scalars().all() == [B]


def test_nobody_changes_or_deletes_what_is_in_the_log(database: Database) -> None:
    log = metadata.tables[LOG]
    for reach in ({"org_id": A}, {"every_org": True}):
        with database.write(**reach) as connection:
            assert connection.execute(sa.update(log).values(details="else")).rowcount == 0
            assert connection.execute(sa.delete(log)).rowcount == 0


def test_a_pooled_connection_forgets_whom_it_was_about(postgresql_url: str) -> None:
    database = Database(f"{postgresql_url}?application_name=x")
    migrate(database)
    for reach in ({"org_id": A}, {"every_org": True}):
        with database.write(**reach) as connection:
            process = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
            connection.execute(sa.text(f"INSERT INTO orgs VALUES ('{A}', 0, 1) ON CONFLICT DO NOTHING"))
        with database.read() as connection:
            assert connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one() == process
            assert connection.execute(sa.text("SELECT count(*) FROM orgs")).scalar_one() == 0
        with database.read("") as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM orgs")).scalar_one() == 0
    database.close()


def test_a_superuser_passes_the_wall_and_the_log_says_so_at_start(
    postgresql_server: str, postgresql_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    name = postgresql_url.rpartition("/")[2]
    as_superuser = Settings(data_dir=tmp_path, database_url=f"{postgresql_server}/{name}")

    build(as_superuser).stop()

    assert [r.message for r in caplog.records if r.levelno == logging.WARNING] == [PASSES_THE_WALL]


def test_an_ordinary_role_starts_without_a_warning(
    postgresql_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    build(Settings(data_dir=tmp_path, database_url=postgresql_url)).stop()

    assert [r.message for r in caplog.records if r.levelno >= logging.WARNING] == []


def test_the_wall_can_be_taken_away_and_put_up_again(database: Database) -> None:
    def seen() -> int:
        with database.read() as connection:
            return int(connection.execute(sa.text("SELECT count(*) FROM orgs")).scalar_one())

    with database.write() as connection:
        unprotect(connection, "orgs")
        unprotect(connection, LOG)
    assert seen() == 2
    with database.write() as connection:
        protect(connection, "orgs")
        protect(connection, LOG, only_added=True)
    assert seen() == 0

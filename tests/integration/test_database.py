"""The settings that keep acknowledged writes, and the migrations, on real databases."""

import os
import sqlite3
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from core.errors import ConfigurationError
from core.questions.policy import Policy
from core.storage.database import Database, wal_is_safe
from core.storage.jobs import SqlJobs
from core.storage.migrate import alembic_config, claim, migrate
from core.storage.questions import SqlQuestionStore
from core.storage.tables import metadata


def test_every_sqlite_connection_is_safe(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new' / 'x.db'}")

    def setting(connection: sa.Connection, name: str) -> object:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()

    with database.read() as one, database.write() as two:
        for connection in (one, two):
            assert setting(connection, "foreign_keys") == 1
            assert setting(connection, "synchronous") == 2
            assert setting(connection, "busy_timeout") == 30_000
            expected = "wal" if wal_is_safe(sqlite3.sqlite_version_info) else "delete"
            assert setting(connection, "journal_mode") == expected
    database.close()


def mode(path: Path) -> str:
    return oct(path.stat().st_mode & 0o777)


def test_the_files_of_sqlite_are_for_their_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        old = tmp_path / "old.db"
        old.touch(0o644)
        for path in (tmp_path / "new.db", old):
            database = Database(f"sqlite:///{path}")
            migrate(database)
            SqlJobs(database).place()
            with database.write() as connection:
                connection.execute(sa.text("CREATE TABLE some (value INTEGER)"))
                beside = [*tmp_path.glob(f"{path.name}-*"), path, tmp_path / f"{path.stem}-jobs.db"]
                assert {each.name: mode(each) for each in beside} == {each.name: "0o600" for each in beside}
            database.close()
    finally:
        os.umask(before)


@pytest.mark.parametrize(
    ("version", "safe"),
    [((3, 40, 1), False), ((3, 50, 6), False), ((3, 50, 7), True), ((3, 51, 2), False), ((3, 51, 3), True)],
)
def test_a_write_ahead_log_is_used_only_where_sqlite_does_not_damage_it(version: tuple, safe: bool) -> None:
    assert wal_is_safe(version) is safe


def test_reads_then_writes_of_many_threads_lose_nothing(database: Database) -> None:
    counter = sa.Table("counter", sa.MetaData(), sa.Column("value", sa.Integer))
    with database.write() as connection:
        counter.create(connection)
        connection.execute(sa.insert(counter).values(value=0))

    def count_up() -> None:
        for _ in range(25):
            with database.write() as connection:
                value = connection.execute(sa.select(counter.c.value).with_for_update()).scalar_one()
                connection.execute(sa.update(counter).values(value=value + 1))

    threads = [threading.Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.read() as connection:
        assert connection.execute(sa.select(counter.c.value)).scalar_one() == 200


def test_a_connection_that_is_given_back_after_the_end_is_closed(database: Database) -> None:
    jobs = SqlJobs(database)
    engines = [engine for engine in (database.engine, jobs.place().engine) if engine is not None]
    late = [engine.connect() for engine in engines]
    closed: list[object] = []
    for engine in engines:
        sa.event.listen(engine, "close", lambda raw, _record: closed.append(raw))
    held = [each.connection.dbapi_connection for each in late]

    jobs.close()
    database.close()
    for each in late:
        each.close()

    assert [raw for raw in closed if raw in held] == held


def test_an_exception_leaves_nothing_half_done(database: Database) -> None:
    def interrupted() -> None:
        with database.write() as connection:
            connection.exec_driver_sql("INSERT INTO installation VALUES ('half', 'done')")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        interrupted()

    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM installation").scalar_one() == 0


def test_the_migrations_make_exactly_the_tables_of_the_code(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, metadata) == []


def test_migrating_again_and_from_several_starts_at_once_changes_nothing(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(4)]
    failures = []

    def start(database: Database) -> None:
        try:
            migrate(database)
            claim(database, "demo")
        except Exception as error:  # noqa: BLE001 - shown by the test
            failures.append(error)

    threads = [threading.Thread(target=start, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    with databases[0].read() as connection:
        assert connection.exec_driver_sql("SELECT name, value FROM installation").all() == [("sign_in", "demo")]
    for database in databases:
        database.close()


def test_a_start_that_another_one_overtakes_takes_its_claim(migrated_postgresql_url: str) -> None:
    first, second = Database(migrated_postgresql_url), Database(migrated_postgresql_url)
    insert = sa.text("INSERT INTO installation VALUES ('sign_in', 'demo')")
    failures: list[Exception] = []

    def start() -> None:
        try:
            claim(second, "demo")
        except Exception as error:  # noqa: BLE001 - shown by the test
            failures.append(error)

    overtaken = threading.Thread(target=start)
    with first.write() as connection:
        connection.execute(insert)
        overtaken.start()
        while not _waiting_for_a_lock(first) and overtaken.is_alive():
            time.sleep(0.01)
    overtaken.join()

    assert failures == []
    first.close()
    second.close()


def _waiting_for_a_lock(database: Database) -> int:
    """How many connections to this database wait for another one; asked in a transaction of its own, since each sees
    one state of that view."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with database.read() as connection:
        return int(connection.execute(sa.text(waiting)).scalar_one())


def test_the_demo_people_never_open_a_database_of_real_accounts(database: Database) -> None:
    claim(database, "propelauth")

    with pytest.raises(ConfigurationError, match="Set DATABASE_URL"):
        claim(database, "demo")


def test_a_filled_database_of_the_first_version_keeps_every_row(database_url: str) -> None:
    database = Database(database_url)
    with database.write() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with database.write() as connection:
        connection.execute(sa.text("INSERT INTO orgs VALUES ('o', 1, 2)"))
        row = "('o', 1, 'u', 'Olivia', '2026-01-01 00:00:00+00:00', 'note', 1, 0, 0)"
        connection.execute(sa.text(f"INSERT INTO revisions VALUES {row}"))

    migrate(database)

    with database.read("o") as connection:
        kept = connection.execute(sa.text("SELECT org_id, number, author, note, policy FROM revisions")).one()
    assert tuple(kept) == ("o", 1, "Olivia", "note", None)
    assert SqlQuestionStore(database).snapshot("o").policy == Policy()
    database.close()


def test_a_database_that_is_not_there_is_told_in_words_without_its_password(tmp_path: Path) -> None:
    for url in ("postgresql+psycopg://me:pass-word@127.0.0.1:1/x", f"sqlite:///{tmp_path}"):
        database = Database(url)
        with pytest.raises(ConfigurationError, match="Check DATABASE_URL") as raised:
            migrate(database)
        assert "pass-word" not in str(raised.value)
        database.close()


@pytest.mark.parametrize("url", ["postgresql+psycopg://me:pass-word@host:port/x", "postgresql+psycopg", "://"])
def test_a_url_that_cannot_be_read_is_told_in_words_without_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read") as raised:
        Database(url)

    assert "pass-word" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_an_error_of_the_database_does_not_quote_what_was_written(database: Database) -> None:
    with pytest.raises(sa.exc.DBAPIError) as raised, database.write("o") as connection:
        connection.execute(sa.text("INSERT INTO nowhere VALUES (:text)"), {"text": "canary"})

    assert "canary" not in str(raised.value)

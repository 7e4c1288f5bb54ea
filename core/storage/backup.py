"""Every row of a database into a backup, and out of one into an empty database, on SQLite and on PostgreSQL alike."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from core.operation.backup_file import BackupReader, BackupRefused, BackupWriter, Manifest, Value
from core.settings import sqlite_url
from core.storage.database import Database
from core.storage.migrate import LOCK, alembic_config
from core.storage.tables import UtcDateTime

LEFT_OUT = {"alembic_version", "executors", "run_executors"}
"""Which processes work now is no matter of a backup; the schema stands in its manifest."""
_AT_ONCE = 2_000
EMPTY_NEEDED = "This database is not empty, and a backup is put back into an empty one only. {how} Nothing was changed."


def save(database: Database, backup: BackupWriter, at: datetime) -> Manifest:
    """Write every table as it is at one moment; whoever works on the database goes on meanwhile.

    Raises BackupRefused when it is not a database of Frontline, or of a newer one.
    """
    with _snapshot(database) as connection:
        schema = _schema(connection)
        if schema is None:
            raise BackupRefused("There is nothing to back up: this database holds no tables of Frontline.")
        if schema not in _known():
            raise BackupRefused("This database was made by a newer Frontline: back it up with that one.")
        for table in _tables(connection):
            columns = [_read(column) for column in table.columns]
            rows = connection.execution_options(yield_per=_AT_ONCE).execute(sa.select(*columns))
            writes = [_WRITTEN.get(_kind(column), _as_it_is) for column in table.columns]
            backup.table(
                table.name,
                [column.name for column in table.columns],
                ([write(value) for write, value in zip(writes, row, strict=True)] for row in rows),
            )
        sign_in = connection.exec_driver_sql("SELECT value FROM installation WHERE name = 'sign_in'").scalar()
        return backup.end(schema=schema, made_at=at.isoformat(timespec="seconds"), sign_in=sign_in or "")


def load(database: Database, backup: BackupReader) -> None:
    """Make the tables as they were, put every row back and bring them up to date: all of it, or nothing.

    Raises BackupRefused when the database is not empty, or the backup is of a newer Frontline or was changed.
    """
    schema = backup.manifest.schema
    if schema not in _known():
        raise BackupRefused(f"This backup was made by a newer Frontline (its tables are {schema}): install that one.")
    config = alembic_config()
    with database.write(every_org=True) as connection:
        if not database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        if sa.inspect(connection).get_table_names():
            how = "Move its file away first." if database.is_sqlite else "Make a new one (CREATE DATABASE)."
            raise BackupRefused(EMPTY_NEEDED.format(how=how))
        config.attributes["connection"] = connection
        command.upgrade(config, schema)
        tables = _tables(connection)
        expected = {table.name: {column.name for column in table.columns} for table in tables}
        if {name: set(content.columns) for name, content in backup.manifest.tables.items()} != expected:
            raise BackupRefused("This backup does not hold the tables of its version: it was changed.")
        for table in tables:
            connection.execute(sa.delete(table))  # what a migration itself put there
            _fill(connection, table, backup)
        command.upgrade(config, "head")


def _fill(connection: sa.Connection, table: sa.Table, backup: BackupReader) -> None:
    columns = [table.columns[name] for name in backup.manifest.tables[table.name].columns]
    statement = sa.insert(table).values({column: _bound(column) for column in columns})
    reads = [_BROUGHT_BACK.get(_kind(column), _as_it_is) for column in columns]
    rows = backup.rows(table.name)
    while some := list(islice(rows, _AT_ONCE)):
        try:
            values = [
                {f"to_{column.name}": read(value) for column, read, value in zip(columns, reads, row, strict=True)}
                for row in some
            ]
            connection.execute(statement, values)
        except (sa.exc.DataError, sa.exc.IntegrityError, sa.exc.StatementError, ValueError, TypeError) as error:
            if isinstance(error, sa.exc.OperationalError):
                raise
            raise BackupRefused(
                f"The table {table.name} holds a row that this database does not take. Nothing was restored."
            ) from None


@contextmanager
def _snapshot(database: Database) -> Iterator[sa.Connection]:
    """A transaction that sees one moment of every org, however long it takes."""
    if not database.is_sqlite:
        with database.read_moment() as connection:
            yield connection
        return
    # From a copy: a long reader would keep writers waiting.
    with tempfile.TemporaryDirectory(prefix="frontline-backup-") as folder:
        copy = Path(folder) / "copy.db"
        with database.read() as connection:
            source = connection.connection.driver_connection
            target = sqlite3.connect(copy)
            try:
                source.backup(target)  # type: ignore[union-attr]  # SQLAlchemy does not know which driver it is
            finally:
                target.close()
        copied = Database(sqlite_url(copy))
        try:
            with copied.read() as connection:
                yield connection
        finally:
            copied.close()


def _tables(connection: sa.Connection) -> list[sa.Table]:
    """The tables as they are now, those first that others refer to."""
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in LEFT_OUT]


def _schema(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())


def _known() -> set[str]:
    return {one.revision for one in ScriptDirectory.from_config(alembic_config()).walk_revisions()}


def _kind(column: sa.Column[Any]) -> str:
    kinds: Sequence[tuple[type[Any], str]] = (
        (sa.JSON, "json"),
        (sa.DateTime, "moment"),
        (sa.Boolean, "boolean"),
    )
    return next((kind for of, kind in kinds if isinstance(column.type, of)), "plain")


def _read(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """JSON as its text: NULL and the JSON null are two things."""
    kind = _kind(column)
    if kind == "json":
        return sa.cast(column, sa.Text).label(column.name)
    return sa.type_coerce(column, UtcDateTime()).label(column.name) if kind == "moment" else column


def _bound(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    name, kind = f"to_{column.name}", _kind(column)
    if kind == "json":
        text = sa.bindparam(name, type_=sa.Text())
        is_postgresql = column.type.__module__.startswith("sqlalchemy.dialects.postgresql")
        return sa.cast(text, column.type) if is_postgresql else sa.type_coerce(text, sa.Text())
    return sa.bindparam(name, type_=UtcDateTime() if kind == "moment" else column.type)


def _as_it_is(value: Value) -> Value:
    return value


_WRITTEN: Mapping[str, Callable[[Any], Value]] = {
    "moment": lambda value: None if value is None else value.astimezone(UTC).isoformat(),
}
_BROUGHT_BACK: Mapping[str, Callable[[Any], Any]] = {
    "moment": lambda value: None if value is None else datetime.fromisoformat(value),
}

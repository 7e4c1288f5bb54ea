"""What a database is like, found out without changing anything in it."""

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from core.storage.database import Database
from core.storage.migrate import alembic_config
from core.storage.tables import server_keys

DAMAGE_TOLD = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseState:
    """``schema`` is None where there are no tables yet; ``pending`` are migrations that the next start applies.

    ``damage`` is what SQLite's own check found; ``sealed_keys`` are the keys of model servers as they are kept: the
    org, the address and the sealed text.
    """

    product: str
    schema: str | None = None
    is_newer: bool = False
    pending: int = 0
    sign_in: str = ""
    passes_the_wall: bool = False
    damage: tuple[str, ...] = ()
    sealed_keys: tuple[tuple[str, str, str], ...] = ()


def file_of(url: str) -> Path | None:
    """The file of an SQLite database; None for any other, and for one in memory."""
    parsed = sa.engine.make_url(url)
    named = parsed.database if parsed.get_backend_name() == "sqlite" else None
    return Path(named) if named and not named.startswith((":memory:", "file:")) else None


def inspected(database: Database) -> DatabaseState:
    """Look at the database. Raises StorageUnavailable where it cannot be used."""
    known = [one.revision for one in ScriptDirectory.from_config(alembic_config()).walk_revisions()]
    with database.read(every_org=True) as connection:
        product = _product(connection)
        if not sa.inspect(connection).has_table("alembic_version"):
            return DatabaseState(product=product)
        schema = str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())
        sign_in = connection.exec_driver_sql("SELECT value FROM installation WHERE name = 'sign_in'").scalar()
        damage = connection.exec_driver_sql("PRAGMA quick_check").scalars().all() if database.is_sqlite else ["ok"]
        has_keys = sa.inspect(connection).has_table(server_keys.name)
        columns = server_keys.c
        keys = sa.select(columns.org_id, columns.address, columns.sealed)
        sealed = [(one.org_id, one.address, one.sealed) for one in connection.execute(keys)] if has_keys else []
    return DatabaseState(
        product=product,
        schema=schema,
        is_newer=schema not in known,
        pending=known.index(schema) if schema in known else 0,  # the newest comes first
        sign_in=sign_in or "",
        passes_the_wall=database.ignores_row_level_security(),
        damage=() if damage == ["ok"] else tuple(map(str, damage[:DAMAGE_TOLD])),
        sealed_keys=tuple(sealed),
    )


def _product(connection: sa.Connection) -> str:
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.dialect.name]
    return f"{name} {'.'.join(map(str, connection.dialect.server_version_info or ()))}"

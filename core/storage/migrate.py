"""Brings a database to the tables of this version, at start."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from core.errors import ConfigurationError
from core.storage.database import Database, insert_into
from core.storage.tables import installation

LOCK = 0x46524F4E544C  # one advisory lock for all migrations of all Frontline processes


def migrate(database: Database) -> None:
    """Apply the migrations that are missing, in one transaction; two processes that start at once take turns.

    Raises ConfigurationError when the database cannot be used.
    """
    config = alembic_config()
    with database.opening(), database.write(every_org=True) as connection:
        if not database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def alembic_config() -> Config:
    """Alembic's settings, without an ini file."""
    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))  # Alembic reads % as the sign of a variable
    config.set_main_option("path_separator", "os")
    return config


def claim(database: Database, sign_in: str) -> None:
    """Mark the database with the way people sign in ("demo" or "propelauth"), at its first use.

    Of several processes that start at once the first one decides. Raises ConfigurationError when the database was used
    with the other: the demo people must never open real data.
    """
    with database.write() as connection:
        first = insert_into(installation, connection.dialect).values(name="sign_in", value=sign_in)
        connection.execute(first.on_conflict_do_nothing(index_elements=["name"]))
        query = sa.select(installation.c.value).where(installation.c.name == "sign_in")
        found = connection.execute(query).scalar_one()
        if found != sign_in:
            raise ConfigurationError(
                f"This database was made with the sign-in “{found}”, and Frontline was started with “{sign_in}”. "
                "Set DATABASE_URL or FRONTLINE_DATA_DIR to another one, or restore the sign-in settings."
            )

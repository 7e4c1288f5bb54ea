"""Whether the database is there and can be read now."""

from pathlib import Path

import sqlalchemy as sa

from core.errors import StorageUnavailable
from core.storage.database import Database
from core.storage.tables import installation
from core.storage.unavailable import StorageFault


def look(database: Database) -> None:
    """Read from the database. Raises StorageUnavailable, or SQLAlchemy's error where the tables are not there."""
    file = database.engine.url.database if database.is_sqlite else None
    if file and not Path(file).exists():  # an open connection still reads what was deleted
        fault = StorageFault.AWAY
        raise StorageUnavailable(fault.words, remedy=fault.remedy, detail=f"{file} is not there any more")
    with database.read() as connection:
        connection.execute(sa.select(installation.c.name).limit(1)).all()

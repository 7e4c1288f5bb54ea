"""Puts together a backup, and what puts one back."""

from pathlib import Path

from core.clock import now
from core.operation.backup_file import BackupRefused, Manifest, reading, writing
from core.settings import Settings
from core.storage import backup
from core.storage.database import Database
from core.storage.jobs import SqlJobs


def back_up(settings: Settings, file: Path) -> Manifest:
    """Write all that the database holds into a new file, while servers and workers go on.

    Raises BackupRefused, and ConfigurationError where the database cannot be used.
    """
    database = Database(settings.database_url)
    try:
        with database.opening(), writing(file) as writer:
            return backup.save(database, writer, now())
    finally:
        database.close()


def restore(settings: Settings, file: Path) -> Manifest:
    """Put a backup back into an empty database; all of it, or nothing.

    Raises BackupRefused, and ConfigurationError where the database cannot be used.
    """
    sign_in = "demo" if settings.auth is None else "propelauth"
    with reading(file) as found:
        made_with = found.manifest.sign_in
        if made_with not in ("", sign_in):
            raise BackupRefused(
                f"This backup is of an installation with the sign-in “{made_with}”, and the settings here are those of "
                f"“{sign_in}”. Set them first. Nothing was restored."
            )
        found.check()
        database = Database(settings.database_url)
        jobs = SqlJobs(database)
        try:
            if not jobs.own():
                raise BackupRefused("A Frontline works on this database file: stop it first. Nothing was restored.")
            with database.opening():
                backup.load(database, found)
        finally:
            jobs.close()
            database.close()
        return found.manifest

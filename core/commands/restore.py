"""``python -m core restore FILE``: puts a backup back into an empty database."""

from collections.abc import Sequence

from core.bootstrap.backups import restore
from core.commands.backup_arguments import carried_out
from core.commands.exits import Exit
from core.operation.backup_file import Manifest


def main(given: Sequence[str] | None = None) -> Exit:
    """Put a backup back and say with which status it ends."""
    return carried_out(
        "restore", "Put a backup back into an empty database: all of it, or nothing.", restore, _told, given
    )


def _told(manifest: Manifest) -> str:
    return f"{manifest.rows:,} rows of {len(manifest.tables)} tables are restored, as they were at {manifest.made_at}."

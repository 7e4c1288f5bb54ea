"""``python -m core backup FILE``: all that the database holds in one file, while Frontline runs."""

from collections.abc import Sequence

from core.bootstrap.backups import back_up
from core.commands.backup_arguments import carried_out
from core.commands.exits import Exit
from core.operation.backup_file import Manifest


def main(given: Sequence[str] | None = None) -> Exit:
    """Write a backup and say with which status it ends."""
    return carried_out(
        "backup", "Write all that the database holds into a new file, while Frontline runs.", back_up, _told, given
    )


def _told(manifest: Manifest) -> str:
    return (
        f"{manifest.rows:,} rows of {len(manifest.tables)} tables are in the backup. The secret that opens the keys of "
        "model servers is not: keep it elsewhere."
    )

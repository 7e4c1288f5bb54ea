"""What the commands ``backup`` and ``restore`` have in common: one file, and how they end."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from core.commands.exits import Exit
from core.errors import FrontlineError
from core.masking import Masking, secrets_of
from core.operation.backup_file import BackupRefused, Manifest
from core.settings import Settings


def carried_out(
    name: str,
    about: str,
    act: Callable[[Settings, Path], Manifest],
    told: Callable[[Manifest], str],
    given: Sequence[str] | None,
) -> Exit:
    """Read the command's one argument, act on it and tell what became of it."""
    parser = argparse.ArgumentParser(prog=f"python -m core {name}", description=about)
    parser.add_argument("file", metavar="FILE", type=Path, help="the file of the backup")
    file: Path = parser.parse_args(given).file
    try:
        settings = Settings.from_environment()
        Masking(secrets_of(settings)).begin()
        print(told(act(settings, file)))  # noqa: T201 - what the command is for
    except BackupRefused as error:
        return _ended(error, Exit.WRONG_USE)
    except FrontlineError as error:
        return _ended(error, Exit.CANNOT_RUN)
    return Exit.OK


def _ended(error: FrontlineError, status: Exit) -> Exit:
    print(f"\n{error}\n", file=sys.stderr)  # noqa: T201 - what the command is for
    return status

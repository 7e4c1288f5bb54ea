"""The folders of one installation on its own disk, and plain words where one cannot be used."""

import os
from pathlib import Path

from core.errors import ConfigurationError


def folder_to_write(path: Path, *, named_by: str) -> Path:
    """The folder, made where it is not there yet. ``named_by`` is the setting that names it.

    Raises ConfigurationError when it is a file, cannot be made, or cannot be written to.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "is a file" if path.is_file() else f"cannot be made ({error.strerror or error})"
    else:
        if os.access(path, os.W_OK | os.X_OK):
            return path
        reason = "cannot be written to"
    raise ConfigurationError(
        f"Frontline’s folder {path} {reason}: set {named_by} to a folder that Frontline may write to."
    )

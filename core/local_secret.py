"""Random secrets of one installation, each in a file of its own in a folder that it may write to."""

import os
import secrets
import tempfile
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


SECRET_BYTES = 32


def local_secret(path: Path, *, without_it: str) -> bytes:
    """The random secret in this file, which only its owner can read; made when there is none.

    ``without_it`` says what has to be done anew once the file is deleted: "everybody then signs in anew".

    Raises ConfigurationError when the file holds too little to be a secret, or cannot be read or made.
    """
    try:
        secret = _made(path)
    except OSError as error:
        reason = error.strerror or error
        raise ConfigurationError(f"{path} cannot be read or written ({reason}), and Frontline needs it.") from None
    if len(secret) < SECRET_BYTES:
        raise ConfigurationError(f"{path} is damaged. Delete it and start again; {without_it}.")
    return secret


def _made(path: Path) -> bytes:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # mkstemp makes the file for its owner only; the link makes it appear whole, once, whoever else starts now.
        descriptor, made = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(SECRET_BYTES))
            os.link(made, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(made)
    return path.read_bytes()
